"""柳河乡 of the script book, and talks to it through the real router: a line in, words out."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count

from core.actors import ConsentKind, RoleKind, Stage
from core.clock import LOCAL_ZONE, FrozenClock
from core.messages import Blob, Chat, ChatKind, Incoming, OutPart, SendOutcome, SendResult, Text
from models import Account, Consent, Mentorship, Person, Role, Unit
from models.enums import ConsentDecision, UnitKind
from plugins import mentoring, stats
from plugins.reception import COMMANDS, CONTINUATIONS, desk, router

GROUP = "77"
_serial = count(1)


def at(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> datetime:
    """A moment of legal time."""
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL_ZONE)


class Town:
    """Rows by their Chinese names; everybody is bound to an account of the same name."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.units: dict[str, Unit] = {}
        self.people: dict[str, Person] = {}
        self.sent: list[tuple[Chat, str]] = []
        mentoring.use_todo(())
        self.files: list[Blob] = []
        desk.open_desk(
            (*COMMANDS, *mentoring.COMMANDS, *stats.COMMANDS),
            (*CONTINUATIONS, *mentoring.CONTINUATIONS, *stats.CONTINUATIONS),
            mentoring.LINE_READERS,
            {},
            send=self._send,
        )

    async def _send(self, chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
        self.files += [part for part in parts if isinstance(part, Blob)]
        self.sent += [(chat, part.text) for part in parts if isinstance(part, Text)]
        return SendOutcome(SendResult.SENT, "1")

    async def unit(self, name: str, kind: UnitKind, parent: str | None = None) -> Unit:
        above = self.units[parent] if parent else None
        number = len(self.units) + 1
        self.units[name] = await Unit.create(
            id=number,
            name=name,
            kind=kind,
            parent=above,
            path=f"{above.path if above else '/'}{number}/",
            created_at=self.clock.now(),
        )
        return self.units[name]

    async def person(
        self,
        name: str,
        unit: str = "王家村",
        stage: Stage = Stage.ACTIVIST,
        *,
        consents: Sequence[ConsentKind] = tuple(ConsentKind),
        inflow: str | None = None,
        key: str = "",
    ) -> Person:
        now = self.clock.now()
        row = await Person.create(
            uid=f"u{next(_serial)}",
            name=name,
            home_unit=self.units[unit],
            inflow_unit=self.units[inflow] if inflow else None,
            stage=stage,
            created_at=now,
        )
        for kind in consents:
            await Consent.create(
                person=row, kind=kind, version="1", decision=ConsentDecision.GIVEN, decided_at=now
            )
        self.people[key or name] = row
        await Account.create(
            platform="onebot11", account_id=key or name, person=row, self_id="10001", bound_at=now
        )
        return row

    async def office(self, name: str, kind: RoleKind, unit: str) -> None:
        await Role.create(
            person=self.people[name], unit=self.units[unit], kind=kind, from_on=date(2025, 1, 1)
        )

    async def mentor(
        self,
        mentor: str,
        person: str,
        *,
        last: date | None = None,
        due: date = date(2027, 6, 1),
        from_on: date = date(2026, 1, 1),
        until: date | None = None,
    ) -> Mentorship:
        return await Mentorship.create(
            person=self.people[person],
            mentor=self.people[mentor],
            from_on=from_on,
            until_on=until,
            last_contact_on=last,
            next_contact_on=due,
        )

    async def pair(self, person: str) -> Mentorship:
        return await Mentorship.get(person=self.people[person])

    async def hear(self, name: str, words: str, *, group: str = "", key: str = "") -> list[str]:
        """Return everything sent back, ``group:`` before what is said aloud."""
        number = next(_serial)
        kind = ChatKind.GROUP if group else ChatKind.PRIVATE
        incoming = Incoming(
            chat=Chat("onebot11", "10001", kind, group or name),
            sender_id=name,
            message_id=str(number),
            sent_at=self.clock.now(),
            parts=(Text(words),),
            words=words,
            key=key or f"key{number}",
        )
        start = len(self.sent)
        await router.take(incoming)
        return [text if chat.is_private else f"group:{text}" for chat, text in self.sent[start:]]

    async def says(self, name: str, words: str, *, key: str = "") -> str:
        """Return the one private answer, empty for silence."""
        heard = await self.hear(name, words, key=key)
        assert len(heard) <= 1, heard
        return heard[0] if heard else ""

    def go(self, moment: datetime) -> None:
        self.clock.advance_to(moment)

    def later(self, **delta: float) -> None:
        self.clock.advance_to(self.clock.now() + timedelta(**delta))


async def plant(town: Town) -> None:
    """周德厚 with three people of 王家村 as in 3.6, 刘长河 the secretary, 孙敏 the clerk."""
    await town.unit("柳河乡", UnitKind.TOWNSHIP)
    await town.unit("王家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    for name in ("周德厚", "刘长河", "孙敏"):
        await town.person(name, stage=Stage.FULL_MEMBER)
    for name in ("王建国", "陈玉梅", "李强"):
        await town.person(name)
    await town.office("刘长河", RoleKind.BRANCH_SECRETARY, "王家村")
    await town.office("孙敏", RoleKind.TOWNSHIP_CLERK, "柳河乡")
    await town.mentor("周德厚", "王建国", last=date(2026, 8, 20), due=date(2026, 11, 20))
    await town.mentor("周德厚", "陈玉梅", last=date(2026, 8, 26), due=date(2026, 11, 26))
    await town.mentor("周德厚", "李强", last=date(2026, 9, 2), due=date(2026, 12, 2))
