"""What raises and lowers a confidence, and in which words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from answering_evidence import ANALYZER, TODAY, WordEmbedder, ask

from aika.answering.answer_finding import AnswerFinder
from aika.answering.confidence import CalibratedJudge, CalibratedScorer
from aika.answering.draft_signals import draft_signals
from aika.answering.evidence import EvidenceReader
from aika.answering.extractive import ExtractiveWriter
from aika.answering.fitting import SIGNS
from aika.answering.judgement import ModelJudgement
from aika.answering.logistic import ConfidenceModels, LogisticModel, load_models, written
from aika.answering.signals import Measured, evidence_signals
from aika.answering.verification import CitationVerifier
from aika.domain.answers import Band, Draft, Origin
from aika.domain.documents import AttributeValue
from aika.domain.errors import ConfigurationError, TransientError
from aika.domain.queries import Hit, Query
from aika.domain.reading import ReadPassage
from aika.testing.makers import make_chunk, make_document

BACKUPS = "Backups of the order database are kept for 35 days. They are encrypted with the vault key."
KEYS = "Keys to the office are handed out by Maja Holm in Tampere."
QUESTION = "How long are backups of the order database kept?"


def hit(text: str, key: str, *, days: int = 10, attributes: dict[str, AttributeValue] | None = None) -> Hit:
    document = make_document(key, title=key.removesuffix(".md").title(), attributes=attributes)
    return Hit(make_chunk(text, document=replace(document, modified_at=TODAY - timedelta(days=days))), 1.0)


EVIDENCE = [hit(BACKUPS, "backups.md"), hit(KEYS, "keys.md")]


class FindingReader:
    """Finds the same words in every passage that has them."""

    fingerprint = "finding-1"

    def __init__(self, words: str, log_odds: float = 3.0) -> None:
        self.words = words
        self.log_odds = log_odds
        self.read_texts: list[str] = []

    async def read(self, question: str, passages: Sequence[str]) -> list[ReadPassage]:
        self.read_texts += passages
        places = [passage.find(self.words) for passage in passages]
        return [
            ReadPassage(self.log_odds, at, at + len(self.words)) if at >= 0 else ReadPassage(-3.0, 0, 0)
            for at in places
        ]


class Saying:
    """A language model that says what it is told."""

    def __init__(self, reply: str | Exception) -> None:
        self.reply = reply
        self.asked: list[str] = []

    async def complete(self, instructions: str, text: str, *, max_tokens: int) -> str:
        self.asked.append(text)
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


class Knowing:
    def __init__(self, value: float) -> None:
        self.value = value

    async def of(self, query: Query, draft: Draft) -> Mapping[str, Measured]:
        return {"history_source": Measured(self.value, "Answers from it were rated.")}


def reader(finding: FindingReader | None = None) -> EvidenceReader:
    return EvidenceReader(ANALYZER, WordEmbedder(), None if finding is None else AnswerFinder(finding))


async def of_evidence(
    question: str, evidence: Sequence[Hit], finding: FindingReader | None = None
) -> dict[str, Measured]:
    return evidence_signals(await reader(finding).read(question, evidence), ANALYZER)


async def of_draft(draft: Draft, finding: FindingReader | None = None) -> dict[str, Measured]:
    reading = await reader(finding).read(draft.query.text, draft.evidence)
    return draft_signals(reading, draft, ANALYZER, now=TODAY)


async def extracted(evidence: Sequence[Hit] = EVIDENCE) -> Draft:
    return await ExtractiveWriter(reader()).draft(ask(QUESTION), evidence)


async def generated(text: str, evidence: Sequence[Hit] = EVIDENCE) -> Draft:
    draft = Draft(ask(QUESTION), text, Origin.GENERATED, tuple(evidence))
    return await CitationVerifier(ANALYZER, WordEmbedder()).verify(draft)


class TestTheEvidence:
    async def test_it_is_said_how_many_of_the_questions_words_a_sentence_has(self) -> None:
        found = await of_evidence("How long are backups of the ledger kept?", EVIDENCE)

        assert found["sentence_coverage"].words == (
            "The best sentence, with the headings above it, has 2 of the question's 4 words."
        )

    async def test_a_code_that_no_passage_has_is_named(self) -> None:
        found = await of_evidence("What does E-4711 mean for backups?", EVIDENCE)

        assert found["exact_missing"] == Measured(1.0, "No passage has “e-4711”.")

    async def test_a_name_that_the_best_passage_lacks_is_named(self) -> None:
        found = await of_evidence("How long are backups of Saturn kept?", EVIDENCE)

        assert found["names_missing"] == Measured(1.0, "The best passage does not mention “Saturn”.")

    async def test_a_question_for_what_is_not_so_wants_a_sentence_that_denies(self) -> None:
        denied = await of_evidence("Which backups are not kept?", EVIDENCE)
        found = await of_evidence("Which backups are not kept?", [hit("Backups of tests are not kept.", "tests.md")])

        assert denied["denied"].value == 1.0
        assert found["denied"].value == 0.0

    async def test_another_document_that_is_as_near_makes_it_less_unique(self) -> None:
        alone = await of_evidence(QUESTION, EVIDENCE)
        double = await of_evidence(QUESTION, [*EVIDENCE, hit(BACKUPS, "copy.md")])

        assert double["uniqueness"].value < alone["uniqueness"].value

    async def test_what_reading_finds_is_shown(self) -> None:
        found = await of_evidence(QUESTION, EVIDENCE, FindingReader("35 days"))

        assert found["answer_found"].value > 0.9
        assert found["answer_found"].words.endswith("finds an answer: “35 days”.")

    async def test_without_a_reader_there_is_no_such_signal(self) -> None:
        assert "answer_found" not in await of_evidence(QUESTION, EVIDENCE)

    async def test_a_long_passage_is_read_around_its_nearest_sentence(self) -> None:
        filler = "Nothing of interest happens here at all. " * 80
        reading = FindingReader("35 days")

        found = await of_evidence(QUESTION, [hit(f"{filler}{BACKUPS} {filler}", "long.md")], reading)

        assert "35 days" in found["answer_found"].words
        assert max(len(text) for text in reading.read_texts) < 1_200


class TestTheDraft:
    async def test_statements_that_were_taken_out_lower_the_share_that_is_backed(self) -> None:
        draft = await generated("Backups of the order database are kept for 35 days [1].")

        whole = await of_draft(draft)
        rest = await of_draft(replace(draft, statements_dropped=3))

        assert whole["bound"].value == 1.0
        assert rest["bound"] == Measured(0.25, "Passages back 1 of the 4 statements that were written.")

    async def test_an_answer_that_has_what_reading_finds_agrees_with_it(self) -> None:
        right = await of_draft(await extracted(), FindingReader("35 days"))
        wrong = await of_draft(await extracted(), FindingReader("Maja Holm"))

        assert right["answer_agrees"].value > 0.9
        assert wrong["answer_agrees"].value == 0.0
        assert wrong["answer_agrees"].words == "The answer lacks what reading the passages finds: “Maja Holm”."

    async def test_another_document_that_states_the_same_confirms(self) -> None:
        confirmed = await of_draft(await extracted_from_first(hit(BACKUPS, "handbook.md")))

        assert confirmed["confirmed"] == Measured(1.0, "“Handbook” states the same.")

    async def test_another_document_that_states_it_otherwise_is_named_with_both_numbers(self) -> None:
        other = hit("Backups of the order database are kept for 90 days.", "handbook.md")

        contradicted = await of_draft(await extracted_from_first(other))

        assert contradicted["contradicted"] == Measured(1.0, "“Handbook” says 90 days where the answer has 35 days.")

    async def test_a_replaced_document_is_named(self) -> None:
        draft = await extracted([hit(BACKUPS, "backups.md", attributes={"superseded_by": "ADR-9"})])

        assert (await of_draft(draft))["superseded"].words == "“Backups”, which is cited, is no longer in force."

    async def test_the_age_of_the_oldest_source_counts(self) -> None:
        young = await of_draft(await extracted([hit(BACKUPS, "backups.md", days=30)]))
        old = await of_draft(await extracted([hit(BACKUPS, "backups.md", days=3_000)]))

        assert young["age"].value < 0.05
        assert old["age"].value == 1.0


async def extracted_from_first(other: Hit) -> Draft:
    """Return an answer that cites the backups alone, with another passage beside it."""
    draft = await extracted([EVIDENCE[0]])
    return replace(draft, evidence=(EVIDENCE[0], other))


class TestTheScore:
    async def test_every_signal_that_a_model_knows_says_what_it_found(self) -> None:
        confidence = await CalibratedScorer(reader()).score(ask(QUESTION), await extracted())

        assert confidence.signals
        assert all(signal.explanation.endswith(".") for signal in confidence.signals)
        strengths = [abs(signal.contribution) for signal in confidence.signals]
        assert strengths == sorted(strengths, reverse=True)

    @pytest.mark.parametrize(
        "text",
        [
            "The passages do not mention how long backups of the order database are kept. [1]",
            "I could not find how long backups of the order database are kept.",
            "It is not specified in the documents how long backups of the order database are kept.",
        ],
    )
    async def test_that_the_documents_do_not_say_is_never_confident(self, text: str) -> None:
        draft = Draft(ask(QUESTION), text, Origin.GENERATED, tuple(EVIDENCE))

        confidence = await CalibratedScorer(reader(FindingReader("35 days"))).score(ask(QUESTION), draft)

        assert confidence.value <= 0.02
        assert confidence.band is Band.LOW
        assert "says_nothing" in {signal.name for signal in confidence.signals}

    async def test_a_writer_that_declines_is_not_confident(self) -> None:
        draft = replace(await extracted(), declined=True)

        assert (await CalibratedScorer(reader()).score(ask(QUESTION), draft)).value == 0.0

    async def test_what_is_known_from_elsewhere_moves_it(self) -> None:
        liked = CalibratedScorer(reader(), more=[Knowing(0.9)])
        disliked = CalibratedScorer(reader(), more=[Knowing(0.1)])
        draft = await extracted()

        above = await liked.score(ask(QUESTION), draft)
        below = await disliked.score(ask(QUESTION), draft)

        assert above.value > below.value

    async def test_extracts_and_generated_texts_have_models_of_their_own(self) -> None:
        shy, sure = LogisticModel(-2.0, {}, {}), LogisticModel(2.0, {}, {})
        scorer = CalibratedScorer(reader(), ConfidenceModels(shy, shy, sure, {}))
        draft = await extracted()

        quoted = await scorer.score(ask(QUESTION), draft)
        composed = await scorer.score(ask(QUESTION), replace(draft, origin=Origin.GENERATED))

        assert quoted.value < 0.2
        assert composed.value > 0.8

    async def test_evidence_that_does_not_suffice_says_why(self) -> None:
        found = await CalibratedJudge(reader()).sufficiency(ask("How do I bake sourdough bread?"), EVIDENCE)

        assert found.value < 0.15
        assert found.signals

    async def test_no_evidence_is_worth_nothing(self) -> None:
        assert (await CalibratedJudge(reader()).sufficiency(ask(QUESTION), [])).value == 0.0


class TestAModelsJudgement:
    @pytest.mark.parametrize(("reply", "value"), [("YES", 1.0), (" mostly.", 0.75), ("Answer: NO", 0.0)])
    async def test_a_word_of_the_scale_is_read_as_its_place_on_it(self, reply: str, value: float) -> None:
        found = await ModelJudgement(Saying(reply)).of(ask(QUESTION), await extracted())

        assert found["judgement"].value == value

    @pytest.mark.parametrize("reply", ["I am 95 % certain.", TransientError("busy")])
    async def test_a_reply_off_the_scale_or_a_failure_says_nothing(self, reply: str | Exception) -> None:
        assert await ModelJudgement(Saying(reply)).of(ask(QUESTION), await extracted()) == {}

    async def test_it_sees_question_answer_and_passages(self) -> None:
        model = Saying("YES")

        await ModelJudgement(model).of(ask(QUESTION), await extracted())

        assert QUESTION in model.asked[0]
        assert BACKUPS in model.asked[0]


class TestTheFile:
    def test_every_signal_of_the_shipped_models_moves_its_own_way(self) -> None:
        models = load_models()

        for model in (models.evidence, models.extracted, models.generated):
            assert all(weight * SIGNS[name] >= 0 for name, weight in model.coefficients.items())

    def test_what_an_installation_fitted_is_used_in_place_of_what_ships(self, tmp_path: Path) -> None:
        own = ConfidenceModels(*[LogisticModel(1.5, {"support": 2.0}, {"support": 0.5})] * 3, {"data": "ratings"})
        (tmp_path / "confidence.json").write_text(written(own), encoding="utf-8")

        assert load_models(tmp_path) == own

    def test_without_a_file_of_its_own_an_installation_uses_what_ships(self, tmp_path: Path) -> None:
        assert load_models(tmp_path) == load_models()

    def test_a_damaged_file_says_what_to_do(self, tmp_path: Path) -> None:
        (tmp_path / "confidence.json").write_text('{"models": {}}', encoding="utf-8")

        with pytest.raises(ConfigurationError, match="aika calibrate"):
            load_models(tmp_path)
