"""What a house under the storm is told to do. Imported in the child, once the rooms are loaded."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

from core import clock, database, secrets
from core.messages import Text
from models import Account, Delivery, Group, Person, Unit
from models.enums import DeliveryState, Priority, UnitKind
from plugins.delivery import (
    beats,
    bell,
    ledger,
    lifecycle,
    service,
)
from plugins.identity import statements
from plugins.study import library, planning
from tests.plugins.study.reading import reviewed

Answer = dict[str, Any]

# Every change of state is written down by the database itself, whoever made it.
_OFF = "CREATE TABLE storm_off (n INTEGER PRIMARY KEY)"
_TABLE = (
    "CREATE TABLE storm_log (id %s PRIMARY KEY, delivery_id INTEGER, old TEXT, new TEXT, at %s)"
)
_NOTE = """INSERT INTO storm_log (delivery_id, old, new, at)
VALUES (OLD.id, OLD.state, NEW.state, NEW.updated_at)"""
_SQLITE = (
    _OFF,
    _TABLE % ("INTEGER", "TEXT"),
    f"""CREATE TRIGGER storm_seen AFTER UPDATE OF state ON delivery
    WHEN OLD.state <> NEW.state BEGIN {_NOTE}; END""",
)
_POSTGRES = (
    _OFF,
    _TABLE % ("SERIAL", "TIMESTAMPTZ"),
    f"""CREATE FUNCTION storm_note() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN {_NOTE}; RETURN NEW; END $$""",
    """CREATE TRIGGER storm_seen AFTER UPDATE OF state ON delivery FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION storm_note()""",
)
# The dead look as old as they are after a while; nobody can wait for the database's own minutes.
_OLD_BEATS = """
UPDATE worker SET beat_at = clock_timestamp() - interval '10 minutes'
WHERE NOT owner = ANY($1::text[]) RETURNING id
"""
_OLD_SPEAKERS = """
UPDATE bot_account SET speaker_until = clock_timestamp() - interval '1 minute'
WHERE NOT speaker = ANY($1::text[]) RETURNING id
"""
_IS_OFF = "SELECT 1 AS one FROM storm_off WHERE n = $1"


async def plant(url: str, accounts: list[str], each: int) -> Answer:
    """Fill the open, empty ledger with groups and people; return whom each account can talk to."""
    found = await database.run_tx(lambda: _plant(accounts, each))
    for statement in _SQLITE if url == "sqlite" else _POSTGRES:
        await statements.rows(statement)
    secrets.secret("onebot11_token")  # makes its file, with tight rights
    return {"targets": found}


async def _plant(accounts: list[str], each: int) -> dict[str, list[tuple[str, str, int]]]:
    now = clock.now()
    kind = UnitKind.VILLAGE_BRANCH
    unit = await Unit.create(name="王家村", kind=kind, path="/1/", created_at=now)
    found: dict[str, list[tuple[str, str, int]]] = {}
    for place, self_id in enumerate(accounts, 1):
        mine = found[self_id] = []
        for number in range(each):
            chat = place * 100_000 + number
            group = await Group.create(
                platform="onebot11", chat_id=str(chat), self_id=self_id, unit=unit, bound_at=now
            )
            mine.append((f"group:{group.id}", "group", chat))
            person = await Person.create(
                uid=f"{chat:032d}", name="王建国", home_unit=unit, stage="activist", created_at=now
            )
            await Account.create(
                platform="onebot11", account_id=str(chat + 50_000), person=person,
                self_id=self_id, bound_at=now,
            )  # fmt: skip
            mine.append((f"person:{person.id}", "private", chat + 50_000))
    return found


async def is_still_owed(reference: dict[str, Any]) -> bool:
    """Answer the still-owed check of the storm's deliveries."""
    return not await statements.rows(_IS_OFF, reference["n"])


# The orders.


async def set_clock(frozen: clock.FrozenClock, to: str) -> Answer:
    """Move the clock and let the sender notice."""
    moment = datetime.fromisoformat(to)
    if moment > frozen.now():
        frozen.advance_to(moment)
    bell.ring()
    return {}


