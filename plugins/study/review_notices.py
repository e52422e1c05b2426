"""Tells whoever is in charge, once a week at most, that nothing goes out as nobody has read it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core import clock
from core.clock import at_local, local_day
from core.conversation import Say
from core.database import require_tx
from core.messages import Text
from core.texts import current
from models.enums import Priority
from plugins.delivery import service as delivery
from plugins.study import officers, shelves
from plugins.study.shelves import UnitShelves

PURPOSE = "study.unread"
CHECK = "study.still_unread"
# On the morning after the digest that was not sent, when people in offices read.
_HOUR = 9
# The next one comes after seven days; this one does not go out beside it.
_LIFE = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Notice:
    """Who is told, for which unit, and how many pieces wait there."""

    person_id: int
    path: str
    count: int


async def due(paths: Collection[str], known: UnitShelves, day: date) -> tuple[Notice, ...]:
    """Return who is told that the units ``paths`` got nothing on ``day``: each person once."""
    found: dict[int, Notice] = {}
    for path, role in (await officers.in_charge(sorted(paths), today=day)).items():
        if role.person_id not in found:
            above = role.unit.path
            count = known.unread(above, day) or known.unread(path, day)
            found[role.person_id] = Notice(role.person_id, above, count)
    return tuple(found.values())


async def owe(notices: Collection[Notice], slot: datetime, now: datetime) -> None:
    """Owe the notices of the week of ``slot``, in the transaction; a second run owes nothing."""
    require_tx()
    year, week, _ = local_day(slot).isocalendar()
    morning = at_local(local_day(slot) + timedelta(days=1), _HOUR)
    for notice in notices:
        await delivery.enqueue(
            purpose=PURPOSE,
            occasion=f"{year}-W{week:02d}",
            target=f"person:{notice.person_id}",
            parts=(Text(current().render(Say("study.unread_notice", count=notice.count))),),
            now=now,
            priority=Priority.REMINDER,
            not_before=morning,
            expires_at=morning + _LIFE,
            check=CHECK,
            reference={"path": notice.path},
        )


async def still_unread(reference: dict[str, Any]) -> bool:
    """Whether nothing can go out yet in the unit that a notice is about."""
    today = local_day(clock.now())
    shelf = await shelves.of_unit(str(reference["path"]), today)
    return not any(not piece.is_local for piece in shelf.public(today))
