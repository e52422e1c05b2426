import pytest

from core.clock import FrozenClock
from core.conversation import Ask, Option, Say
from core.database import run_tx, transactional
from core.errors import Fault
from core.messages import Blob, MediaKind, Text
from models import Delivery, Message
from models.enums import DeliveryState
from plugins.delivery import bodies, service
from tests.plugins.delivery.conftest import owe, state_of

pytestmark = pytest.mark.usefixtures("database", "keys", "texts")


async def test_given_no_transaction_when_something_is_owed_then_it_is_a_fault(
    clock: FrozenClock,
) -> None:
    with pytest.raises(Fault):
        await service.enqueue(
            purpose="p",
            occasion="o",
            target="person:1",
            parts=(Text("x"),),
            now=clock.now(),
            priority=10,
        )


async def test_given_the_same_thing_when_it_is_owed_twice_then_one_row_and_one_body_stand(
    clock: FrozenClock,
) -> None:
    assert await owe("person:1", clock)
    assert not await owe("person:1", clock)
    assert await owe("person:1", clock, occasion="two")
    assert await Delivery.all().count() == 2
    assert await Message.all().count() == 2


async def test_given_a_caller_that_fails_when_it_owed_something_then_nothing_is_owed(
    clock: FrozenClock,
) -> None:
    @transactional
    async def work() -> None:
        await service.enqueue(
            purpose="p",
            occasion="o",
            target="person:1",
            parts=(Text("x"),),
            now=clock.now(),
            priority=10,
        )
        raise LookupError

    with pytest.raises(LookupError):
        await work()
    assert await Delivery.all().count() == await Message.all().count() == 0


async def test_given_many_targets_when_some_are_owed_already_then_only_the_others_are_added(
    clock: FrozenClock,
) -> None:
    async def send(targets: list[str]) -> int:
        return await run_tx(
            lambda: service.broadcast(
                purpose="p",
                occasion="o",
                targets=targets,
                parts=(Text("x"),),
                now=clock.now(),
                priority=30,
            )
        )

    assert await send(["group:1", "group:2", "group:2"]) == 2
    assert await send(["group:2", "group:3"]) == 1
    assert await send(["group:3"]) == 0
    assert await Delivery.all().count() == 3
    assert await Message.all().count() == 2


async def test_given_two_thousand_groups_when_all_are_owed_one_body_then_it_stands_once(
    clock: FrozenClock,
) -> None:
    targets = [f"group:{number}" for number in range(2000)]
    added = await run_tx(
        lambda: service.broadcast(
            purpose="p",
            occasion="o",
            targets=targets,
            parts=(Text("x"),),
            now=clock.now(),
            priority=30,
        )
    )
    assert added == await Delivery.all().count() == 2000
    assert await Message.all().count() == 1


@pytest.mark.parametrize(
    "target", ["person:", "person:x", "human:1", "1", "person:-1", "person:１"]
)
async def test_given_a_target_that_is_none_when_something_is_owed_to_it_then_it_is_a_fault(
    target: str, clock: FrozenClock
) -> None:
    with pytest.raises(Fault):
        await owe(target, clock)


async def test_given_a_body_when_it_lies_in_the_database_then_nobody_can_read_it(
    clock: FrozenClock,
) -> None:
    await owe("person:1", clock, "周德厚看了您的四季度汇报")
    row = await Message.get()
    assert "周德厚".encode() not in row.body_sealed
    assert bodies.unseal(row.body_sealed, uid=row.uid).parts == (Text("周德厚看了您的四季度汇报"),)
    with pytest.raises(Fault):
        bodies.unseal(row.body_sealed, uid="0" * 32)


def test_given_a_question_when_it_is_sealed_then_its_numbers_are_read_and_come_back() -> None:
    ask = Ask(
        "delivery.settle",
        options=(Option(Say("delivery.option_resend"), value={"id": 3}), Option("放着", run="0")),
        data={"a": [1, None]},
        again="发送进度",
    )
    parts = (Blob(MediaKind.IMAGE, "b1", "a.jpg"), Text("看看"))
    body = bodies.unseal(bodies.seal(parts, ask, uid="u"), uid="u")
    assert body.parts == (parts[0], Text("看看\n1 没看到，补发  2 放着"))
    assert body.ask is not None
    assert [(o.label, o.run, o.value) for o in body.ask.options] == [
        ("没看到，补发", None, {"id": 3}),
        ("放着", "0", None),
    ]
    assert body.ask.data == {"a": [1, None]}
    assert body.ask.again == "发送进度"


async def test_given_owed_things_when_some_are_taken_back_then_only_those_are(
    clock: FrozenClock,
) -> None:
    await owe("person:1", clock)
    await owe("person:2", clock)
    await owe("person:3", clock, occasion="other")
    await Delivery.filter(target="person:2").update(state=DeliveryState.SENT)
    gone = await run_tx(
        lambda: service.cancel(purpose="test", occasion="one", now=clock.now(), reason="done")
    )
    assert gone == 1
    assert await state_of("person:1") is DeliveryState.CANCELLED
    assert await state_of("person:2") is DeliveryState.SENT
    assert await state_of("person:3") is DeliveryState.DUE
    assert (await Delivery.get(target="person:1")).reason == "done"
