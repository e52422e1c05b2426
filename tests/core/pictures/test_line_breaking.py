"""Where lines may end, and what is drawn of characters that no font has."""

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.errors import Fault
from core.pictures import Break, Item, Page, Paragraph, draw, drawing, fonts
from core.pictures.line_breaking import CLOSING, OPENING, lines_of

ROOT = Path(__file__).resolve().parents[3]


@given(st.text(alphabet="甲乙丙丁，。」「（）a1 …—？", max_size=80), st.integers(4, 14))
def test_given_any_words_when_broken_then_nothing_is_lost_and_rules_hold(text, width):
    lines = lines_of(text, width=width, measure=len)
    assert "".join("".join(lines).split(" ")) == "".join(text.split(" "))
    assert all(len(line) <= width for line in lines)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("甲乙丙丁，戊己庚辛", ["甲乙丙", "丁，戊己", "庚辛"]),
        ("甲乙丙「丁戊」己", ["甲乙丙", "「丁戊」", "己"]),
        ("甲乙12333丙", ["甲乙", "12333", "丙"]),
        ("甲乙丙……丁", ["甲乙", "丙……丁"]),
    ],
)
def test_given_marks_and_numbers_when_broken_then_they_stay_where_they_belong(text, lines):
    assert lines_of(text, width=5 if "1" in text else 4, measure=len) == lines


@given(st.text(alphabet="甲乙丙丁戊己，。「」（）", min_size=1, max_size=60))
def test_given_ordinary_words_when_broken_then_no_line_begins_or_ends_wrongly(text):
    # Runs of marks alone are no words; each mark stands between two characters.
    words = "".join(f"甲{mark}乙" if mark in CLOSING | OPENING else mark for mark in text)
    for line in lines_of(words, width=12, measure=len):
        assert line[0] not in CLOSING
        assert line[-1] not in OPENING


def test_given_a_last_character_alone_when_broken_then_it_gets_company():
    assert lines_of("甲" * 21 + "。", width=20, measure=len) == ["甲" * 19, "甲甲。"]


@given(st.text(max_size=60))
def test_given_any_text_when_made_drawable_then_every_character_has_a_glyph(text):
    assert all(mark == "\n" or ord(mark) in fonts.coverage() for mark in fonts.drawable(text))


def test_given_the_font_when_its_table_is_read_then_it_is_as_fonttools_reads_it():
    assert fonts.coverage() == set(TTFont(fonts.FILE).getBestCmap())
    rare = "喆堃祎玥龘㐂䶮ＱＡ１"
    assert fonts.drawable(rare) == rare
    assert fonts.drawable("好👍🏽👨‍👩‍👧☺️的") in {"好的", "好☺的"}


def test_given_a_changed_font_when_drawing_then_it_is_a_fault(tmp_path, monkeypatch):
    changed = tmp_path / "font.otf"
    changed.write_bytes(fonts.FILE.read_bytes() + b"\0")
    monkeypatch.setattr(fonts, "FILE", changed)
    fonts._data.cache_clear()
    with pytest.raises(Fault, match="changed"):
        fonts._data()
    fonts._data.cache_clear()


def test_given_colours_when_compared_then_they_are_readable():
    for colour in (drawing._INK, drawing._ACCENT, drawing._SMALL):
        assert drawing.contrast(colour, drawing._PAPER) >= 4.5
    assert drawing.contrast(drawing._WHITE, drawing._ACCENT) >= 4.5
    assert drawing.BODY.size >= 42


def test_given_very_much_when_drawn_then_it_is_several_pictures_in_limits():
    blocks = [Paragraph("这件事要慢慢说清楚。" * 40), Break(), Item(1, "先问" * 90)] * 20
    drawn = draw(Page("很长的一课", tuple(blocks), ("出处",)))
    sizes = [Image.open(BytesIO(data)).size for data in drawn]
    assert len(drawn) > 1
    assert all(width == 1080 and height <= drawing.MOST_HEIGHT for width, height in sizes)
    assert all(len(data) <= drawing.MOST_BYTES for data in drawn)
    with pytest.raises(Fault, match="too many"):
        draw(Page("长", (Paragraph("字" * 20_001),)))


def test_given_a_machine_without_fonts_when_drawing_then_it_is_the_same_picture(tmp_path):
    code = (
        "import hashlib; from core.pictures import *;"
        "print(hashlib.sha256(draw(Page('题', (Paragraph('正文 12333'),)))[0]).hexdigest())"
    )
    bare = {"FONTCONFIG_FILE": os.devnull, "FONTCONFIG_PATH": str(tmp_path), "HOME": str(tmp_path)}
    found = {
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, check=True
        ).stdout
        for env in (bare, dict(os.environ))
    }
    assert len(found) == 1
