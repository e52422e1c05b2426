"""Numbers to bars: where each stands and how long it is, for SVG. Pure.

What is drawn is what 图 draws in chat. Every bar carries its words, and the parts of a bar differ
in outline and filling, so that nothing is said by colour alone (WCAG 2.2, 1.4.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.conversation import Say
from core.pictures import Bar, Chart
from core.pictures.charts import MOST_BARS
from core.texts import current
from plugins.stats.queries import Part

WIDTH = 320
ROW = 46
_BAR = WIDTH - 2


@dataclass(frozen=True, slots=True)
class Line:
    """One bar, in the units of the drawing; lengths are to the longest ``whole_length``."""

    label: str
    said: str
    top: int
    done_length: float
    whole_length: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart: its bars, how high they stand together, and what is said beside and below them."""

    bars: tuple[Line, ...]
    done: str
    left: str
    beside: str
    footer: tuple[str, ...]
    width: int
    height: int


def drawn(chart: Chart, beside: str = "") -> Drawn | None:
    """Return a chart of the house as lines and lengths; None when there is nothing to draw."""
    longest = max((bar.whole for bar in chart.bars), default=0)
    if not longest:
        return None
    bars = tuple(_line(bar, place, longest) for place, bar in enumerate(chart.bars))
    height = len(bars) * ROW
    return Drawn(bars, chart.done, chart.left, beside, chart.footer, WIDTH, height)


def _line(bar: Bar, place: int, longest: int) -> Line:
    return Line(
        label=bar.label,
        said=bar.said,
        top=place * ROW,
        done_length=round(_BAR * bar.done / longest, 1),
        whole_length=round(_BAR * bar.whole / longest, 1),
    )


def of_contacts(parts: Sequence[Part]) -> Drawn | None:
    """Return how many with a mentor have a line, by unit; None for one unit, or for too many."""
    mentored = [part for part in parts if part.figures.mentored]
    if not 1 < len(mentored) <= MOST_BARS:
        return None
    bars = [
        Bar(
            part.name,
            _said(
                Say(
                    "stats.chart_contacts_said",
                    mentored=part.figures.mentored,
                    logged=part.figures.logged,
                )
            ),
            part.figures.logged,
            part.figures.mentored,
        )
        for part in mentored
    ]
    done, left = _said(Say("stats.chart_done")), _said(Say("stats.chart_missing"))
    return drawn(Chart("", done, left, tuple(bars)))


def _said(say: Say) -> str:
    return current().render(say)
