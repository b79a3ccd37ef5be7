"""Insights on the wire, and as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from aika.application.insights import Adoption, TeamAdoption
from aika.client import insights_models as wire
from aika.health.gaps_listing import Gap
from aika.insights.boards import Board, Division
from aika.insights.figures import Figures, Share
from aika.insights.topics import AskedTopic
from aika.surfaces.api.spreadsheets import Cell

Titles = Mapping[str, str]


def share_view(share: Share) -> wire.CountedShare:
    return wire.CountedShare(**asdict(share))


def figures_view(figures: Figures) -> wire.FiguresView:
    return wire.FiguresView(**asdict(figures))


def insights_reply(board: Board, *, alone: bool, all_users: int | None, titles: Titles) -> wire.InsightsReply:
    """``titles`` are what people call assistants, by id."""
    parts = {
        division: [
            wire.PartView(name=part.name, title=titles.get(part.name, part.name), figures=figures_view(part.figures))
            for part in found
        ]
        for division, found in board.parts.items()
    }
    return wire.InsightsReply(
        start=board.start,
        end=board.end,
        interval=board.interval.value,
        smallest_group=board.smallest_group,
        alone=alone,
        hidden=board.hidden,
        totals=figures_view(board.totals),
        daily_users=board.daily_users,
        weekly_users=board.weekly_users,
        all_users=all_users,
        series=[
            wire.PointView(
                start=point.start,
                figures=None if point.figures is None else figures_view(point.figures),
                acceptance=None if point.acceptance is None else share_view(point.acceptance),
            )
            for point in board.series
        ],
        acceptance=share_view(board.acceptance),
        reliability=[
            wire.ReliabilityView(low=one.low, high=one.high, confidence=one.confidence, helpful=share_view(one.helpful))
            for one in board.reliability
        ],
        calibration_error=board.calibration_error,
        parts={division.value: parts.get(division, []) for division in Division},
    )


def adoption_reply(adoption: TeamAdoption, *, smallest_group: int) -> wire.AdoptionReply:
    return wire.AdoptionReply(
        start=adoption.start,
        end=adoption.end,
        smallest_group=smallest_group,
        teams=[_adoption_view(one) for one in adoption.teams],
        others=None if adoption.others is None else _adoption_view(adoption.others),
    )


def topics_reply(topics: Sequence[AskedTopic], gaps: Sequence[Gap], *, smallest_group: int) -> wire.TopicsReply:
    return wire.TopicsReply(
        smallest_group=smallest_group,
        topics=[wire.AskedTopicView(**asdict(topic)) for topic in topics],
        gaps=[
            wire.AskedGapView(
                name=gap.name,
                # In steps, as topics are.
                people=gap.people - gap.people % smallest_group,
                questions=len(gap.questions),
                findings=[str(finding) for finding in gap.findings],
                owner=None if gap.owner is None else gap.owner.name,
            )
            for gap in gaps
        ],
    )


def _adoption_view(adoption: Adoption) -> wire.AdoptionView:
    return wire.AdoptionView(
        team=adoption.team,
        title=adoption.team.partition(":")[2] or adoption.team,
        size=adoption.size,
        users=adoption.users,
        at_least=adoption.at_least,
    )


def series_rows(reply: wire.InsightsReply) -> list[dict[str, Cell]]:
    """Return a row for each day or week. Where nothing may be shown, the cells are empty."""
    return [{"start": point.start.isoformat(), **_columns(point.figures, point.acceptance)} for point in reply.series]


def part_rows(reply: wire.InsightsReply) -> list[dict[str, Cell]]:
    """Return a row for each part of each division."""
    return [
        {"division": division, "name": part.name, "title": part.title, **_columns(part.figures, None)}
        for division, parts in reply.parts.items()
        for part in parts
    ]


def reliability_rows(reply: wire.InsightsReply) -> list[dict[str, Cell]]:
    return [
        {
            "from": one.low,
            "to": one.high,
            "mean confidence": one.confidence,
            "rated": one.helpful.n,
            "helpful": one.helpful.of,
            "share helpful": one.helpful.value,
            "low": one.helpful.low,
            "high": one.helpful.high,
        }
        for one in reply.reliability
    ]


def _columns(figures: wire.FiguresView | None, acceptance: wire.CountedShare | None) -> dict[str, Cell]:
    f, a = figures, acceptance
    return {
        "questions": None if f is None else f.questions,
        "people": None if f is None else f.people,
        "answered": None if f is None else f.answered.of,
        "answerable": None if f is None else f.answered.n,
        "share answered": None if f is None else f.answered.value,
        "rated": None if a is None else a.n,
        "helpful": None if a is None else a.of,
        "latency p50 ms": None if f is None or f.latency is None else f.latency.p50,
        "latency p95 ms": None if f is None or f.latency is None else f.latency.p95,
        "input tokens": None if f is None else f.input_tokens,
        "output tokens": None if f is None else f.output_tokens,
        "cost usd": None if f is None else f.cost_usd,
    }