async def owe(frozen: clock.FrozenClock, items: list[dict[str, Any]]) -> Answer:
    """Owe all of ``items`` in one transaction."""

    async def work() -> None:
        for item in items:
            await service.enqueue(
                purpose="storm",
                occasion=str(item["n"]),
                target=item["target"],
                parts=(Text(item["words"]),),
                now=frozen.now(),
                priority=item["priority"],
                not_before=_moment(item["not_before"]),
                expires_at=_moment(item["expires_at"]),
                check="storm" if item["has_check"] else None,
                reference={"n": item["n"]},
                in_quiet_hours=item["in_quiet_hours"],
            )

    await database.run_tx(work)
    return {}


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


async def broadcast(frozen: clock.FrozenClock, occasions: list[str], targets: list[str]) -> Answer:
    """Plan one push for each of ``occasions``; return how many rows were new."""

    async def work(occasion: str) -> int:
        return await service.broadcast(
            purpose="twice", occasion=occasion, targets=targets, parts=(Text("今晚有学习。"),),
            now=frozen.now(), priority=Priority.DIGEST,
        )  # fmt: skip

    return {"added": sum([await database.run_tx(partial(work, each)) for each in occasions])}


async def digests(frozen: clock.FrozenClock) -> Answer:
    """Plan the weekly digests whose hour has come, from pieces that somebody has read."""
    library.use(reviewed())
    return {"planned": await planning.plan_digests(now=frozen.now())}


async def turn_off(frozen: clock.FrozenClock, n: int) -> Answer:
    """Let the check of delivery ``n`` say no from now on; tell in what state it was just after."""
    await statements.rows(
        "INSERT INTO storm_off (n) VALUES ($1) ON CONFLICT DO NOTHING RETURNING n", n
    )
    row = await Delivery.get_or_none(purpose="storm", occasion=str(n))
    return {"state": None if row is None else row.state.value}


async def take_back(frozen: clock.FrozenClock, n: int) -> Answer:
    """Take delivery ``n`` back if it is not written yet."""
    count = await database.run_tx(
        lambda: service.cancel(purpose="storm", occasion=str(n), now=frozen.now(), reason="storm")
    )
    return {"count": count}


async def beat(frozen: clock.FrozenClock) -> Answer:
    """Do what the clock's jobs and the slow beat do."""
    await lifecycle.sweep(now=frozen.now())
    await beats.beat(now=frozen.now())
    bell.ring()
    return {}


async def owner(frozen: clock.FrozenClock) -> Answer:
    """Say under which name this process holds what it claimed."""
    running = lifecycle._running
    return {"owner": "" if running is None else running.owner}


async def bury(frozen: clock.FrozenClock, living: list[str]) -> Answer:
    """Make the heartbeats of everybody else as old as those of the dead are after a while."""
    if ledger.is_shared():
        await statements.rows(_OLD_BEATS, living)
        await statements.rows(_OLD_SPEAKERS, living)
    return {}


async def report(frozen: clock.FrozenClock) -> Answer:
    """Say what is still to be done now, and what is not over yet."""
    now = frozen.now()
    held = [DeliveryState.LEASED, DeliveryState.SENDING]
    looked_at = [DeliveryState.UNKNOWN, DeliveryState.SENT]
    due = Delivery.filter(state=DeliveryState.DUE)
    return {
        "busy": await Delivery.filter(state__in=held).count(),
        "ready": await due.filter(not_before__lte=now).count(),
        "due": await due.count(),
        "looks": await Delivery.filter(look_at__isnull=False, state__in=looked_at).count(),
    }


ORDERS: dict[str, Callable[..., Awaitable[Answer]]] = {
    "clock": set_clock, "owe": owe, "broadcast": broadcast, "digests": digests, "off": turn_off,
    "take_back": take_back, "beat": beat, "owner": owner, "bury": bury, "report": report,
}  # fmt: skip
