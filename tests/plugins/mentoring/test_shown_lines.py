"""A line that could mean otherwise is shown before it is kept: yes, 改, nonsense, silence."""

from datetime import date, timedelta

import pytest

from models import AuditLog, Contact
from models.enums import Channel, Outcome
from plugins.mentoring import queries
from tests.plugins.mentoring.town import Town, at

# Somebody else stands in it who may have been the one at the telephone.
LINE = "建国电话通了 在他工友那里"
SHOWN = "我这样记：王建国，今天，电话，通了。1 对  2 改"
WHICH = "改哪样？1 人  2 日子  3 怎么联系的  4 结果  5 下次  6 不记了"


async def shown(town: Town) -> None:
    assert await town.says("周德厚", LINE) == SHOWN


@pytest.mark.parametrize("yes", ["1", "对", "对的", "没错", "是的。"])
async def test_given_a_shown_line_when_it_is_right_then_it_is_kept_with_its_words(
    town: Town, yes: str
) -> None:
    await shown(town)
    assert await Contact.all().count() == 0

    answer = await town.says("周德厚", yes)

    assert answer == (
        "记下了：王建国，今天，电话，通了，「他工友那里」。下次2027年2月23日前。\n"
        "不对就回「改」或「撤销」。"
    )
    contact = await Contact.get().prefetch_related("person")
    assert (contact.channel, contact.outcome) == (Channel.PHONE, Outcome.REACHED)
    assert queries.open_note(contact) == "他工友那里"


@pytest.mark.parametrize("polite", ["好的", "嗯", "谢谢", "行吧", "啥意思", "9", "0.5"])
async def test_given_a_shown_line_when_the_answer_is_no_plain_yes_then_it_is_shown_again(
    town: Town, polite: str
) -> None:
    await shown(town)

    assert await town.says("周德厚", polite) == f"还没记。{SHOWN}"
    assert await Contact.all().count() == 0
    assert (await town.says("周德厚", "1")).startswith("记下了：王建国，今天，电话，通了")


@pytest.mark.parametrize("no", ["2", "改", "不对"])
async def test_given_a_shown_line_when_its_outcome_is_changed_then_that_is_kept(
    town: Town, no: str
) -> None:
    await shown(town)

    assert await town.says("周德厚", no) == WHICH
    assert await town.says("周德厚", "4") == (
        "结果呢？1 通了  2 没人接  3 号码停机  4 换厂了  5 换地方了  6 要帮忙"
    )
    assert await Contact.all().count() == 0
    assert (await town.says("周德厚", "2")).startswith("记下了：王建国，今天，电话，没人接")
    assert (await Contact.get()).outcome is Outcome.NO_ANSWER


@pytest.mark.parametrize(
    ("part", "value", "again"),
    [
        ("1", "陈玉梅", "我这样记：陈玉梅，今天，电话，通了。1 对  2 改"),
        ("2", "2", "我这样记：王建国，11月22日（周日），电话，通了。1 对  2 改"),
        ("3", "微信", "我这样记：王建国，今天，微信，通了。1 对  2 改"),
        ("5", "下周一", "我这样记：王建国，今天，电话，通了。下次11月30日（周一）。1 对  2 改"),
    ],
)
async def test_given_a_shown_line_when_another_part_is_changed_then_it_is_shown_once_more(
    town: Town, part: str, value: str, again: str
) -> None:
    await shown(town)
    await town.says("周德厚", "2")
    await town.says("周德厚", part)

    assert await town.says("周德厚", value) == again
    assert await Contact.all().count() == 0
    assert (await town.says("周德厚", "1")).startswith("记下了")


@pytest.mark.parametrize("typed", ["昨天", "改 昨天", "是昨天的事"])
async def test_given_a_shown_line_when_the_right_day_is_typed_then_it_is_shown_with_it(
    town: Town, typed: str
) -> None:
    await shown(town)

    assert await town.says("周德厚", typed) == (
        "我这样记：王建国，11月22日（周日），电话，通了。1 对  2 改"
    )
    await town.says("周德厚", "1")
    assert (await Contact.get()).contacted_on == date(2026, 11, 22)


