"""Which removals a full listing means, and which it must not."""

from aika.domain.identifiers import DocumentId
from aika.ingestion.planning import plan_removals
from aika.protocols import Known


def known(*keys: str) -> dict[str, Known]:
    return {key: Known(DocumentId(key), version="1", pipeline="1", content_hash="1") for key in keys}


def many(count: int) -> list[str]:
    return [f"{number}.md" for number in range(count)]


def test_what_was_not_seen_is_gone() -> None:
    plan = plan_removals(known("a.md", "b.md"), seen={"a.md"}, failed=(), max_share=0.5)

    assert (plan.keys, plan.refused) == (("b.md",), False)


def test_what_could_not_be_read_is_not_gone() -> None:
    plan = plan_removals(known("a.md", "b.md"), seen={"a.md"}, failed={"b.md"}, max_share=0.5)

    assert plan.keys == ()


def test_what_lies_below_an_unreadable_folder_is_not_gone() -> None:
    plan = plan_removals(known("a.md", "secret/b.md"), seen={"a.md"}, failed={"secret"}, max_share=0.5)

    assert plan.keys == ()


def test_losing_most_of_a_source_is_refused() -> None:
    plan = plan_removals(known(*many(100)), seen=set(many(40)), failed=(), max_share=0.5)

    assert plan.refused


def test_losing_less_than_the_share_is_not() -> None:
    plan = plan_removals(known(*many(100)), seen=set(many(60)), failed=(), max_share=0.5)

    assert not plan.refused


def test_losing_everything_is_refused_however_small_the_source() -> None:
    assert plan_removals(known("a.md"), seen=(), failed=(), max_share=1.0).refused


def test_an_empty_source_stays_empty() -> None:
    assert not plan_removals({}, seen=(), failed=(), max_share=0.5).refused
