"""How text becomes terms."""

import pytest

from aika.retrieval.lexical import TechnicalAnalyzer, names_exactly


def terms(text: str) -> list[str]:
    return TechnicalAnalyzer().terms(text)


def shared(one: str, other: str) -> set[str]:
    return set(terms(one)) & set(terms(other))


@pytest.mark.parametrize("name", ["AssetManager", "assetManager", "asset_manager", "asset-manager", "asset.manager"])
def test_an_identifier_is_found_by_its_parts_and_as_a_whole(name: str) -> None:
    assert terms(name) == ["asset", "manag", "assetmanag"]


def test_forms_of_a_word_share_a_term() -> None:
    assert terms("deploy deploys deployed deploying") == ["deploy"] * 4


def test_function_words_are_no_terms() -> None:
    assert terms("Why don't we have it? What's the") == []


def test_repeats_are_kept_in_order() -> None:
    assert terms("error timeout error") == ["error", "timeout", "error"]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Crème brûlée", "creme brulee"),
        ("STRASSE", "straße"),
        ("ﬁle", "file"),
        ("e-mail", "email"),
        ("the user’s", "user's"),
        ("/etc/foo/bar.yaml", "bar.yaml"),
        ("https://docs.example.com/runbooks/", "runbooks"),
        ("`kubectl-get`,", "kubectl get"),
        ("(ERR_CONN_42)", "err_conn_42"),
        ("--dry-run", "dry run"),
        ("v1.27.3", "1.27"),
        ("v1.27.3-rc1", "1.27.3"),
        ("HTTPServer", "http server"),
        ("#team-payments", "team payments"),
        ("@marta", "marta"),
    ],
)
def test_what_is_written_is_found_as_it_is_asked(written: str, asked: str) -> None:
    assert shared(written, asked) == set(terms(asked))


def test_an_error_code_is_one_term_too() -> None:
    assert "errconn42" in terms("it fails with ERR_CONN_42.")


def test_a_version_is_not_taken_for_its_numbers() -> None:
    assert terms("v1.27.3") == ["1.27", "1.27.3"]


def test_a_channel_is_told_from_the_word() -> None:
    assert "#payments" in terms("ask in #payments")
    assert "#payments" not in terms("ask about payments")


def test_languages_with_signs_in_their_names_are_told_apart() -> None:
    assert terms("C C++ C#") == ["c", "c++", "c#"]


def test_japanese_becomes_pairs_of_characters() -> None:
    assert terms("東京タワー") == ["東京", "京タ", "タワ", "ワー"]
    assert terms("京") == ["京"]


def test_indic_words_keep_their_vowel_signs() -> None:
    assert terms("हिन्दी में") == ["हिन्दी", "में"]


@pytest.mark.parametrize("text", ["", "   ", "?!… --- ###", "'", "\u200b\ufeff", "++", "@", "/"])
def test_text_without_words_has_no_terms(text: str) -> None:
    assert terms(text) == []


def test_the_same_text_gives_the_same_terms_however_much_was_read_before() -> None:
    analyzer = TechnicalAnalyzer()
    first = analyzer.terms("Roll back the payments-api")

    analyzer.terms(" ".join(f"word{number}" for number in range(1000)))

    assert analyzer.terms("Roll back the payments-api") == first


def test_a_long_run_without_spaces_is_read_in_time() -> None:
    assert terms("a" * 200_000) == ["a" * 200_000]
    assert len(terms("x_" * 50_000)) == 50_000


@pytest.mark.parametrize(
    "question",
    ["What does SLW-031 mean?", "ERR_CONN_42", "where is getUserById", "--dry-run", "who reads /etc/aika/x.toml"],
)
def test_a_short_question_with_an_exact_name_is_recognised(question: str) -> None:
    assert names_exactly(question)


@pytest.mark.parametrize(
    "question",
    ["How do I roll back?", "What is a follow-up?", "is 24/7 support included", " ".join(["why"] * 15) + " ERR-42"],
)
def test_other_questions_are_not(question: str) -> None:
    assert not names_exactly(question)
