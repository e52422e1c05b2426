"""The picture of bars: what it refuses, and that nothing in it hangs on colour."""

import io
from itertools import pairwise

import pytest
from PIL import Image

from core.errors import Fault
from core.pictures import Bar, Chart, draw_chart
from core.pictures.charts import DONE, LEFT, MOST_BARS
from core.pictures.drawing import contrast

PAPER = (251, 248, 242)
# What people with protanopia, deuteranopia and tritanopia see of linear RGB (Machado, Oliveira and
# Fernandes, 2009, severity 1.0).
SIGHT = {
    "protan": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deutan": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritan": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
Colour = tuple[int, int, int]


def chart(*bars: tuple[str, int, int]) -> Chart:
    drawn = tuple(
        Bar(label, f"{whole} 份交了 {done} 份", done, whole) for label, done, whole in bars
    )
    return Chart("柳河乡 三季度", "交了", "还差", drawn, above="汇报", footer=("9月30日的数",))


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def seen(colour: Colour, sight: str) -> Colour:
    linear = [(part / 255) ** 2.2 for part in colour]
    mixed = [sum(a * b for a, b in zip(row, linear, strict=True)) for row in SIGHT[sight]]
    red, green, blue = (round(255 * min(max(part, 0), 1) ** (1 / 2.2)) for part in mixed)
    return red, green, blue


def row_of(picture: Image.Image, place: int) -> list[Colour]:
    """The colours through the middle of a bar, from left to right."""
    blue = _nearest(picture)
    tops = {y for y in range(picture.height) if picture.getpixel((82, y)) == blue}
    starts = [y for y in sorted(tops) if y - 1 not in tops]
    # The first is the swatch of the legend.
    middle = starts[place + 1] + 26
    return [picture.getpixel((x, middle)) for x in range(picture.width)]  # type: ignore[misc]


def _nearest(picture: Image.Image) -> Colour:
    """DONE as the palette of the picture has it."""
    found = {colour for _, colour in picture.getcolors(1 << 20) or ()}
    return min(found, key=lambda one: sum((a - b) ** 2 for a, b in zip(one, DONE, strict=True)))  # type: ignore[arg-type,no-any-return]


def test_given_bars_when_they_are_drawn_then_lengths_are_to_the_longest() -> None:
    picture = opened(draw_chart(chart(("王家村", 10, 20), ("李家村", 40, 40))))
    blue = _nearest(picture)
    half, full = (row_of(picture, place).count(blue) for place in (0, 1))
    assert picture.width == 1080
    assert abs(full - 920) < 6
    assert abs(half - 230) < 6


def test_given_the_same_chart_when_it_is_drawn_twice_then_the_bytes_are_the_same() -> None:
    one = chart(("王家村", 7, 8), ("李家村", 0, 0), ("赵家村", 0, 5))
    assert draw_chart(one) == draw_chart(one)


@pytest.mark.parametrize("sight", SIGHT)
def test_given_any_sight_when_colours_are_compared_then_both_stand_out(sight: str) -> None:
    done, left, paper = (seen(colour, sight) for colour in (DONE, LEFT, PAPER))
    # WCAG 2.2, 1.4.11: what carries meaning has 3:1 to what is beside it.
    assert contrast(done, paper) > 3
    assert contrast(left, paper) > 3
    assert max(abs(a - b) for a, b in zip(done, left, strict=True)) > 60


def test_given_a_picture_without_colour_when_what_is_left_is_seen_then_it_is_hatched() -> None:
    grey = opened(draw_chart(chart(("王家村", 10, 40)))).convert("L")
    changes = []
    for top in range(0, grey.height, 8):
        row = grey.crop((400, top, 990, top + 1)).tobytes()
        changes.append(sum(abs(a - b) > 60 for a, b in pairwise(row)))
    assert max(changes) > 60


@pytest.mark.parametrize(
    "bars", [[("王", 3, 2)], [("王", -1, 2)], [("王", 1, 1)] * (MOST_BARS + 1)]
)
def test_given_what_is_no_chart_when_it_is_drawn_then_it_is_refused(
    bars: list[tuple[str, int, int]],
) -> None:
    with pytest.raises(Fault):
        draw_chart(chart(*bars))


def test_given_names_too_long_for_a_line_when_they_are_drawn_then_the_numbers_go_below() -> None:
    short = opened(draw_chart(chart(("王家村", 1, 2))))
    long = opened(draw_chart(chart(("王家村驻东莞流动党员党组织" * 3, 1, 2))))
    assert long.height > short.height + 100
