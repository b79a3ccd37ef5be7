"""What a replay found: for programs as JSON, for people as sentences and as an HTML file. None of it holds what anybody wrote."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from importlib.resources import files
from xml.etree.ElementTree import Element

from aika.evaluation.pages.elements import document, el
from aika.evaluation.report import JsonReport
from aika.goalie.replay import ReplayResult
from aika.goalie.replay_records import Replayed
from aika.goalie.thresholds import LEAST, Coverage, Precision, Recommendation, Row, Share

_COLUMNS = ("threshold", "answers", "proposes", "skips", "agree with people", "precision", "proposals that agree")


def report_as_json(result: ReplayResult, *, precision: float) -> JsonReport:
    """Return what ``json.dumps`` takes."""
    found = result.thresholds
    advice = found.recommend(precision)
    calibrated = result.calibrated
    return {
        "goalie": result.goalie.id,
        "channel": result.goalie.channel,
        "messages": result.seen.messages,
        "questions": result.seen.questions,
        "questions_people_answered": result.seen.answered,
        "replayed": len(result.replayed),
        "with_answer": sum(each.confidence is not None for each in result.replayed),
        "medium": result.goalie.medium,
        "high": result.goalie.high,
        "thresholds": {f"{row.threshold:.2f}": _row_as_json(row) for row in found.table(medium=result.goalie.medium)},
        "now": _row_as_json(found.row(result.goalie.high, medium=result.goalie.medium)),
        "recommended": {
            "precision": advice.precision,
            "high": advice.high,
            "medium": advice.medium,
            "reported": None if advice.reported is None else _row_as_json(advice.reported),
            "reason": advice.reason,
        },
        "coverage": {f"{wanted:.2f}": _coverage_as_json(found.coverage_at(wanted)) for wanted in (0.9, 0.95)},
        "agreement": {
            "cut_off": calibrated.cut_off,
            "two_people": _share_as_json(calibrated.yardstick.people),
            "other_questions": _share_as_json(calibrated.yardstick.others),
            "pairs_of_this_channel": calibrated.pairs,
        },
    }


def sentences(result: ReplayResult, *, precision: float) -> Iterator[str]:
    """Yield what to know, the recommendation first."""
    yield advice_of(result.thresholds.recommend(precision))
    seen = result.seen
    part = f" ({seen.questions / seen.messages:.0%})" if seen.messages else ""
    yield (
        f"{seen.questions} of {seen.messages} messages{part} are taken for questions. People answered {seen.answered} of them. "
        f"{len(result.replayed)} were asked again, and {_with_answer(result.replayed)} had an answer at any confidence."
    )
    yield yardstick_of(result)
    retried = sum(bool(each.retries) for each in result.replayed)
    if retried:
        yield f"{retried} questions were asked again without conversations that are newer than they are."


def advice_of(advice: Recommendation) -> str:
    """Return the recommendation in a sentence or two."""
    proposing = "" if advice.medium is None else f" Proposals are worth showing from {advice.medium:.2f} on."
    if advice.high is None or advice.reported is None:
        return f"No threshold is recommended for answering by itself: {advice.reason}.{proposing or ' Nor is one for proposing.'}"
    row = advice.reported
    return (
        f"At {advice.high:.2f} it answers {percent(row.answered)} of the questions by itself, with a precision of "
        f"{precise(row.precision)} on questions that this was not chosen on.{proposing}"
    )


def yardstick_of(result: ReplayResult) -> str:
    """Return how agreement was judged."""
    found = result.calibrated
    source = f"{found.pairs} questions of this channel" if found.pairs else "other channels, as this one has too few"
    return (
        "Precision is how often its answers agree with people's, where 100 % is as often as two people's do. Two people's "
        f"answers to one question are seen to agree in {percent(found.yardstick.people)}, answers to the most similar other "
        f"question in {percent(found.yardstick.others)} (from {source})."
    )


def cells(row: Row) -> tuple[str, ...]:
    """Return a line of the table of thresholds."""
    return (
        f"{row.threshold:.2f}",
        percent(row.answered, bare=True),
        percent(row.proposed, bare=True),
        percent(row.skipped, bare=True),
        f"{row.agreement.count} of {row.agreement.of}",
        precise(row.precision) if row.agreement.of >= LEAST else "too few",
        f"{row.proposed_agreement.count} of {row.proposed_agreement.of}",
    )


def rows(result: ReplayResult) -> list[Row]:
    """Return the table of thresholds, up to the first at which nothing is answered."""
    found = result.thresholds.table(medium=result.goalie.medium)
    silent = next((at for at, row in enumerate(found) if not row.answered.count), len(found))
    return found[: silent + 1]


def columns() -> Sequence[str]:
    return _COLUMNS


def wrong_ones(result: ReplayResult, *, limit: int) -> list[Replayed]:
    """Return where people said something else than the goalie would have, the most confident first."""
    cut_off = result.calibrated.cut_off
    wrong = [each for each in result.replayed if each.agrees(cut_off) is False and each.confidence is not None]
    return sorted(wrong, key=lambda each: (-(each.confidence or 0.0), each.id))[:limit]


def report_page(result: ReplayResult, *, precision: float) -> str:
    """Return the report as one HTML file that no script can run in."""
    css = (files("aika.evaluation.pages") / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = f"Replay of {result.goalie.id}"
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", title),
        el("style", css),
    )
    header = el("header", el("h1", title), [el("p", said) for said in sentences(result, precision=precision)])
    section = el("section", el("h2", "Thresholds"), _table(result))
    return document(el("html", head, el("body", header, el("main", section)), lang="en"))


def percent(share: Share, *, bare: bool = False) -> str:
    """Return a share in percent with its interval."""
    if share.value is None:
        return "none"
    low, high = share.between
    return f"{share.value:.0%}" if bare else f"{share.value:.0%} ({low:.0%} to {high:.0%})"


def precise(precision: Precision | None) -> str:
    return "unknown" if precision is None else f"{precision.value:.0%} ({precision.low:.0%} to {precision.high:.0%})"


def _table(result: ReplayResult) -> Element:
    header = el("tr", [el("th", name, class_="" if number == 0 else "n") for number, name in enumerate(_COLUMNS)])
    body = [el("tr", [el("td", cell, class_="n") for cell in cells(row)]) for row in rows(result)]
    return el("div", el("table", el("thead", header), el("tbody", body)), class_="scroll")


def _with_answer(replayed: Sequence[Replayed]) -> int:
    return sum(each.confidence is not None for each in replayed)


def _row_as_json(row: Row) -> JsonReport:
    return {
        "threshold": row.threshold,
        "answered": _share_as_json(row.answered),
        "proposed": _share_as_json(row.proposed),
        "skipped": _share_as_json(row.skipped),
        "agreement": _share_as_json(row.agreement),
        "precision": _precision_as_json(row.precision),
        "proposed_agreement": _share_as_json(row.proposed_agreement),
        "proposed_precision": _precision_as_json(row.proposed_precision),
    }


def _coverage_as_json(coverage: Coverage) -> JsonReport:
    reported = coverage.reported
    return {"threshold": coverage.threshold, "reported": None if reported is None else _row_as_json(reported)}


def _share_as_json(share: Share) -> JsonReport:
    low, high = share.between
    return {"count": share.count, "of": share.of, "low": low, "high": high}


def _precision_as_json(precision: Precision | None) -> JsonReport | None:
    return None if precision is None else {"value": precision.value, "low": precision.low, "high": precision.high}
