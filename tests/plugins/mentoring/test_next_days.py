"""When again: words that name no day are set by custom and said back, or asked about once."""

from datetime import date

import pytest

from models import Contact
from plugins.mentoring import next_days
from plugins.mentoring.masked import Masked
from tests.plugins.mentoring.town import Town

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("过几天", date(2026, 11, 26)),
        ("改天", date(2026, 11, 30)),
        ("过阵子", date(2026, 12, 7)),
        ("月底前后", date(2026, 11, 30)),
        ("月初", date(2026, 12, 1)),
        ("下个月中旬", date(2026, 12, 15)),
        ("三月下旬", date(2027, 3, 25)),
        ("周末", date(2026, 11, 28)),
        ("下周末", date(2026, 12, 5)),
        ("端午", date(2027, 6, 9)),
        ("等元旦", date(2027, 1, 1)),
        ("晚上", date(2026, 11, 24)),
        ("发工资", None),
        ("", None),
    ],
)
def test_given_words_without_a_day_when_they_are_read_then_custom_names_one_or_none(
    said: str, expected: date | None
) -> None:
    assert next_days.by_custom(said, MONDAY) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("等他发工资再联系", "等他发工资"),
        ("忙完这阵再打", "忙完这阵"),
        ("小年再联系", "小年"),
        ("发了年终奖再说", "发了年终奖"),
        ("下次等他回来", "等他回来"),
        ("没人接再打", ""),
        ("实在不行再说吧", ""),
        ("汇报的事再说", ""),
    ],
)
def test_given_something_waited_for_when_it_is_read_then_it_is_no_day_but_a_question(
    text: str, said: str
) -> None:
    found = next_days.read_next(Masked(text), MONDAY)

    assert (found.on, found.said.removeprefix("等")) == (None, said.removeprefix("等"))


async def test_given_a_day_by_custom_when_the_line_is_written_then_the_answer_owns_it(
    town: Town,
) -> None:
    answer = await town.says("周德厚", "建国 电话 通了 过几天再打")

    assert "下次11月26日（周四）。" in answer
    assert "「过几天」没说哪天，这天是我定的。要换，这样回：「改 下次11月26日」。" in answer
    assert (await town.pair("王建国")).next_contact_on == date(2026, 11, 26)
    assert "下次11月28日（周六）。" in await town.says("周德厚", "改 下次11月28日")
    assert (await town.pair("王建国")).next_contact_on == date(2026, 11, 28)


async def test_given_something_waited_for_when_the_line_is_read_then_one_question_is_asked(
    town: Town,
) -> None:
    asked = await town.says("周德厚", "建国 电话 通了 等他发工资再联系")

    assert "他发工资」是哪天？" in asked
    assert "1 11月30日（周一）" in asked
    assert "4 照平常的" in asked
    assert await Contact.all().count() == 0
    assert "下次11月30日（周一）。" in await town.says("周德厚", "1")
    assert (await town.pair("王建国")).next_contact_on == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("12月15号", date(2026, 12, 15)), ("下周三再打", date(2026, 12, 2)), ("4", date(2027, 2, 23))],
)
async def test_given_the_question_when_again_when_it_is_answered_then_that_day_stands(
    town: Town, answer: str, expected: date
) -> None:
    await town.says("周德厚", "建国 电话 通了 等他发工资再联系")

    await town.says("周德厚", answer)

    assert (await town.pair("王建国")).next_contact_on == expected


async def test_given_the_question_when_again_when_the_answer_fits_nothing_then_it_is_asked_anew(
    town: Town,
) -> None:
    await town.says("周德厚", "建国 电话 通了 等他发工资再联系")

    again = await town.says("周德厚", "我也说不好")

    assert "他发工资」是哪天？" in again
    assert await Contact.all().count() == 0
