"""柳河乡 with 驻南港: who leaves, who is told, and a sender that shows what the ledger says."""

from collections.abc import Sequence
from datetime import datetime

import pytest_asyncio

from core import config
from core.actors import Actor, RoleKind, Stage
from core.clock import FrozenClock
from core.messages import Chat, ChatKind, OutPart, SendOutcome, SendResult, Text
from core.scheduling import Tick
from models import Unit
from models.enums import UnitKind
from plugins import movement, roster
from plugins.delivery.dispatcher import Dispatcher
from plugins.identity.queries import who_is
from plugins.movement import cards, jobs
from plugins.reception import COMMANDS, CONTINUATIONS, desk
from tests.plugins.mentoring.town import Town, at, plant


class FarEnd:
    """Takes what the ledger sends and keeps it by who hears it."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def can_reach(self, platform: str) -> tuple[str, ...]:
        return ("10001",) if platform == "onebot11" else ()

    async def send(self, chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
        words = "".join(part.text for part in parts if isinstance(part, Text))
        self.sent.append((chat.chat_id, words))
        return SendOutcome(SendResult.SENT, str(len(self.sent)))


class Away(Town):
    """The town, a sender and the jobs of the room."""

    def __init__(self, clock: FrozenClock) -> None:
        super().__init__(clock)
        self.end = FarEnd()
        self.sender = Dispatcher(movement.CHECKS, far_end=self.end)
        self.open()

    def open(self) -> None:
        """Open the desk, as a start does."""
        desk.open_desk(
            (*COMMANDS, *roster.COMMANDS, *movement.COMMANDS),
            (*CONTINUATIONS, *roster.CONTINUATIONS, *movement.CONTINUATIONS),
            movement.LINE_READERS,
            {},
            send=self._send,
        )

    async def actor(self, name: str) -> Actor:
        """Return who is behind an account now."""
        chat = Chat("onebot11", "10001", ChatKind.PRIVATE, name)
        return (await who_is(chat, name, self.clock.now())).actor

    async def until(self, moment: datetime) -> list[tuple[str, str]]:
        """Let the clock reach a moment, the jobs run and what is due go out; return it."""
        self.go(moment)
        tick = Tick(now=self.clock.now(), fire_at=self.clock.now())
        await jobs.depart(tick)
        await jobs.ask(tick)
        start = len(self.end.sent)
        while await self.sender.step():
            pass
        return self.end.sent[start:]


@pytest_asyncio.fixture
async def away(
    database: str, keys: object, texts: object, clock: FrozenClock, settings: config.Settings
) -> Away:
    paces = config.Delivery(min_interval_s=0, max_interval_s=0, warm_up_s=0)
    config.use(settings.model_copy(update={"delivery": paces}))
    made = Away(clock)
    await plant(made)
    await made.unit("驻南港", UnitKind.LIAISON_OFFICE, "柳河乡")
    await Unit.filter(name="驻南港").update(city="南港")
    await made.person("何志远", "驻南港", Stage.FULL_MEMBER)
    await made.office("何志远", RoleKind.LIAISON_OFFICER, "驻南港")
    cards.use(cards.load(cards.FOLDER))
    return made


__all__ = ["Away", "at", "away"]
