"""The rules of the simulated QQ, without any connection."""

from datetime import timedelta

import pytest

from plugins.sandbox import At, NotPermitted, Refusal, Text, World, group, private
from plugins.sandbox.entities import Happening
from tests.plugins.sandbox.small_world import (
    BOT,
    CHEN,
    MA,
    SEED,
    TOWN,
    VILLAGE,
    WANG,
    ZHOU,
    StandingClock,
)


@pytest.fixture
def world(clock: StandingClock) -> World:
    return World(SEED, bot_id=BOT, now=clock.now)


def refused(world: World, *args: object) -> Refusal:
    with pytest.raises(NotPermitted) as error:
        world.post(*args)  # type: ignore[arg-type]
    return error.value.refusal


def test_given_a_new_world_when_people_speak_then_ids_and_places_count_up(world: World) -> None:
    first = world.post(private(WANG), WANG, [Text("一")])
    second = world.post(group(VILLAGE), WANG, [Text("二")])
    third = world.post(private(WANG), BOT, [Text("三")])

    assert [m.message_id for m in (first, second, third)] == [1, 2, 3]
    assert [m.seq for m in (first, second, third)] == [1, 1, 2]
    assert world.messages(private(WANG)) == [first, third]


def test_given_a_stranger_when_he_and_the_bot_write_then_neither_can(world: World) -> None:
    assert refused(world, private(MA), MA, [Text("在吗")]) is Refusal.NOT_FRIEND
    assert refused(world, private(MA), BOT, [Text("您好")]) is Refusal.NOT_FRIEND

    world.befriend(MA)
    world.post(private(MA), BOT, [Text("您好")])


def test_given_a_common_group_when_a_stranger_writes_then_only_he_may_begin(world: World) -> None:
    world.join(VILLAGE, MA, ZHOU)

    world.post(private(MA), MA, [Text("在吗")])
    assert refused(world, private(MA), BOT, [Text("您好")]) is Refusal.NOT_FRIEND


def test_given_a_mute_when_its_time_is_over_then_the_member_speaks_again(
    world: World, clock: StandingClock
) -> None:
    world.mute(VILLAGE, WANG, timedelta(hours=1), ZHOU)
    assert refused(world, group(VILLAGE), WANG, [Text("我")]) is Refusal.MUTED

    clock.moment += timedelta(hours=1)
    world.post(group(VILLAGE), WANG, [Text("我")])


def test_given_a_muted_group_when_all_speak_then_managers_may(world: World) -> None:
    world.mute_whole(VILLAGE, ZHOU, is_muted=True)

    assert refused(world, group(VILLAGE), BOT, [Text("我")]) is Refusal.MUTED
    world.post(group(VILLAGE), ZHOU, [Text("安静")])
    world.mute_whole(VILLAGE, ZHOU, is_muted=False)
    world.post(group(VILLAGE), BOT, [Text("好")])


def test_given_somebody_outside_when_he_speaks_in_a_group_then_he_is_refused(world: World) -> None:
    world.leave(VILLAGE, BOT, ZHOU)

    assert refused(world, group(VILLAGE), BOT, [Text("我")]) is Refusal.REMOVED
    assert refused(world, group(TOWN), WANG, [Text("我")]) is Refusal.REMOVED


def test_given_a_plain_member_when_he_mentions_everybody_then_he_is_refused(world: World) -> None:
    assert refused(world, group(VILLAGE), BOT, [At(None)]) is Refusal.AT_ALL_USED_UP
    world.post(group(TOWN), BOT, [At(None)])

    assert world.at_all_left(TOWN) == (9, 19)


def test_given_two_minutes_when_they_are_over_then_only_managers_recall(
    world: World, clock: StandingClock
) -> None:
    message = world.post(group(VILLAGE), WANG, [Text("说错了")])
    clock.moment += timedelta(minutes=2, seconds=1)
    with pytest.raises(NotPermitted) as late:
        world.recall(message.message_id, WANG)
    with pytest.raises(NotPermitted) as foreign:
        world.recall(message.message_id, CHEN)
    world.recall(message.message_id, ZHOU)

    assert (late.value.refusal, foreign.value.refusal) == (Refusal.TOO_LATE, Refusal.NOT_ALLOWED)
    assert message.recalled_by == ZHOU
    with pytest.raises(NotPermitted):
        world.recall(message.message_id, ZHOU)


def test_given_an_administrator_when_he_recalls_the_owners_words_then_he_may_not(
    world: World,
) -> None:
    message = world.post(group(TOWN), ZHOU, [Text("我是群主")])

    with pytest.raises(NotPermitted):
        world.recall(message.message_id, BOT)


def test_given_others_words_when_read_then_nothing_waits(world: World) -> None:
    world.post(group(VILLAGE), ZHOU, [Text("一")])
    world.post(group(VILLAGE), WANG, [Text("二")])
    hidden = world.post(group(VILLAGE), BOT, [Text("三")], is_shown=False)
    assert (world.unread_count(WANG, group(VILLAGE)), hidden.is_shown) == (1, False)

    world.mark_read(WANG, group(VILLAGE))
    assert world.unread_count(WANG, group(VILLAGE)) == 0
    assert world.unread_count(CHEN, group(VILLAGE)) == 2


def test_given_an_observer_when_things_happen_then_it_is_told_in_order(world: World) -> None:
    told: list[str] = []

    def note(happening: Happening) -> None:
        told.append(type(happening).__name__)

    world.observe(note)
    message = world.post(private(WANG), WANG, [Text("一")])
    world.recall(message.message_id, WANG)
    world.mute(VILLAGE, BOT, timedelta(hours=1), ZHOU)
    world.forget(note)
    world.befriend(MA)

    assert told == ["MessagePosted", "MessageRecalled", "MemberMuted"]


def test_given_a_repeated_text_when_counted_then_only_the_bots_own_shown_ones_count(
    world: World,
) -> None:
    for sender, is_shown in ((BOT, True), (BOT, True), (BOT, False), (WANG, True)):
        world.post(private(WANG), sender, [Text("本周学习")], is_shown=is_shown)

    assert world.shown_count(private(WANG), "本周学习") == 2
