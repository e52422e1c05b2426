"""The bad weather itself: what each step of the storm does to a life."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from tests.flows.faults.life import Life


async def blow(life: Life) -> None:
    """Let all steps of the seed's storm happen."""
    for account in life.houses:
        await life.owe(account)
    for _ in range(life.weather.steps):
        account = life.weather.dice.choice(list(life.houses))
        await _ACTS[life.weather.step()](life, account)
        await asyncio.sleep(life.weather.breath())


async def _owe(life: Life, account: str) -> None:
    await life.owe(account)


async def _wait(life: Life, account: str) -> None:
    await asyncio.sleep(life.weather.dice.uniform(0.02, 0.2))


async def _cut(life: Life, account: str) -> None:
    life.verdict.cuts += 1
    life.ends[account].disconnect()
    life.ends[account].reconnect()


async def _away(life: Life, account: str) -> None:
    life.verdict.cuts += 1
    life.ends[account].disconnect(stay_away=True)
    asyncio.get_running_loop().call_later(
        life.weather.dice.uniform(0.02, 0.2), life.ends[account].reconnect
    )


async def _half_open(life: Life, account: str) -> None:
    life.verdict.cuts += 1
    life.ends[account].half_open()


async def _kill(life: Life, account: str) -> None:
    if life.weather.dice.random() < 0.2:
        for each in life.houses:
            life.kill(each)
    else:
        life.kill(account)


async def _minutes(life: Life, account: str) -> None:
    await life.move_clock(timedelta(seconds=life.weather.dice.randint(10, 1200)))


async def _hours(life: Life, account: str) -> None:
    life.verdict.jumps += 1
    await life.move_clock(timedelta(minutes=life.weather.dice.randint(60, 900)))


async def _days(life: Life, account: str) -> None:
    life.verdict.jumps += 1
    await life.move_clock(timedelta(hours=life.weather.dice.randint(24, 140)))


async def _off(life: Life, account: str) -> None:
    checked = [n for n, item in life.owed.items() if item.has_check]
    if checked:
        n = life.weather.dice.choice(checked)
        before = life.count_shown(n)
        answer = await life.tell(account, "off", n=n)
        # Claimed by then, it may have been asked before; due, it has to be asked again.
        if answer is not None and answer["state"] == "due":
            life.refused_by_check.setdefault(n, before)


async def _take_back(life: Life, account: str) -> None:
    if life.owed:
        n = life.weather.dice.choice(list(life.owed))
        answer = await life.tell(account, "take_back", n=n)
        if answer is not None and answer["count"]:
            life.taken_back.add(n)


async def _beat(life: Life, account: str) -> None:
    await life.tell(account, "beat")


async def _mute(life: Life, account: str) -> None:
    end = life.ends[account]
    duration = timedelta(minutes=life.weather.dice.choice((1, 10, 600)))
    found = life.weather.dice.choice(list(end.world.groups.values()))
    if end.world.bot.user_id in found.members:
        end.mute(found.group_id, duration=duration)


async def _kick(life: Life, account: str) -> None:
    end = life.ends[account]
    number = life.weather.dice.choice(list(end.world.groups))
    end.kick(number)
    if life.weather.dice.random() < 0.5:
        end.join(number)


async def _unfriend(life: Life, account: str) -> None:
    end = life.ends[account]
    end.unfriend(life.weather.dice.choice(list(end.world.people)))


async def _freeze(life: Life, account: str) -> None:
    life.ends[account].freeze(is_honest=life.weather.dice.random() < 0.5)


async def _thaw(life: Life, account: str) -> None:
    life.ends[account].thaw()


async def _clear_up(life: Life, account: str) -> None:
    for end in life.ends.values():
        end.faults.storm(life.weather.dice.randrange(1 << 30), {})


_ACTS: dict[str, Callable[[Life, str], Awaitable[None]]] = {
    "owe": _owe, "wait": _wait, "cut": _cut, "away": _away, "half_open": _half_open,
    "kill": _kill, "minutes": _minutes, "hours": _hours, "days": _days, "off": _off,
    "take_back": _take_back, "beat": _beat, "mute": _mute, "kick": _kick, "unfriend": _unfriend,
    "freeze": _freeze, "thaw": _thaw, "clear_up": _clear_up,
}  # fmt: skip
