"""A world outlives the process that showed it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from plugins.sandbox import Picture, Sandbox, Text, group, private
from tests.plugins.sandbox.small_world import (
    BOT,
    MA,
    PNG,
    SEED,
    TOKEN,
    VILLAGE,
    WANG,
    ZHOU,
    StandingClock,
)


def open_sandbox(path: Path, clock: StandingClock, first_message_id: int | None = None) -> Sandbox:
    return Sandbox(
        seed=SEED,
        bot_url="ws://127.0.0.1:9/nobody",
        token=TOKEN,
        self_id=BOT,
        clock=clock,
        state_path=path,
        first_message_id=first_message_id,
    )


async def test_given_a_saved_world_when_opened_again_then_everything_stands_where_it_stood(
    tmp_path: Path, clock: StandingClock
) -> None:
    path = tmp_path / "world_state.json"
    first = open_sandbox(path, clock)
    await first.say(WANG, "一")
    taken = await first.say(WANG, "二", group_id=VILLAGE)
    first.recall(taken.message_id, WANG)
    await first.send_image(WANG, PNG)
    first.mute(VILLAGE)
    first.befriend(MA)
    first.kick(VILLAGE, WANG)
    await first.save()

    again = open_sandbox(path, clock)
    talk = again.messages(private(WANG))
    assert talk == first.messages(private(WANG))
    assert again.messages(group(VILLAGE))[0].recalled_by == WANG
    assert again.world.is_muted(VILLAGE, BOT)
    assert MA in again.world.friends
    assert WANG not in again.world.groups[VILLAGE].members
    picture = talk[1].parts[0]
    assert isinstance(picture, Picture)
    kept = again.media.find(picture.media_id)
    assert kept is not None
    assert kept.content == PNG
    assert again.world.unread_count(WANG, private(WANG)) == 0
    assert (await again.say(ZHOU, "三")).message_id == 4


async def test_given_a_saved_world_when_ids_are_to_restart_then_they_do(
    tmp_path: Path, clock: StandingClock
) -> None:
    first = open_sandbox(tmp_path / "state.json", clock)
    await first.say(WANG, "一")
    await first.save()

    again = open_sandbox(tmp_path / "state.json", clock, first_message_id=1)
    assert (await again.say(WANG, "二")).message_id == 1


async def test_given_a_running_sandbox_when_something_is_said_then_stopping_keeps_it(
    tmp_path: Path, clock: StandingClock
) -> None:
    path = tmp_path / "deep" / "world_state.json"
    running = open_sandbox(path, clock)
    await running.start()
    await running.say(WANG, "别忘了")
    await running.stop()

    assert [m.parts for m in open_sandbox(path, clock).messages(private(WANG))] == [
        (Text("别忘了"),)
    ]
    assert not list(path.parent.glob("*.tmp"))


async def test_given_a_state_of_another_version_when_opened_then_it_is_not_overwritten(
    tmp_path: Path, clock: StandingClock
) -> None:
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"version": 99}), encoding="utf-8")

    with pytest.raises(ValueError, match="version"):
        open_sandbox(path, clock)
    assert json.loads(path.read_text(encoding="utf-8")) == {"version": 99}


async def test_given_a_mute_that_ran_out_meanwhile_when_opened_then_the_bot_may_speak(
    tmp_path: Path, clock: StandingClock
) -> None:
    first = open_sandbox(tmp_path / "state.json", clock)
    first.mute(VILLAGE, duration=timedelta(hours=1))
    await first.save()
    clock.moment += timedelta(hours=2)

    again = open_sandbox(tmp_path / "state.json", clock)
    assert not again.world.is_muted(VILLAGE, BOT)
