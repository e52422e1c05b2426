"""Two villages of a township and one elsewhere, talked to through the real router, files and all.

The ledger is read where others are told something; ``restart`` closes and opens the database.
"""

from collections.abc import Sequence
from datetime import date

from core import database as db
from core.actors import RoleKind, Stage
from core.clock import FrozenClock
from core.config import Settings
from core.messages import (
    Blob,
    Chat,
    ChatKind,
    Incoming,
    InPart,
    Media,
    OutPart,
    SendOutcome,
    Text,
)
from models import Delivery, Group, Message
from models.enums import UnitKind
from plugins import study, thought_report
from plugins.delivery import bodies
from plugins.identity import dialogues
from plugins.reception import COMMANDS, CONTINUATIONS, desk, router
from plugins.study.front_matter import Question
from plugins.study.library import Material
from tests.plugins.mentoring.town import Town, plant

ASK = Question(ask="能吗？", options=("能", "不能"), answer=1, explain="能。")


def piece(slug: str, title: str, order: int, series: str = "出门在外") -> Material:
    """A public piece of the library that nobody has read."""
    return Material(
        slug=slug, title=title, series=series, order=order, source="《某条例》",
        source_date=date(2020, 1, 1), effective_from=date(2026, 1, 1),
        effective_until=date(2027, 12, 31), audience=frozenset(Stage), public=True,
        push="先留证据。", sections=("第一句话。", "第二句话。"), quiz=(ASK,) * 3,
    )  # fmt: skip


class County(Town):
    """The town of the mentoring tests with a commissioner, a second village, another township."""

    def __init__(self, clock: FrozenClock, settings: Settings, url: str) -> None:
        super().__init__(clock)
        self.given: list[tuple[Chat, Blob]] = []
        self._settings, self._url, self._count = settings, url, 0
        desk.open_desk(
            (*COMMANDS, *study.COMMANDS, *thought_report.COMMANDS),
            (*CONTINUATIONS, *study.CONTINUATIONS, *thought_report.CONTINUATIONS),
            (),
            {**study.DRAFT_WORDS, **thought_report.DRAFT_WORDS},
            send=self._answer,
        )

    async def _answer(self, chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
        self.given += [(chat, part) for part in parts if isinstance(part, Blob)]
        return await self._send(chat, parts)

    async def plant(self) -> None:
        await plant(self)
        await self.unit("李家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
        await self.unit("别处乡", UnitKind.TOWNSHIP)
        for name, at, kind in (
            ("吴芳", "王家村", RoleKind.ORGANIZATION_COMMISSIONER),
            ("李国民", "李家村", RoleKind.BRANCH_SECRETARY),
            ("钱进", "别处乡", RoleKind.TOWNSHIP_CLERK),
        ):
            await self.person(name, at, stage=Stage.FULL_MEMBER)
            await self.office(name, kind, at)
        await self.person("李文斌", "李家村")

    async def group(self, name: str, unit: str) -> Group:
        return await Group.create(
            platform="onebot11", chat_id=f"8{len(name)}{self._next()}", self_id="10001",
            name=name, unit=self.units[unit], bound_at=self.clock.now(),
        )  # fmt: skip

    def _next(self) -> int:
        self._count += 1
        return self._count

    async def tells(self, name: str, *said: str | Media) -> str:
        """Let somebody send a message in private; return what is answered, empty for silence."""
        parts: tuple[InPart, ...] = tuple(Text(p) if isinstance(p, str) else p for p in said)
        words = "".join(one for one in said if isinstance(one, str))
        number = self._next()
        incoming = Incoming(
            chat=Chat("onebot11", "10001", ChatKind.PRIVATE, name), sender_id=name,
            message_id=f"t{number}", sent_at=self.clock.now(), parts=parts, words=words,
            key=f"told{number}",
        )  # fmt: skip
        start = len(self.sent)
        await router.take(incoming)
        return "\n".join(text for _, text in self.sent[start:])

    async def told(self, name: str) -> str:
        """Return what the ledger last owed somebody; its question is open from now on."""
        row = await Delivery.filter(target=f"person:{self.people[name].id}").order_by("-id").first()
        if row is None:
            return ""
        message = await Message.get(id=row.message_id)
        body = bodies.unseal(message.body_sealed, uid=message.uid)
        if body.ask is not None:
            chat = Chat("onebot11", "10001", ChatKind.PRIVATE, name)
            await dialogues.open_question(chat, name, body.ask, self.clock.now())
        return "".join(part.text for part in body.parts if isinstance(part, Text))

    async def restart(self) -> None:
        """Close the database and open it again, as a new process does."""
        await db.close_database()
        await db.open_database(self._url, kind=db.PRODUCTION, data_dir=self._settings.data_dir)
