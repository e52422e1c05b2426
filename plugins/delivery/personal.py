"""What the ledger keeps of a person: what was sent to him, and what others were told about him.

When he goes, rows stay as counted receipts; bodies to him and about him are emptied, and what is
still owed to him is cancelled.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from core.conversation import Say
from core.database import require_tx
from core.messages import Forward, OutPart, Text
from core.personal import Copied, Held, Leaving, PersonalData
from models import Account, BudgetUse, Delivery, Message, Unreached
from models.enums import DeliveryState as S
from models.rows import as_json
from plugins.delivery import bodies, ledger
from plugins.delivery.bodies import Body

REASON = "erased"
# Rows looked at by one statement: SQLite takes 32,766 parameters.
_BATCH = 500


async def _targets(people: Collection[int]) -> list[str]:
    accounts = await Account.filter(person_id__in=list(people)).values_list("id", flat=True)
    return [*(f"person:{one}" for one in people), *(f"account:{one}" for one in accounts)]


async def _describe(person_id: int, _today: date) -> Held:
    count = await Delivery.filter(target__in=await _targets([person_id])).count()
    return Held(details=(Say("delivery.held_messages", count=count),) if count else ())


async def _export(person_id: int, _today: date) -> Copied:
    targets = await _targets([person_id])
    rows = await Delivery.filter(target__in=targets).order_by("id").prefetch_related("message")
    said = [(row, text_of(bodies.unseal(row.message.body_sealed, uid=row.message.uid)))
            for row in rows]  # fmt: skip
    uses = await _budgets(person_id)
    data = {
        "messages": [as_json(row) | {"text": text} for row, text in said],
        "unreached": [as_json(row) for row in await Unreached.filter(person_id=person_id)],
        "budget_use": [as_json(row) for row in uses],
    }
    lines = tuple(
        Say("delivery.line_message", at=row.updated_at, text=text)
        for row, text in said
        if row.state is S.SENT and text
    )
    return Copied(data, lines)


def text_of(body: Body) -> str:
    """Return the words of a body, those inside a card included."""
    return "\n".join(_texts(body.parts))


def _texts(parts: Iterable[OutPart]) -> Iterable[str]:
    for part in parts:
        if isinstance(part, Text):
            yield part.text
        elif isinstance(part, Forward):
            for node in part.nodes:
                yield from _texts(node)


async def _budgets(person_id: int) -> list[BudgetUse]:
    found = []
    for account in await Account.filter(person_id=person_id):
        name = f"month:{account.platform}:private:{account.account_id}"
        found += await BudgetUse.filter(budget=name)
    return found


async def _erase(leaving: Leaving) -> Sequence[str]:
    require_tx()
    targets = await _targets([leaving.person_id])
    await _settle_own(targets, leaving.now)
    await _empty(await _only_to(targets))
    await Delivery.filter(target__in=targets).update(reference=None, platform_message_id=None)
    await _erase_told(leaving)
    await Unreached.filter(person_id=leaving.person_id).delete()
    for row in await _budgets(leaving.person_id):
        await row.delete()
    return ()


async def _settle_own(targets: Sequence[str], now: datetime) -> None:
    """Cancel what is owed; what is unsure reached somebody who does not want to be asked."""
    rows = await Delivery.filter(
        target__in=list(targets), state__in=[S.DUE, S.LEASED, S.UNKNOWN]
    ).values_list("id", "state")
    for old, new in ((S.DUE, S.CANCELLED), (S.LEASED, S.CANCELLED), (S.UNKNOWN, S.SENT)):
        ids = [number for number, state in rows if state == old]
        await ledger.move(ids, old=old, new=new, now=now, reason=REASON, **ledger.FREE)


async def _only_to(targets: Sequence[str]) -> list[int]:
    """Return the messages that went to these targets and nobody else."""
    own = Delivery.filter(target__in=list(targets))
    ids = list(dict.fromkeys(await own.values_list("message_id", flat=True)))
    shared: set[Any] = set()
    for start in range(0, len(ids), _BATCH):
        part = Delivery.filter(message_id__in=ids[start : start + _BATCH])
        others = part.exclude(target__in=list(targets))
        shared |= set(await others.values_list("message_id", flat=True))
    return [int(str(number)) for number in ids if number not in shared]


async def _empty(ids: Sequence[int]) -> None:
    """Leave nothing in the bodies of messages."""
    for start in range(0, len(ids), _BATCH):
        for message in await Message.filter(id__in=list(ids[start : start + _BATCH])):
            message.body_sealed = bodies.seal((), None, uid=message.uid)
            await message.save(update_fields=["body_sealed"])


async def _erase_told(leaving: Leaving) -> None:
    """Empty what those nearby were told about him; what they were not told yet is cancelled."""
    targets = await _targets([one for one in leaving.near if one != leaving.person_id])
    rows = await Delivery.filter(target__in=targets, message__title="").prefetch_related("message")
    told = [row for row in rows if _is_about(row, leaving)]
    for state in (S.DUE, S.LEASED):
        ids = [row.id for row in told if row.state is state]
        await ledger.move(
            ids, old=state, new=S.CANCELLED, now=leaving.now, reason=REASON, **ledger.FREE
        )
    await _empty([row.message_id for row in told if row.state is not S.SENDING])


def _is_about(row: Delivery, leaving: Leaving) -> bool:
    if row.reference is not None and row.reference.get("person") == leaving.person_id:
        return True
    if not leaving.is_only_name:
        return False
    body = bodies.unseal(row.message.body_sealed, uid=row.message.uid)
    options = () if body.ask is None else body.ask.options
    return leaving.name in text_of(body) or any(
        leaving.name in str(option.label) for option in options
    )


PERSONAL = PersonalData(
    title=Say("delivery.personal_title"),
    tables=frozenset({"message", "delivery", "unreached", "budget_use"}),
    describe=_describe,
    export=_export,
    erase=_erase,
    rank=95,
)
