"""Plots as inline SVG, drawn in the page's own colors so that they follow light and dark.

A plotting library would bring images that know neither the page's colors nor its fonts, at a hundred times the size.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from aika.evaluation.calibration import Bin
from aika.evaluation.measures import Estimate
from aika.evaluation.pages.elements import el

WIDTH, HEIGHT = 420, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 12, 40
_HISTOGRAM_BINS = 10
_SHORT_TICK = 5


@dataclass(frozen=True, slots=True)
class Axis:
    """One side of a plot."""

    label: str
    low: float = 0.0
    high: float = 1.0
    ticks: tuple[tuple[float, str], ...] = ()
    """Where to write what. None: five steps from low to high."""

    @property
    def marks(self) -> tuple[tuple[float, str], ...]:
        if self.ticks:
            return self.ticks
        step = (self.high - self.low) / 5
        return tuple((self.low + step * n, f"{self.low + step * n:.2g}") for n in range(6))


@dataclass(frozen=True, slots=True)
class Line:
    """Points that belong together."""

    points: Sequence[tuple[float, float]]
    name: str = ""
    dots: bool = False
    intervals: Sequence[tuple[float, float]] = field(default=())
    """Low and high of every point, where they are known."""


def interval_bar(value: Estimate, *, low: float = 0.0, high: float = 1.0, tone: str = "") -> Element:
    """Return a dot with its interval on a scale, to stand beside the number in a table."""
    width, height = 180, 18

    def x(number: float) -> float:
        return round(4 + (width - 8) * min(1.0, max(0.0, (number - low) / ((high - low) or 1))), 1)

    return el(
        "svg",
        el("line", x1=4, x2=width - 4, y1=9, y2=9, class_="track"),
        el("line", x1=x(value.low), x2=x(value.high), y1=9, y2=9, class_=f"whisker {tone}".strip()),
        el("circle", cx=x(value.value), cy=9, r=4, class_=f"dot {tone}".strip()),
        viewBox=f"0 0 {width} {height}",
        class_="bar",
        aria_hidden="true",
    )


def histogram(values: Sequence[float], *, title: str, label: str) -> Element:
    """Return how many topics have which value, from 0 to 1."""
    counts = [0] * _HISTOGRAM_BINS
    for value in values:
        counts[min(_HISTOGRAM_BINS - 1, max(0, int(value * _HISTOGRAM_BINS)))] += 1
    top = max([*counts, 1])
    frame = _Frame(Axis(label), _counting("topics", top))
    width = (frame.x(1.0) - frame.x(0.0)) / _HISTOGRAM_BINS
    bars = [
        el(
            "rect",
            el("title", f"{place / 10:.1f} to {(place + 1) / 10:.1f}: {count} topics"),
            x=round(frame.x(place / _HISTOGRAM_BINS) + 1, 1),
            y=round(frame.y(count), 1),
            width=round(width - 2, 1),
            height=round(frame.y(0) - frame.y(count), 1),
            class_="column",
        )
        for place, count in enumerate(counts)
        if count
    ]
    return frame.plot(title, f"{len(values)} topics; {counts[-1]} from 0.9 on, {counts[0]} below 0.1", bars)


def lines(title: str, described: str, x: Axis, y: Axis, drawn: Sequence[Line], *, stepped: bool = False) -> Element:
    """Return curves over one pair of axes."""
    frame = _Frame(x, y)
    marks: list[Element] = []
    for number, line in enumerate(drawn):
        points = [(frame.x(a), frame.y(b)) for a, b in line.points]
        path = "".join(
            f"{'M' if place == 0 else 'L'}{a:.1f} {b:.1f}" if not stepped or place == 0 else f"H{a:.1f}V{b:.1f}"
            for place, (a, b) in enumerate(points)
        )
        for (a, _), (low, high) in zip(points, line.intervals, strict=False):
            marks.append(el("line", x1=a, x2=a, y1=frame.y(low), y2=frame.y(high), class_="whisker"))
        marks.append(el("path", el("title", line.name) if line.name else None, d=path, class_=f"line tone{number}"))
        if line.dots:
            marks += [
                el("circle", el("title", f"{b:.3f}"), cx=px, cy=py, r=3.5, class_=f"dot tone{number}")
                for (px, py), (_, b) in zip(points, line.points, strict=True)
            ]
    figure = frame.plot(title, described, marks)
    named = [line.name for line in drawn if line.name]
    if len(named) > 1:
        keys = [el("span", el("i", class_=f"key tone{n}"), name) for n, name in enumerate(named)]
        figure.append(el("p", keys, class_="legend"))
    return figure


def reliability(bins: Sequence[Bin], *, title: str, right: str) -> Element:
    """Return said against happened: on the diagonal a confidence means what it says."""
    frame = _Frame(Axis("confidence"), Axis(right))
    most = max((each.n for each in bins), default=1)
    marks = [el("line", x1=frame.x(0), y1=frame.y(0), x2=frame.x(1), y2=frame.y(1), class_="diagonal")]
    for each in bins:
        x = frame.x(each.confidence)
        marks.append(el("line", x1=x, x2=x, y1=frame.y(each.confidence), y2=frame.y(each.right), class_="gap"))
        said = f"confidence {each.confidence:.2f}, right {each.right:.2f}, {each.n} questions"
        radius = round(3 + 3 * (each.n / most) ** 0.5, 1)
        marks.append(el("circle", el("title", said), cx=x, cy=frame.y(each.right), r=radius, class_="dot"))
    return frame.plot(title, f"{len(bins)} bins of about equal mass; the distance to the diagonal is the error", marks)


def _counting(label: str, top: int) -> Axis:
    step = next(each for power in range(12) for each in (10**power, 2 * 10**power, 5 * 10**power) if 5 * each >= top)
    high = -(-top // step) * step
    return Axis(label, 0, high, tuple((float(n), str(n)) for n in range(0, high + 1, step)))


class _Frame:
    """The axes of one plot."""

    def __init__(self, horizontal: Axis, vertical: Axis) -> None:
        self._horizontal = horizontal
        self._vertical = vertical
        self.x = _scale(horizontal, _LEFT, WIDTH - _RIGHT)
        self.y = _scale(vertical, HEIGHT - _BOTTOM, _TOP)

    def plot(self, title: str, described: str, marks: Sequence[Element]) -> Element:
        """Return the figure with its caption."""
        svg = el(
            "svg",
            el("title", f"{title}: {described}"),
            self._grid(),
            list(marks),
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            role="img",
            class_="plot",
        )
        return el("figure", el("figcaption", el("b", title), el("span", described)), svg)

    def _grid(self) -> Element:
        bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
        grid = el("g", class_="axes")
        for value, text in self._vertical.marks:
            y = self.y(value)
            grid.append(el("line", x1=_LEFT, x2=right, y1=y, y2=y))
            grid.append(el("text", text, x=_LEFT - 6, y=y + 4, text_anchor="end"))
        for value, text in self._horizontal.marks:
            x = self.x(value)
            # A long text at either end would leave the drawing.
            anchor = (
                "middle" if len(text) <= _SHORT_TICK else "end" if x >= right else "start" if x <= _LEFT else "middle"
            )
            grid.append(el("text", text, x=x, y=bottom + 16, text_anchor=anchor))
        middle = (bottom + _TOP) / 2
        grid.append(el("text", self._horizontal.label, x=(_LEFT + right) / 2, y=HEIGHT - 6, text_anchor="middle"))
        turned = f"rotate(-90 11 {middle:g})"
        grid.append(el("text", self._vertical.label, x=11, y=middle, text_anchor="middle", transform=turned))
        return grid


def _scale(axis: Axis, start: float, end: float) -> Callable[[float], float]:
    span = (axis.high - axis.low) or 1.0
    return lambda value: round(start + (end - start) * (value - axis.low) / span, 1)
