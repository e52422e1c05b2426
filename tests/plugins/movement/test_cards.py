"""The cards for the way as files: what is shipped, what stops the start, versions, the check."""

from datetime import date, datetime
from pathlib import Path

import pytest

from core.clock import LOCAL_ZONE
from core.errors import Fault, StartRefused
from core.pictures import draw
from core.texts import Texts
from plugins.movement import cards, views

GOOD = """---
label: 找谁
title: 有事找谁
source: 《某细则》
source_date: 2026-05-11
checked_on: 2026-11-28
effective_until: 2027-12-31
---
找{mentor}，到{closes:day}。
"""


def write(folder: Path, version: str, **files: str) -> Path:
    (folder / version).mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / version / f"{name.replace('_', '-').removeprefix('n')}.md").write_text(
            text, "utf-8"
        )
    return folder


def test_given_the_shipped_cards_when_they_are_read_then_they_fit_a_phone(texts: Texts) -> None:
    newest = cards.load(cards.FOLDER).newest
    assert [card.label for card in newest.cards] == [
        "找谁",
        "学什么",
        "何时汇报",
        "工钱工伤",
        "手机防骗",
    ]
    fields = views.card_fields(mentors=(), secretaries=(), unit="王家村", on=date(2026, 11, 25))
    for card in newest.cards:
        words = card.words(fields)
        assert len(words) <= cards.BODY_MOST
        assert "{" not in words
        assert len(draw(cards.page(card, fields))) == 1


def test_given_two_versions_when_one_is_asked_for_then_an_old_journey_keeps_its_own(
    tmp_path: Path,
) -> None:
    write(tmp_path, "2026-11", n1_who=GOOD)
    write(tmp_path, "2027-03", n1_who=GOOD.replace("有事找谁", "新的"))
    shelf = cards.load(tmp_path)
    assert shelf.newest.version == "2027-03"
    assert shelf.of("2026-11").cards[0].title == "有事找谁"
    assert shelf.of("").cards[0].title == "新的"


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        ("n2_who", GOOD, "number"),
        ("n1_who", GOOD.replace("label: 找谁", "label: 太长的一个标签"), "label"),
        ("n1_who", GOOD.replace("source_date: 2026-05-11", "source_date: 哪天"), "source_date"),
        ("n1_who", GOOD.replace("title: 有事找谁\n", ""), "title"),
        ("n1_who", GOOD + "{address}", "body"),
        ("n1_who", GOOD + "长" * 230, "body"),
        ("n1_who", GOOD + "{", "body"),
        ("n1_who", GOOD.replace("---\nlabel", "---\nreviewed_by: 某办\nlabel"), "reviewed_on"),
        ("n1_who", GOOD.replace("label", "phone: 1\nlabel", 1), "phone"),
        ("n1_who", "---\nlabel: [\n---\n", "---"),
    ],
)
def test_given_a_broken_card_when_it_is_read_then_the_start_names_file_and_key(
    tmp_path: Path, name: str, text: str, key: str
) -> None:
    with pytest.raises(StartRefused) as refused:
        cards.load(write(tmp_path, "2026-11", **{name: text}))
    assert refused.value.key == "movement.card_broken"
    assert refused.value.fields["setting"] == key
    assert str(refused.value.fields["file"]).startswith("content/cards/2026-11/")


def test_given_no_cards_when_they_are_read_then_the_start_says_so(tmp_path: Path) -> None:
    with pytest.raises(StartRefused) as refused:
        cards.load(tmp_path)
    assert refused.value.fields == {"file": "content/cards"}


def test_given_nothing_read_when_cards_are_wanted_then_it_is_a_fault() -> None:
    kept = cards._shelf
    cards._shelf = None
    with pytest.raises(Fault):
        cards.shelf()
    cards._shelf = kept


async def test_given_cards_nobody_reviewed_when_they_are_checked_then_each_is_named(
    texts: Texts,
) -> None:
    lines = await cards.check((), datetime(2027, 11, 20, tzinfo=LOCAL_ZONE))
    assert lines[0] == "提醒：行前卡片第 1 张「出门在外，有事找谁」还没请第二个人看过。"
    assert lines[1] == "提醒：行前卡片第 1 张12月31日过日子。对照出处看一遍，再改日子。"
    assert lines[-1] == "行前卡片 2026-11：5 张。"
