"""A gateway that records, and a small county to send to."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import nonebot
import pytest

from core.actors import Stage
from core.clock import FrozenClock
from core.config import Delivery as Limits
from core.config import Settings, use
from core.database import run_tx
from core.messages import Chat, OutPart, SendOutcome, SendResult, Text
from models import Account, Delivery, Group, Person, Unit
from models.enums import DeliveryState, UnitKind

try:
    nonebot.get_driver()
except ValueError:
    nonebot.init(_env_file=(os.devnull,), driver="~fastapi", log_level="WARNING")

from plugins.delivery import service
from plugins.delivery.dispatcher import Dispatcher
from plugins.delivery.voices import Voices

SELF = "3889000001"


@dataclass
class End:
    """The far end: what was sent, and what it will answer (SENT unless told otherwise)."""

    sent: list[tuple[Chat, tuple[OutPart, ...]]] = field(default_factory=list)
    script: list[SendOutcome | Exception] = field(default_factory=list)
    voices: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"onebot11": (SELF,)})
    before: Callable[[], None] | None = None

    def can_reach(self, platform: str) -> tuple[str, ...]:
        return self.voices.get(platform, ())

    async def send(self, chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
        if self.before is not None:
            self.before()
        self.sent.append((chat, tuple(parts)))
        answer = self.script.pop(0) if self.script else None
        if isinstance(answer, Exception):
            raise answer
        return answer or SendOutcome(SendResult.SENT, message_id=str(len(self.sent)))

    @property
    def words(self) -> list[str]:
        return ["".join(p.text for p in parts if isinstance(p, Text)) for _, parts in self.sent]


@pytest.fixture
def end() -> End:
    return End()


class Seconds:
    """Real seconds that only a test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def fast(settings: Settings) -> Settings:
    """No pauses between sends."""
    made = settings.model_copy(
        update={"delivery": Limits(min_interval_s=0.0, max_interval_s=0.0, max_attempts=3)}
    )
    use(made)
    return made


@pytest.fixture
def sender(  # noqa: PLR0917  # fixtures
    database: str,
    keys: object,
    texts: object,
    clock: FrozenClock,
    fast: Settings,
    end: End,
    seconds: Seconds,
) -> Dispatcher:
    """A dispatcher that is stepped by hand."""
    return Dispatcher({}, Voices(seconds), end)


async def unit(clock: FrozenClock, name: str = "王家村", path: str = "/1/") -> Unit:
    return await Unit.create(
        name=name, kind=UnitKind.VILLAGE_BRANCH, path=path, created_at=clock.now()
    )


async def group(
    at: Unit, clock: FrozenClock, chat_id: str = "700", *, name: str = "", self_id: str = SELF
) -> Group:
    return await Group.create(
        platform="onebot11",
        chat_id=chat_id,
        self_id=self_id,
        name=name,
        unit=at,
        bound_at=clock.now(),
    )


async def person(at: Unit, clock: FrozenClock, name: str = "王建国") -> Person:
    number = await Person.all().count() + 1
    return await Person.create(
        uid=f"{number:032d}",
        name=name,
        home_unit=at,
        stage=Stage.ACTIVIST,
        created_at=clock.now(),
    )


async def account(of: Person, clock: FrozenClock, account_id: str = "20001") -> Account:
    return await Account.create(
        platform="onebot11", account_id=account_id, person=of, self_id=SELF, bound_at=clock.now()
    )


async def owe(target: str, clock: FrozenClock, words: str = "今晚有学习。", **rest: object) -> bool:
    wanted = {"purpose": "test", "occasion": "one", "priority": 20, **rest}
    return await run_tx(
        lambda: service.enqueue(
            target=target,
            parts=(Text(words),),
            now=clock.now(),
            **wanted,  # type: ignore[arg-type]
        )
    )


async def state_of(target: str) -> DeliveryState:
    return (await Delivery.get(target=target)).state