@pytest.mark.parametrize("answers", [("2", "6"), ("不记了",), ("改", "不记")])
async def test_given_a_shown_line_when_it_is_dropped_then_nothing_is_kept(
    town: Town, answers: tuple[str, ...]
) -> None:
    await shown(town)

    heard = [await town.says("周德厚", answer) for answer in answers]

    assert heard[-1] in {"好，这句不记，前面记的都在。", "刚问的不记了，前面记的都在。"}
    assert await town.says("周德厚", "1") == "这个数字对不上现在的事，什么都没动。回 0 看菜单。"
    assert await Contact.all().count() == 0


async def test_given_a_shown_line_when_nobody_answers_then_nothing_is_kept_or_said(
    town: Town,
) -> None:
    await shown(town)
    said = len(town.sent)

    town.later(days=2)

    assert len(town.sent) == said
    assert await Contact.all().count() == 0
    assert await AuditLog.filter(action="contact.logged").count() == 0
    assert (await town.says("周德厚", "1")).startswith("那张单子隔天了")
    assert await Contact.all().count() == 0


async def test_given_a_shown_line_when_the_yes_comes_after_midnight_then_its_day_is_the_told_one(
    town: Town,
) -> None:
    town.go(at(11, 23, 23, 50))
    await shown(town)

    town.go(at(11, 24, 0, 30))

    assert (await town.says("周德厚", "对")).startswith(
        "记下了：王建国，11月23日（周一），电话，通了"
    )
    assert (await Contact.get()).contacted_on == date(2026, 11, 23)


async def test_given_a_shown_next_day_when_the_yes_comes_late_then_no_past_day_is_planned(
    town: Town,
) -> None:
    await town.says("周德厚", "建国电话通了 他工友也在 明天再打")

    town.later(hours=23)
    await town.says("周德厚", "1")

    pair = await town.pair("王建国")
    assert pair.next_contact_on is not None
    assert pair.next_contact_on >= town.clock.now().date()


async def test_given_a_shown_line_when_another_person_is_told_of_then_that_line_is_taken(
    town: Town,
) -> None:
    await shown(town)

    answer = await town.says("周德厚", "昨天跟玉梅打电话了 挺好")

    assert answer.startswith("记下了：陈玉梅，11月22日（周日），电话，通了")
    assert [row.person_id for row in await Contact.all()] == [town.people["陈玉梅"].id]


async def test_given_a_clear_line_before_when_a_line_is_shown_then_change_means_the_shown_one(
    town: Town,
) -> None:
    await town.says("周德厚", "昨天跟玉梅打电话了 挺好")
    await shown(town)

    assert await town.says("周德厚", "改") == WHICH
    assert await town.says("周德厚", "取消") == "刚问的不记了，前面记的都在。"
    assert (await town.says("周德厚", "改")).startswith("陈玉梅，11月22日（周日），电话，通了")


async def test_given_a_shown_line_of_long_ago_when_change_is_said_then_the_kept_line_is_meant(
    town: Town,
) -> None:
    await town.says("周德厚", "昨天跟玉梅打电话了 挺好")
    await shown(town)

    town.clock.advance_to(town.clock.now() + timedelta(hours=25))

    assert (await town.says("周德厚", "改")).startswith("陈玉梅，11月22日（周日），电话，通了")


async def test_given_a_pair_that_ended_when_the_yes_comes_then_nothing_is_kept(town: Town) -> None:
    await shown(town)
    pair = await town.pair("王建国")
    pair.until_on = date(2026, 11, 22)
    await pair.save()

    answer = await town.says("周德厚", "1")

    assert answer == "这位现在不归您带，没记。看名单回「我带的人」。"
    assert await Contact.all().count() == 0


async def test_given_several_doubts_when_a_question_is_answered_then_the_rest_is_still_shown(
    town: Town,
) -> None:
    assert (await town.says("周德厚", "建国昨天电话 讲厂里要裁员")).startswith("结果呢？")
    assert (await town.says("周德厚", "1")).startswith("记下了：王建国，11月22日（周日）")
