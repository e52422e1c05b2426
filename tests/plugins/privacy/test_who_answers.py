"""Whose yes is waited for (等点头): the branch's, and that of those above only without one."""

from datetime import date, datetime
from typing import Any

import pytest

from core.actors import Actor
from core.messages import Chat, ChatKind
from models import Account, Mentorship, Rebinding, Role
from plugins.identity.queries import who_is
from plugins.privacy import queries
from tests.plugins.stats.test_many_people import statements_of


async def test_given_a_branch_that_answers_when_those_above_look_then_they_see_nobody(
    branch: Any,
) -> None:
    await branch.says("王建国", "更正 姓名 王健国")

    assert "王健国" in await branch.says("刘长河", "等点头")
    above = await branch.says("孙敏", "等点头")
    assert "王建国" not in above
    assert "王健国" not in above


async def test_given_a_branch_without_anybody_when_those_above_look_then_they_answer(
    branch: Any,
) -> None:
    await Role.filter(unit_id=2).delete()
    await branch.says("王建国", "更正 姓名 王健国")

    assert "王健国" in await branch.says("孙敏", "等点头")


@pytest.mark.parametrize("who", ["刘长河", "孙敏", "周德厚"])
async def test_given_many_who_wait_when_they_are_listed_then_the_statements_stay_the_same(
    branch: Any, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    now = branch.clock.now()
    if who == "孙敏":
        await Role.filter(unit_id=2).delete()
    counts = []
    for number in range(6):
        name = f"工友{number}"
        await branch.person(name)
        await Mentorship.create(
            person=branch.people[name], mentor=branch.people["周德厚"], from_on=date(2026, 1, 1),
            next_contact_on=date(2027, 1, 1),
        )  # fmt: skip
        await branch.says(name, f"更正 姓名 友{'甲乙丙丁戊己'[number]}")
        new = await Account.create(platform="onebot11", account_id=f"新{number}", self_id="10001")
        await Rebinding.create(
            uid=f"r{number}", person=branch.people[name], account=new, invitation_id=1, asked_at=now
        )
        actor = await actor_of(who, now)
        count, found = await statements_of(
            monkeypatch, lambda actor=actor: queries.waiting(actor, now.date())
        )
        assert len(found) == (number + 1) * (1 if who == "周德厚" else 2)
        counts.append(count)
    assert len(set(counts)) == 1


async def actor_of(name: str, now: datetime) -> Actor:
    chat = Chat("onebot11", "10001", ChatKind.PRIVATE, name)
    return (await who_is(chat, name, now)).actor
