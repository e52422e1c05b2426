"""The script book's branch behind the whole house: people talk to the real router."""

import io
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image

import bot
from core import inspection
from core.actors import ConsentKind, RoleKind, Stage
from core.clock import LOCAL_ZONE, FrozenClock
from core.config import Delivery as Limits
from core.config import Settings, use
from core.database import run_tx
from core.inspection import Inspected
from core.messages import (
    Blob,
    Chat,
    ChatKind,
    Incoming,
    InPart,
    Media,
    MediaKind,
    OutPart,
    SendOutcome,
    SendResult,
    Text,
)
from models import Account, Consent, Delivery, Mentorship, Message, Person, Role, Unit
from models.enums import ConsentDecision, UnitKind
from plugins.delivery import bodies
from plugins.delivery.dispatcher import Dispatcher
from plugins.delivery.voices import Voices
from plugins.gateway import downloads
from plugins.identity import consent_texts
from plugins.identity import service as identity
from plugins.reception import desk, router
from plugins.study import library
from tests.conftest import HOUSE

SELF = "10001"


def at(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> datetime:
    """A moment of legal time."""
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL_ZONE)


def photo(shade: int) -> bytes:
    """A small real picture; each shade is another."""
    held = io.BytesIO()
    Image.new("RGB", (20, 30), (shade, shade, shade)).save(held, "PNG")
    return held.getvalue()


