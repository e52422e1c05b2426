"""Words with a number inside, quarters by name, days of the window. Pure."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import at_local
from core.periods import Quarter
from core.texts import current
from plugins.thought_report import notices, policy
from plugins.thought_report.policy import Contents, Nudge
from plugins.thought_report.words import PageAct, PageWord, page_word, quarter_word

REMOVE = (
    "删第2页", "删2", "第2页不要", "删掉第二页", "第２页不要了", "删 2", "不要第2张", "去掉2页",
)  # fmt: skip
REPLACE = ("换第2页", "换2", "第2页重拍", "换掉第二张")
LAST = ("第2页放最后", "第2页放到最后面", "第二张放后面")


@pytest.mark.parametrize("said", REMOVE)
def test_given_words_of_removal_when_they_are_read_then_the_page_is_known(said: str) -> None:
    assert page_word(said) == PageWord(PageAct.REMOVE, 2)


@pytest.mark.parametrize("said", REPLACE)
def test_given_words_of_replacement_when_they_are_read_then_the_page_is_known(said: str) -> None:
    assert page_word(said) == PageWord(PageAct.REPLACE, 2)


@pytest.mark.parametrize("said", LAST)
def test_given_words_of_moving_when_they_are_read_then_the_end_is_meant(said: str) -> None:
    word = page_word(said)
    assert word is not None
    assert (word.act, word.page) == (PageAct.MOVE, 2)
    assert policy.moved(["a", "b", "c"], word.page, word.to) == ["a", "c", "b"]


def test_given_a_page_for_a_page_when_it_is_read_then_both_are_known() -> None:
    assert page_word("第4页放第2页") == PageWord(PageAct.MOVE, 4, 2)
    assert page_word("第12页放到第十一页") == PageWord(PageAct.MOVE, 12, 11)
    assert page_word("第3页放最前面") == PageWord(PageAct.MOVE, 3, 1)


@pytest.mark.parametrize(
    "said",
    [
        "删除", "删", "换厂了", "换地方", "第2页", "删第2页的第一句", "我把第2页放最后了", "2", "",
        "换了",
    ],
)  # fmt: skip
def test_given_other_words_when_they_are_read_then_no_page_is_meant(said: str) -> None:
    assert page_word(said) is None


@given(number=st.integers(1, 99))
def test_given_any_number_when_a_page_is_named_then_that_page_is_meant(number: int) -> None:
    assert page_word(f"删第{number}页") == PageWord(PageAct.REMOVE, number)


@pytest.mark.parametrize(
    ("said", "today", "quarter"),
    [
        ("三季度", date(2026, 11, 23), Quarter(2026, 3)),
        ("四季度", date(2026, 11, 23), Quarter(2026, 4)),
        ("四季度", date(2027, 1, 3), Quarter(2026, 4)),
        ("第4季度", date(2027, 1, 3), Quarter(2026, 4)),
        ("今年一季度", date(2027, 1, 3), Quarter(2027, 1)),
        ("去年三季度", date(2027, 1, 3), Quarter(2026, 3)),
        ("2026年三季度的汇报", date(2027, 1, 3), Quarter(2026, 3)),
        ("上季", date(2027, 1, 3), Quarter(2026, 4)),
        ("本季度", date(2027, 1, 3), Quarter(2027, 1)),
        ("敬爱的党组织", date(2027, 1, 3), None),
        ("五季度", date(2027, 1, 3), None),
        ("", date(2027, 1, 3), None),
    ],
)
def test_given_a_name_when_it_is_read_then_the_quarter_is_the_one_begun_last(
    said: str, today: date, quarter: Quarter | None
) -> None:
    assert quarter_word(said, today) == quarter


@given(
    day=st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    first=st.integers(1, 60),
    last=st.integers(0, 30),
    offset=st.integers(0, 2),
)
def test_given_any_day_when_reminders_are_due_then_there_are_two_at_most_in_their_order(
    day: date, first: int, last: int, offset: int
) -> None:
    window = policy.window_of(Quarter.of(day), offset=offset)
    days = policy.nudge_days(window, first=max(first, last), last=min(first, last))
    assert window.opens_on <= days[Nudge.FIRST] <= days[Nudge.LAST] <= window.closes_on
    nudge = policy.nudge_today(days, day)
    assert nudge is None or days[nudge] <= day
    if nudge is not None:
        assert policy.nudge_moment(days[nudge], hour=19, today=day) == at_local(day, 19)


def test_given_the_fourth_quarter_when_its_window_is_asked_for_then_it_is_december() -> None:
    window = policy.window_of(Quarter(2026, 4), offset=2)
    assert (window.opens_on, window.closes_on) == (date(2026, 12, 1), date(2026, 12, 31))
    assert window.end == at_local(date(2027, 1, 1), 0)
    assert not window.is_late(date(2026, 12, 31))
    assert window.is_late(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("quarter", "allowed"),
    [
        (Quarter(2027, 1), True), (Quarter(2026, 1), True), (Quarter(2025, 4), False),
        (Quarter(2027, 2), False),
    ],
)  # fmt: skip
def test_given_a_quarter_when_it_is_old_or_to_come_then_it_is_not_taken(
    quarter: Quarter, allowed: bool
) -> None:
    assert policy.may_write(quarter, date(2027, 2, 3)) is allowed


@pytest.mark.parametrize(
    ("contents", "short"),
    [
        (Contents(texts=1, characters=49), True),
        (Contents(texts=1, characters=50), False),
        (Contents(texts=1, photos=1, characters=3), False),
        (Contents(voices=1), False),
    ],
)
def test_given_contents_when_they_are_few_words_only_then_they_are_short(
    contents: Contents, short: bool
) -> None:
    assert contents.is_short is short


def test_given_blanks_in_a_text_when_it_is_counted_then_they_do_not_count() -> None:
    assert policy.characters("最近 挺好，\n就是活多") == 9


@pytest.mark.parametrize(
    ("quarter", "said"),
    [
        (Quarter(2027, 1), "一季度"),
        (Quarter(2026, 4), "四季度"),
        (Quarter(2026, 3), "去年三季度"),
    ],
)
def test_given_a_quarter_when_it_is_named_then_the_year_is_said_only_when_needed(
    texts: object, quarter: Quarter, said: str
) -> None:
    assert current().render(notices.quarter_say(quarter, date(2027, 1, 3))) == said


def test_given_a_draft_of_everything_when_it_is_counted_then_every_kind_is_said(
    texts: object,
) -> None:
    says = notices.receipt(Contents(texts=1, photos=2, files=1, voices=3))
    assert current().render(says[0]) == ("收到 1 段文字、2 张照片、1 个文件、3 段语音，共 7 页。")
