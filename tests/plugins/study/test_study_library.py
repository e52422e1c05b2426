"""The library reads good files, and says where a broken one is broken."""

from datetime import date
from pathlib import Path

import pytest

from core.actors import Stage
from core.errors import StartRefused
from plugins.study.library import FOLDER, Library, Material, next_for_group
from plugins.study.plain_text import plain

GOOD = """---
title: 工钱被拖
series: 出门在外
order: 1
audience: [applicant, activist]
public: true
source: 某条例
source_date: 2020-05-01
checked_on: 2026-11-23
effective_from: 2026-11-01
effective_until: 2027-12-31
push: |
  先留考勤。
quiz:
  - {ask: 一, options: [能, 不能], answer: 1, explain: 能。}
  - {ask: 二, options: [能, 不能], answer: 2, explain: 不能。}
  - {ask: 三, options: [能, 不能], answer: 1, explain: 能。}
---
第一段。

<!-- 下一段 -->

1. 先这样
2. 再那样
"""


def library_of(folder: Path, **files: str) -> Library:
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    return Library.load(folder)


def piece(
    slug: str, order: int, *, public: bool = True, until: date = date(2027, 1, 1)
) -> Material:
    return Material(
        slug=slug, title=slug, series="s", order=order, audience=frozenset(Stage), public=public,
        source="s", source_date=date(2020, 1, 1), effective_from=date(2026, 1, 1),
        effective_until=until, push="p", sections=("x",), quiz=(),
    )  # fmt: skip


def test_given_a_good_file_when_read_then_sections_are_plain_text(tmp_path: Path) -> None:
    found = library_of(tmp_path, good=GOOD).find("good")
    assert found is not None
    assert found.sections == ("第一段。", "1. 先这样\n2. 再那样")
    assert found.push == "先留考勤。"


def test_given_a_byte_order_mark_when_read_then_the_front_matter_is_still_found(
    tmp_path: Path,
) -> None:
    assert library_of(tmp_path, good="\ufeff" + GOOD).find("good") is not None


@pytest.mark.parametrize(
    ("old", "new", "key", "line"),
    [
        ("public: true", "public: maybe", "public", 6),
        ("order: 1", "order: 0", "order", 4),
        ("source_date: 2020-05-01", "source_date: 2020.5.1", "source_date", 8),
        ("title: 工钱被拖\n", "", "title", 1),
        ("answer: 2", "answer: 5", "quiz.2.answer", 16),
        ("public: true", "public: true\nsecret: 1", "secret", 7),
        ("audience: [applicant, activist]", "audience: [boss]", "audience.1", 5),
        ("effective_until: 2027-12-31", "effective_until: 2020-12-31", "effective_until", 11),
    ],
)
def test_given_a_broken_file_when_read_then_file_line_and_key_are_said(
    tmp_path: Path, old: str, new: str, key: str, line: int
) -> None:
    with pytest.raises(StartRefused) as refused:
        library_of(tmp_path, broken=GOOD.replace(old, new))
    assert refused.value.key == "start.material_broken"
    assert refused.value.fields == {"file": "broken.md", "line": line, "setting": key}


def test_given_two_files_of_one_place_when_read_then_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartRefused):
        library_of(tmp_path, one=GOOD, two=GOOD)


def test_given_a_group_when_it_had_all_then_the_one_longest_ago_comes_again() -> None:
    library = Library([piece("a", 1), piece("b", 2), piece("c", 3)])
    day = date(2026, 11, 23)
    assert next_for_group(library, day, []) == library.find("a")
    assert next_for_group(library, day, ["a", "b"]) == library.find("c")
    assert next_for_group(library, day, ["b", "a", "c", "b"]) == library.find("a")


def test_given_pieces_not_public_or_out_of_date_when_chosen_then_they_are_left_out() -> None:
    day = date(2026, 11, 23)
    library = Library([piece("a", 1, public=False), piece("b", 2, until=date(2026, 11, 22))])
    assert next_for_group(library, day, []) is None


def test_given_markup_when_made_plain_then_no_mark_is_left() -> None:
    assert plain("一行\n二行\n\n- 点\n") == "一行\n二行\n点"


def test_given_the_shipped_library_when_read_then_it_holds_what_was_promised() -> None:
    pieces = Library.load(FOLDER).effective(date(2026, 12, 1))
    assert len(pieces) >= 12
    assert len({item.series for item in pieces}) >= 2
    assert all(len(item.push) <= 200 and 3 <= len(item.quiz) <= 5 for item in pieces)
