"""Unasked, once, when a push has come to rest: which groups nobody is sure of (3.14)."""

from datetime import timedelta

import pytest

from core.actors import RoleKind
from core.clock import FrozenClock
from models import Delivery, Message, Role, Unit
from models.enums import DeliveryState as S
from plugins.delivery import bodies, notices
from tests.plugins.delivery.conftest import unit
from tests.plugins.delivery.pushing import official, push, words_of

pytestmark = pytest.mark.usefixtures("database", "keys", "texts")


@pytest.fixture
async def village(clock: FrozenClock) -> Unit:
    town = await unit(clock, "柳河乡", "/1/")
    made = await unit(clock, "王家村", "/1/2/")
    assert (town.id, made.id) == (1, 2)
    return made


async def told() -> dict[str, str]:
    rows = await Delivery.filter(purpose=notices.PURPOSE).order_by("id")
    return {row.target: await words_of(row) for row in rows}


async def test_given_a_push_at_rest_when_two_are_unsure_then_who_ordered_it_is_asked_once(
    village: Unit, clock: FrozenClock
) -> None:
    town = await Unit.get(id=1)
    clerk = await official(town, clock, RoleKind.TOWNSHIP_CLERK, "孙敏")
    await official(village, clock, RoleKind.BRANCH_SECRETARY, "刘长河")
    await push(village, clock, S.SENT, S.UNKNOWN, S.UNKNOWN, asked_by=clerk.id)
    assert await notices.owe(now=clock.now()) == 1
    assert await told() == {
        f"person:{clerk.id}": (
            "「冬天宿舍用电，三件别做」\n"
            "有 2 个群发没发出去不确定，怕重复，我没再发。请进群看一眼。\n"
            "王家村1号群：1 没看到，补发  2 看到了，当作已发"
        )
    }
    row = await Delivery.get(purpose=notices.PURPOSE)
    message = await Message.get(id=row.message_id)
    ask = bodies.unseal(message.body_sealed, uid=message.uid).ask
    assert ask is not None
    assert (ask.kind, [option.value["again"] for option in ask.options]) == (
        "delivery.settle", [True, False],
    )  # fmt: skip
    assert await notices.owe(now=clock.now()) == 0
    assert await notices.still_unsure(row.reference or {})
    await Delivery.filter(target="group:2").update(state=S.SENT)
    assert not await notices.still_unsure(row.reference or {})


@pytest.mark.parametrize("other", [S.DUE, S.LEASED, S.SENDING])
async def test_given_a_push_that_moves_when_one_is_unsure_then_it_is_waited_for(
    other: S, village: Unit, clock: FrozenClock
) -> None:
    await official(village, clock, RoleKind.BRANCH_SECRETARY, "刘长河")
    targets = await push(village, clock, S.UNKNOWN, other)
    assert await notices.owe(now=clock.now()) == 0
    await Delivery.filter(target=targets[1]).update(state=S.EXPIRED)
    assert await notices.owe(now=clock.now()) == 1


async def test_given_evidence_still_looked_for_when_a_push_rests_then_it_is_waited_for(
    village: Unit, clock: FrozenClock
) -> None:
    await official(village, clock, RoleKind.BRANCH_SECRETARY, "刘长河")
    targets = await push(village, clock, S.UNKNOWN, S.UNKNOWN)
    await Delivery.filter(target=targets[1]).update(look_at=clock.now() + timedelta(minutes=1))
    assert await notices.owe(now=clock.now()) == 0
    await Delivery.filter(target=targets[1]).update(look_at=None, reason="vanished")
    assert await notices.owe(now=clock.now()) == 1
    assert "有 1 个群，平台说发了，群里没找着。" in next(iter((await told()).values()))


async def test_given_nobody_ordered_it_when_it_rests_then_each_secretary_hears_of_his_groups(
    village: Unit, clock: FrozenClock
) -> None:
    town = await Unit.get(id=1)
    other = await unit(clock, "李家村", "/1/3/")
    third = await unit(clock, "赵家村", "/1/4/")
    clerk = await official(town, clock, RoleKind.TOWNSHIP_CLERK, "孙敏")
    await official(village, clock, RoleKind.ORGANIZATION_COMMISSIONER, "吴芳")
    liu = await official(village, clock, RoleKind.BRANCH_SECRETARY, "刘长河")
    he = await official(other, clock, RoleKind.BRANCH_SECRETARY, "何志远")
    gone = await official(third, clock, RoleKind.BRANCH_SECRETARY, "马小军")
    await Role.filter(person=gone).update(until_on=clock.now().date() - timedelta(days=1))
    targets = [
        target
        for at in (village, other, third)
        for target in await push(at, clock, S.UNKNOWN, title="", occasion=f"w{at.id}")
    ]
    first = await Delivery.get(target=targets[0])
    await Delivery.filter(target__in=targets).update(message_id=first.message_id, occasion="week")
    assert await notices.owe(now=clock.now()) == 3
    found = await told()
    assert set(found) == {f"person:{one.id}" for one in (liu, he, clerk)}
    assert found[f"person:{liu.id}"] == (
        "有 1 个群发没发出去不确定，怕重复，我没再发。请进群看一眼。\n"
        "王家村0号群：1 没看到，补发  2 看到了，当作已发"
    )
    assert "赵家村0号群" in found[f"person:{clerk.id}"]


async def test_given_only_an_operator_when_a_push_rests_then_he_is_told(
    village: Unit, clock: FrozenClock
) -> None:
    far = await unit(clock, "县里", "/9/")
    operator = await official(far, clock, RoleKind.OPERATOR, "老周")
    await push(village, clock, S.UNKNOWN, asked_by=999)
    await notices.owe(now=clock.now())
    assert set(await told()) == {f"person:{operator.id}"}


async def test_given_what_was_taken_back_when_a_push_rests_then_nobody_is_asked(
    village: Unit, clock: FrozenClock
) -> None:
    await official(village, clock, RoleKind.BRANCH_SECRETARY, "刘长河")
    await push(village, clock, S.UNKNOWN, S.UNKNOWN)
    await Delivery.filter(target="group:1").update(recalled=False)
    await Delivery.filter(target="group:2").update(recall_at=clock.now())
    assert await notices.owe(now=clock.now()) == 0
