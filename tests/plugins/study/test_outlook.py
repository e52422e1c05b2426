"""The coming digests are those that planning will bring: rhythm, pause, stop, and what was sent."""

from datetime import date

import pytest_asyncio

from core.actors import Actor, Grant, RoleKind
from core.clock import FrozenClock, at_local, local_day
from models import Group, PlanPause, Push, StudyPlan, Unit
from models.enums import PauseKind, UnitKind
from plugins.study import library, outlook, planning
from tests.plugins.study.reading import reviewed

SECRETARY = Actor(1, 1, "刘长河", grants=(Grant(RoleKind.BRANCH_SECRETARY, 1, "/1/"),))
OTHER = Actor(2, 2, "石支书", grants=(Grant(RoleKind.BRANCH_SECRETARY, 2, "/2/"),))


@pytest_asyncio.fixture
async def group(database: str, keys: object, texts: object, clock: FrozenClock) -> Group:
    library.use(reviewed())
    now = clock.now()
    for number, name in ((1, "王家村"), (2, "桥头村")):
        await Unit.create(
            id=number, name=name, kind=UnitKind.VILLAGE_BRANCH, path=f"/{number}/", created_at=now
        )
    return await Group.create(
        platform="onebot11", chat_id="7", self_id="9", unit_id=1, bound_at=now, next_digest_at=now
    )


async def days(clock: FrozenClock, *, actor: Actor = SECRETARY, weeks: int = 4) -> list[date]:
    found = await outlook.coming(actor, now=clock.now(), weeks=weeks)
    return [local_day(one.at) for one in found]


async def test_given_a_group_when_the_weeks_ahead_are_asked_then_every_monday_stands_there(
    group: Group, clock: FrozenClock
) -> None:
    found = await outlook.coming(SECRETARY, now=clock.now(), weeks=2)

    assert [one.at for one in found] == [
        at_local(date(2026, 11, 23), 20), at_local(date(2026, 11, 30), 20),
    ]  # fmt: skip
    assert found[0].groups == ("王家村",)
    assert await days(clock, actor=OTHER) == []


async def test_given_a_rhythm_of_two_weeks_and_a_digest_sent_then_the_weeks_between_are_free(
    group: Group, clock: FrozenClock
) -> None:
    await StudyPlan.create(unit_id=1, every_weeks=2, changed_at=clock.now())
    await Push.create(
        group=group, slot_at=at_local(date(2026, 11, 16), 20), material="x", created_at=clock.now()
    )

    assert await days(clock, weeks=5) == [date(2026, 11, 30), date(2026, 12, 14)]


async def test_given_a_pause_when_the_weeks_ahead_are_asked_then_its_days_are_free(
    group: Group, clock: FrozenClock
) -> None:
    await PlanPause.create(
        unit_id=1, from_on=date(2026, 11, 29), until_on=date(2026, 12, 8), kind=PauseKind.HARVEST,
        created_at=clock.now(),
    )  # fmt: skip

    assert await days(clock) == [date(2026, 11, 23), date(2026, 12, 14)]


async def test_given_a_stop_when_the_weeks_ahead_are_asked_then_nothing_stands_there(
    group: Group, clock: FrozenClock
) -> None:
    await StudyPlan.create(unit_id=1, is_stopped=True, changed_at=clock.now())

    assert await days(clock) == []


async def test_given_what_was_said_ahead_when_planning_comes_to_it_then_it_keeps_its_word(
    group: Group, clock: FrozenClock
) -> None:
    ahead = [one.at for one in await outlook.coming(SECRETARY, now=clock.now(), weeks=8)]

    for at in ahead:
        clock.advance_to(at)
        assert await planning.plan_digests(now=at) == 1

    assert sorted({row.slot_at for row in await Push.all()}) == ahead
