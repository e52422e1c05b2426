"""Numbers to bars: where each stands and how long it is, for SVG. Pure.

Every bar carries its words, and the parts of a bar differ in pattern and outline, so that nothing
is said by colour alone (WCAG 2.2, 1.4.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 320
ROW = 46
_BAR = 320 - 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart, in the units of its drawing.

    ``whole`` is what there is, ``done`` what came of it; lengths are to the longest ``whole``.
    """

    label: str
    done: int
    whole: int
    top: int
    done_length: float
    whole_length: float


@dataclass(frozen=True, slots=True)
class Chart:
    """All bars, and how high they stand together."""

    bars: tuple[Bar, ...]
    width: int
    height: int


def bars(rows: Sequence[tuple[str, int, int]]) -> Chart | None:
    """Return (label, done, whole) as a chart; None when there is nothing to draw."""
    longest = max((whole for _, _, whole in rows), default=0)
    if not longest:
        return None
    drawn = tuple(
        Bar(
            label=label,
            done=done,
            whole=whole,
            top=place * ROW,
            done_length=round(_BAR * done / longest, 1),
            whole_length=round(_BAR * whole / longest, 1),
        )
        for place, (label, done, whole) in enumerate(rows)
    )
    return Chart(drawn, WIDTH, len(drawn) * ROW)