class FarEnd:
    """What the dispatcher sends, and to whom."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def can_reach(self, platform: str) -> tuple[str, ...]:
        return (SELF,)

    async def send(self, chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
        self.sent.append((chat.chat_id, "".join(p.text for p in parts if isinstance(p, Text))))
        return SendOutcome(SendResult.SENT, str(len(self.sent)))

    def heard(self, account_id: str) -> list[str]:
        return [text for to, text in self.sent if to == account_id]


class Branch:
    """王家村 below 柳河乡. An account is called like its person unless said otherwise."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.people: dict[str, Person] = {}
        self.answers: list[tuple[Chat, tuple[OutPart, ...]]] = []
        self.files: dict[str, bytes] = {}
        self.numbers = count(1)
        self.end = FarEnd()
        self.sender: Dispatcher | None = None

    async def plant(self) -> None:
        now = self.clock.now()
        await Unit.create(id=1, name="柳河乡", kind=UnitKind.TOWNSHIP, path="/1/", created_at=now)
        for number, name in ((2, "王家村"), (3, "李家村")):
            await Unit.create(
                id=number,
                name=name,
                kind=UnitKind.VILLAGE_BRANCH,
                parent_id=1,
                path=f"/1/{number}/",
                created_at=now,
            )
        for name in ("王建国", "陈玉梅"):
            await self.person(name)
        for name in ("周德厚", "刘长河", "孙敏"):
            await self.person(name, Stage.FULL_MEMBER)
        await self.mentors("周德厚", "王建国")
        await self.office("刘长河", RoleKind.BRANCH_SECRETARY, 2)
        await self.office("孙敏", RoleKind.TOWNSHIP_CLERK, 1)

    async def person(
        self, name: str, stage: Stage = Stage.ACTIVIST, *, unit: int = 2, bound: bool = True
    ) -> Person:
        now = self.clock.now()
        row = await Person.create(
            uid=f"u{next(self.numbers)}",
            name=name,
            home_unit_id=unit,
            stage=stage,
            activist_on=date(2026, 3, 2),
            city="南港",
            created_at=now,
        )
        self.people[name] = row
        if bound:
            await Account.create(
                platform="onebot11", account_id=name, person=row, self_id=SELF, bound_at=now
            )
            for kind in ConsentKind:
                await Consent.create(
                    person=row,
                    kind=kind,
                    version="2026-11",
                    decision=ConsentDecision.GIVEN,
                    decided_at=now,
                )
        return row

    async def mentors(self, mentor: str, person: str) -> Mentorship:
        return await Mentorship.create(
            person=self.people[person],
            mentor=self.people[mentor],
            from_on=date(2026, 1, 1),
            next_contact_on=date(2026, 11, 20),
        )

    async def office(self, name: str, kind: RoleKind, unit: int) -> None:
        await Role.create(
            person=self.people[name], unit_id=unit, kind=kind, from_on=date(2025, 1, 1)
        )

    async def code(self, name: str) -> str:
        return await identity.issue_invitation(
            person_id=self.people[name].id, issued_by=None, now=self.clock.now()
        )

    def picture(self, shade: int) -> Media:
        url = f"test://{len(self.files)}"
        self.files[url] = photo(shade)
        return Media(MediaKind.IMAGE, "a.png", url=url)

    async def says(self, account: str, words: str = "", *media: Media) -> str:
        """Say something in private; return everything that is answered, a message a line."""
        number = next(self.numbers)
        chat = Chat("onebot11", SELF, ChatKind.PRIVATE, account)
        parts: tuple[InPart, ...] = (*((Text(words),) if words else ()), *media)
        start = len(self.answers)
        await router.take(
            Incoming(chat, account, str(number), self.clock.now(), parts, words, f"k{number}")
        )
        said = [part for _, sent in self.answers[start:] for part in sent]
        return "\n".join(part.text for part in said if isinstance(part, Text))

    @property
    def last_blobs(self) -> list[Blob]:
        """The files of the newest answer that had some."""
        return [part for _, sent in self.answers for part in sent if isinstance(part, Blob)]

    async def send(self, chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
        self.answers.append((chat, tuple(parts)))
        return SendOutcome(SendResult.SENT, str(len(self.answers)))

    async def fetch(self, chat: Chat, media: Media, *, limit_bytes: int) -> bytes:
        return self.files[str(media.url)]

    async def deliver(self) -> list[tuple[str, str]]:
        """Let the real dispatcher send what is due; return what was sent now."""
        start = len(self.end.sent)
        if self.sender is None:
            # One for the whole test: on PostgreSQL an account speaks through one process at a time.
            doors = HOUSE.doors.values()
            checks = {k: v for door in doors for k, v in getattr(door, "CHECKS", {}).items()}
            self.sender = Dispatcher(checks, Voices(), self.end)
        while await self.sender.step():
            pass
        return self.end.sent[start:]

    def go(self, moment: datetime) -> None:
        self.clock.advance_to(moment)


async def glance(data: bytes, *, name: str) -> Inspected:
    """Stands for the inspection of what is known to be a picture: no process of its own."""
    return Inspected(MediaKind.IMAGE, "png", data)


@pytest_asyncio.fixture
async def branch(  # noqa: PLR0917  # fixtures
    database: str,
    keys: object,
    texts: object,
    clock: FrozenClock,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Branch]:
    made = Branch(clock)
    monkeypatch.setattr(downloads, "fetch", made.fetch)
    monkeypatch.setattr(inspection, "inspect", glance)
    use(settings.model_copy(update={"delivery": Limits(min_interval_s=0.0, max_interval_s=0.0)}))
    consent_texts.use(consent_texts.load())
    library.use(library.Library.load(library.FOLDER))
    doors = HOUSE.doors.values()
    desk.open_desk(
        [one for door in doors for one in getattr(door, "COMMANDS", ())],
        [one for door in doors for one in getattr(door, "CONTINUATIONS", ())],
        [one for door in doors for one in getattr(door, "LINE_READERS", ())],
        {k: v for door in doors for k, v in getattr(door, "DRAFT_WORDS", {}).items()},
        send=made.send,
    )
    await made.plant()
    yield made
    bot.wire(HOUSE)


def kept_files(settings: Settings) -> list[Path]:
    """Every file that core.files keeps."""
    return sorted((settings.data_dir / "files").glob("??/*"))


async def owed(target: str, purpose: str = "") -> list[str]:
    """The words of what is or was owed to ``target``, in order."""
    rows = Delivery.filter(target=target).order_by("id")
    if purpose:
        rows = rows.filter(purpose=purpose)
    return [await body_of(row.message_id) for row in await rows]


async def body_of(message_id: int) -> str:
    message = await Message.get(id=message_id)
    body = bodies.unseal(message.body_sealed, uid=message.uid)
    return "\n".join(part.text for part in body.parts if isinstance(part, Text))


async def in_tx(work: Any) -> Any:
    """Run something that joins its caller's transaction."""
    return await run_tx(work)
