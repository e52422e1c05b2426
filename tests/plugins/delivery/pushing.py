"""What the tests of pushes share: a push with one body to many groups, people in charge, words."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from core.actors import Actor, Grant, RoleKind
from core.clock import FrozenClock
from core.conversation import Call, Reply
from core.database import run_tx
from core.messages import Chat, ChatKind, Text
from core.texts import current
from models import Delivery, Message, Person, Role, Unit
from models.enums import DeliveryState as S
from plugins.delivery import bodies, service
from tests.plugins.delivery.conftest import group, person

CHAT = Chat("onebot11", "3889000001", ChatKind.PRIVATE, "20009")


def officer(kind: RoleKind, path: str, *, unit_id: int = 1, person_id: int = 7) -> Actor:
    return Actor(account_id=1, person_id=person_id, grants=(Grant(kind, unit_id, path),))


CLERK = officer(RoleKind.TOWNSHIP_CLERK, "/1/")
SECRETARY = officer(RoleKind.BRANCH_SECRETARY, "/1/2/")
OPERATOR = officer(RoleKind.OPERATOR, "/9/")
ELSEWHERE = officer(RoleKind.BRANCH_SECRETARY, "/1/3/")


def call(actor: Actor, clock: FrozenClock, words: str = "", choice: object = None) -> Call:
    return Call(actor, CHAT, CHAT.chat_id, clock.now(), words=words, choice=choice)


def said(reply: Reply) -> str:
    return "\n".join(current().render(say) for say in reply.says)


async def push(
    at: Unit,
    clock: FrozenClock,
    *states: S,
    title: str = "冬天宿舍用电，三件别做",
    occasion: str = "week",
    reasons: Mapping[int, str] | None = None,
    asked_by: int | None = None,
    not_before: datetime | None = None,
    first: int = 0,
    self_id: str = "3889000001",
) -> list[str]:
    """Owe one push to as many new groups of ``at`` as there are states, and put them there."""
    rows = [
        await group(at, clock, f"{occasion}{at.id}{n}", name=f"{at.name}{n}号群", self_id=self_id)
        for n in range(first, first + len(states))
    ]
    targets = [f"group:{row.id}" for row in rows]
    await plan(targets, clock, title, occasion, asked_by=asked_by, not_before=not_before)
    for number, (target, state) in enumerate(zip(targets, states, strict=True)):
        await put(target, occasion, state, clock, (reasons or {}).get(number))
    return targets


async def plan(
    targets: Sequence[str],
    clock: FrozenClock,
    title: str,
    occasion: str,
    *,
    asked_by: int | None = None,
    not_before: datetime | None = None,
) -> None:
    await run_tx(
        lambda: service.broadcast(
            purpose="test.push",
            occasion=occasion,
            targets=targets,
            parts=(Text("别用大功率电器。"),),
            now=clock.now(),
            priority=30,
            title=title,
            asked_by=asked_by,
            not_before=not_before,
        )
    )


async def put(
    target: str, occasion: str, state: S, clock: FrozenClock, reason: str | None = None
) -> None:
    out = state in {S.SENT, S.UNKNOWN}
    await Delivery.filter(target=target, occasion=occasion).update(
        state=state,
        reason=reason,
        updated_at=clock.now(),
        platform_message_id="501" if out else None,
        self_id="onebot11:3889000001" if out else None,
    )


async def official(at: Unit, clock: FrozenClock, kind: RoleKind, name: str) -> Person:
    row = await person(at, clock, name)
    await Role.create(person=row, unit=at, kind=kind, from_on=date(2025, 1, 1))
    return row


async def words_of(row: Delivery) -> str:
    message = await Message.get(id=row.message_id)
    parts = bodies.unseal(message.body_sealed, uid=message.uid).parts
    return "".join(part.text for part in parts if isinstance(part, Text))


async def states_of(targets: Sequence[str], occasion: str = "week") -> list[S]:
    return [(await Delivery.get(target=target, occasion=occasion)).state for target in targets]
