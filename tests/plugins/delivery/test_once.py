"""What is said once is planned anew only after it was taken back."""

from datetime import timedelta

import pytest

from core.clock import FrozenClock
from core.database import run_tx
from core.messages import Text
from models import Delivery
from models.enums import DeliveryState, Priority
from plugins.delivery import once

pytestmark = pytest.mark.usefixtures("database", "keys", "texts")


async def ask(clock: FrozenClock, occasion: str = "7", target: str = "person:1") -> bool:
    now = clock.now()
    return await run_tx(
        lambda: once.owe(
            purpose="test",
            occasion=occasion,
            target=target,
            parts=(Text("到了吗？"),),
            now=now,
            priority=Priority.REMINDER,
            not_before=now,
            expires_at=now + timedelta(days=7),
            check="test.check",
            reference={"row": 7},
        )
    )


async def end(state: DeliveryState) -> None:
    await Delivery.filter(state=DeliveryState.DUE).update(state=state)


async def test_given_it_was_taken_back_when_it_is_planned_again_then_it_is_owed_anew(
    clock: FrozenClock,
) -> None:
    planned = []
    for _ in range(3):
        planned.append((await ask(clock), await ask(clock)))
        await end(DeliveryState.CANCELLED)

    assert planned == [(True, False)] * 3
    rows = await Delivery.all().order_by("id").values_list("occasion", flat=True)
    assert list(rows) == ["7", "7:1", "7:2"]


@pytest.mark.parametrize(
    "state", [state for state in DeliveryState if state is not DeliveryState.CANCELLED]
)
async def test_given_it_was_said_or_may_have_been_when_it_is_planned_again_then_nothing_is_owed(
    clock: FrozenClock, state: DeliveryState
) -> None:
    await ask(clock)
    await end(DeliveryState.CANCELLED)
    await ask(clock)
    await end(state)

    assert not await ask(clock)
    assert await Delivery.all().count() == 2


async def test_given_other_occasions_and_people_when_it_is_planned_then_they_are_none_of_it(
    clock: FrozenClock,
) -> None:
    await ask(clock, "7")
    await ask(clock, "7", "person:2")

    assert await ask(clock, "70")
    assert await once.open_occasions(
        purpose="test", occasion="7", targets=("person:1", "person:3", "person:3")
    ) == {"person:3": "7"}
