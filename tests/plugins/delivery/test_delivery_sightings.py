"""Which delivery a message of ours proves. Pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.messages import Blob, Chat, ChatKind, Media, MediaKind, Mention, Other, Text
from plugins.delivery import sightings
from plugins.delivery.sightings import LATEST, SKEW, Buffer, Match, Said, Seen, Wanted, assign, said

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CHAT = Chat("onebot11", "1", ChatKind.GROUP, "700")


def words(text: str) -> Said:
    return said([Text(text)])


def seen(number: int, text: str = "今晚有学习。", *, after: timedelta = timedelta()) -> Seen:
    return Seen(str(number), AT + after, words(text))


def wanted(number: int, *texts: str, ids: tuple[str, ...] = (), is_sent: bool = False) -> Wanted:
    messages = tuple(words(text) for text in texts or ("今晚有学习。",))
    return Wanted(number, AT, is_sent, ids, messages)


def test_given_what_went_out_when_it_comes_back_then_it_says_the_same() -> None:
    blob = Blob(MediaKind.IMAGE, "b", "a.png")
    out = [Mention("all"), Mention("5"), Text(" 今晚\r\n有\u200b学习\ufeff。"), blob]
    back = [Mention("5"), Text("今晚 有学习。"), Media(MediaKind.IMAGE, "x"), Other("face")]
    assert said(out) == said(back)
    assert said(back[1:]) != said(back)
    assert said(back[:2]) != said(back)
    assert said([Text("a\ud800\0")]) == said([Text("a?")])


@given(text=st.text(max_size=60), cuts=st.lists(st.integers(0, 60), max_size=4))
def test_given_any_words_when_they_come_back_in_other_pieces_then_they_say_the_same(
    text: str, cuts: list[int]
) -> None:
    pieces, start = [], 0
    for cut in sorted(cuts):
        pieces.append(Text(text[start:cut]))
        start = max(start, cut)
    assert said([*pieces, Text(text[start:])]) == said([Text(f"\n{text} ")])


@pytest.mark.parametrize(
    ("after", "is_whole"),
    [
        (-SKEW, True),
        (-SKEW - timedelta(seconds=1), False),
        (LATEST, True),
        (LATEST + timedelta(seconds=1), False),
    ],
)
def test_given_the_edges_of_the_window_when_it_is_matched_then_they_belong_to_it(
    after: timedelta, *, is_whole: bool
) -> None:
    match = assign([wanted(1)], [seen(9, after=after)])[1]
    assert match.is_whole is is_whole
    # The very words an hour off: never a reason to say them again.
    assert match.is_doubtful is not is_whole


@pytest.mark.parametrize("days", [-60, -2, 2])
def test_given_the_words_at_quite_another_time_when_they_are_matched_then_it_is_doubtful(
    days: int,
) -> None:
    found = assign([wanted(1)], [seen(9, after=timedelta(days=days))])
    assert found == {1: Match(is_doubtful=True)}


def test_given_one_message_when_two_say_the_same_then_the_first_one_has_it() -> None:
    found = assign([wanted(2), wanted(1)], [seen(9)])
    assert found == {1: Match(("9",), is_whole=True), 2: Match()}
    found = assign([wanted(1), wanted(2, is_sent=True)], [seen(9)])
    assert (found[1].is_whole, found[2].is_whole) == (False, True)


def test_given_a_message_that_proves_another_when_it_is_matched_then_it_is_taken() -> None:
    assert assign([wanted(1)], [seen(9)], taken={"9"}) == {1: Match()}
    found = assign([wanted(1), wanted(2, ids=("9",), is_sent=True)], [seen(9)])
    assert (found[1].is_whole, found[2]) == (False, Match(("9",), is_whole=True))


def test_given_a_message_twice_when_it_is_matched_then_it_is_one() -> None:
    found = assign([wanted(1), wanted(2)], [seen(9), seen(9)])
    assert [match.is_whole for match in found.values()].count(True) == 1


def test_given_a_long_body_when_a_part_is_missing_then_it_is_not_whole() -> None:
    long = wanted(1, "第一段。", "第二段。")
    assert assign([long], [seen(8, "第一段。"), seen(9, "第二段。")])[1] == Match(("8", "9"), True)
    assert assign([long], [seen(8, "第一段。")])[1].ids == ("8",)
    assert not assign([long], [seen(8, "第一段。")])[1].is_whole


def test_given_confirmed_ids_that_stand_there_when_it_is_matched_then_words_do_not_matter() -> None:
    item = wanted(1, ids=("8", "9"), is_sent=True)
    assert assign([item], [seen(8, "别的"), seen(9, "话")])[1].is_whole
    assert not assign([item], [seen(8, "别的")])[1].is_whole


def test_given_words_that_the_end_changed_when_it_is_matched_then_it_is_doubtful() -> None:
    text = "本周学习：工钱被拖，先做哪三步。先留考勤、工资条、聊天记录。"
    found = assign([wanted(1, text)], [seen(9, text.replace("工钱", "**"))])
    assert found == {1: Match(is_doubtful=True)}
    assert assign([wanted(1, text)], [seen(9, "收到，谢谢。")]) == {1: Match()}


def test_given_missed_ones_in_one_message_when_it_is_matched_then_it_proves_them_all() -> None:
    items = [wanted(1, "今晚有学习。"), wanted(2, "请交汇报。"), wanted(3, "没发的。")]
    merged = seen(9, "前面有几条没发出来，一起发在这里：\n\n今晚有学习。\n\n请交汇报。")
    found = assign(items, [merged])
    assert (found[1], found[2]) == (Match(("9",), True), Match(("9",), True))
    assert found[3] == Match()


def test_given_one_alone_in_a_longer_message_when_it_is_matched_then_it_is_doubtful() -> None:
    found = assign([wanted(1)], [seen(9, "前面有几条没发出来：今晚有学习。")])
    assert found == {1: Match(is_doubtful=True)}


def test_given_a_body_nobody_can_read_when_it_is_matched_then_it_is_doubtful() -> None:
    assert assign([Wanted(1, AT, False, (), ())], [seen(9)]) == {1: Match(is_doubtful=True)}


def test_given_many_messages_when_they_are_remembered_then_the_oldest_make_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sightings, "MOST_A_CHAT", 3)
    monkeypatch.setattr(sightings, "MOST_MESSAGES", 5)
    monkeypatch.setattr(sightings, "MOST_CHARACTERS", 40)
    buffer = Buffer()
    for number in range(5):
        buffer.add(CHAT, seen(number), AT)
    assert [one.message_id for one in buffer.at(CHAT)] == ["2", "3", "4"]
    others = [Chat("onebot11", "1", ChatKind.PRIVATE, str(number)) for number in range(3)]
    for other in others:
        buffer.add(other, seen(9), AT)
    assert (len(buffer), buffer.at(CHAT)) == (3, ())
    buffer.add(others[0], seen(10, "很长的话" * 8), AT)
    assert (buffer.at(others[1]), len(buffer)) == ((), 2)
    buffer.prune(AT + sightings.KEPT)
    assert len(buffer) == 2
    buffer.prune(AT + sightings.KEPT + timedelta(seconds=1))
    assert (len(buffer), buffer._characters) == (0, 0)
