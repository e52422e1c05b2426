"""Somebody who says everything that can be said, and answers with every number he is offered.

What comes back is kept whole: the words, what is in the files, and what the ledger owes meanwhile.
"""

import io
import re
import zipfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from core import files
from core.clock import FrozenClock
from core.conversation import Command, Place
from core.messages import Blob, Chat, ChatKind, Incoming, OutPart, SendOutcome, SendResult, Text
from models import Delivery, Message
from plugins.delivery import bodies
from plugins.identity.queries import who_is
from plugins.reception import router
from tests.flows.scope.examples import EXAMPLES, LAST, Talk
from tests.flows.scope.planting import PLATFORM, SELF

# Codes, links and ids are new each time.
_NEW = re.compile(r"\d{4}[ -]\d{4}|/in/[\w-]+|[0-9a-f]{32,}")
# The copy of one's own data is full of ids, some of them inside of keys.
_COPY, _NUMBER = "yanzhen-personal-data", re.compile(r"\d+")
_MOST_OPTIONS = 3


@dataclass(frozen=True)
class Answer:
    """What was answered to one line, and the lines that led to it."""

    place: str
    said: Talk
    text: str

    @property
    def steady(self) -> str:
        """The answer without what is new each time."""
        steady = _NEW.sub("#", self.text)
        return _NUMBER.sub("#", steady) if _COPY in steady else steady


@dataclass
class Walker:
    """The account of the asker, at the real router."""

    account: str
    group: str
    clock: FrozenClock
    come_back: Callable[[], Awaitable[None]]
    words: dict[str, str]
    answers: list[Answer] = field(default_factory=list)
    _heard: list[OutPart] = field(default_factory=list)
    _serial: Iterator[int] = field(default_factory=lambda: count(1))

    async def send(self, chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
        self._heard += parts
        return SendOutcome(SendResult.SENT, "1")

    async def walk(self, commands: Sequence[Command]) -> None:
        """Say every command with every example, those that end something last."""
        last = {name: place for place, name in enumerate(LAST)}
        for command in sorted(commands, key=lambda one: last.get(one.name, -1)):
            for talk in EXAMPLES[command.name]:
                if command.name in last:
                    await self.come_back()
                said = tuple(line.format_map(self.words) for line in talk)
                await self._talk(said)
                if command.place is Place.BOTH:
                    await self._say(said, said[0], is_group=True)

    async def _talk(self, said: Talk) -> None:
        """Say it, and take each number that is offered, and the first behind it."""
        options = await self._said(said)
        for number in range(1, min(options, _MOST_OPTIONS) + 1):
            if number > 1 and not await self._said(said):
                break
            await self._say(said, str(number))
            if await self._options():
                await self._say((*said, str(number)), "1")
        await self._put_away(said)

    async def _said(self, said: Talk) -> int:
        for place, line in enumerate(said):
            await self._say(said[:place], line)
        return await self._options()

    async def _put_away(self, said: Talk) -> None:
        """Leave no draft open, so that the next words are commands again."""
        if (await who_is(self._chat(), self.account, self.clock.now())).draft is not None:
            await self._say(said, "取消")
            if await self._options():
                await self._say((*said, "取消"), "2")

    async def _options(self) -> int:
        known = await who_is(self._chat(), self.account, self.clock.now())
        return len(known.question.options) if known.question else 0

    def _chat(self, *, is_group: bool = False) -> Chat:
        kind = ChatKind.GROUP if is_group else ChatKind.PRIVATE
        return Chat(PLATFORM, SELF, kind, self.group if is_group else self.account)

    async def _say(self, before: Talk, line: str, *, is_group: bool = False) -> None:
        number, self._heard = next(self._serial), []
        await router.take(
            Incoming(
                chat=self._chat(is_group=is_group),
                sender_id=self.account,
                message_id=str(number),
                sent_at=self.clock.now(),
                parts=(Text(line),),
                words=line,
                key=f"k{number}",
            )
        )
        text = "\n".join([await _read(part) for part in self._heard])
        self.answers.append(Answer("group" if is_group else "private", (*before, line), text))

    async def take_ledger(self, since: int, *, target: str = "") -> None:
        """Keep what the ledger owes beyond its first ``since`` rows, to all or one, as answers."""
        for row in (await Delivery.all().order_by("id"))[since:]:
            if target not in {"", row.target}:
                continue
            message = await Message.get(id=row.message_id)
            body = bodies.unseal(message.body_sealed, uid=message.uid)
            text = "\n".join([await _read(part) for part in body.parts])
            self.answers.append(Answer("ledger", (row.purpose, row.target), text))


async def _read(part: OutPart) -> str:
    if isinstance(part, Text):
        return part.text
    if isinstance(part, Blob):
        return f"{part.name}\n{read_file(await files.read(part.blob_id))}"
    return ""


def read_file(data: bytes) -> str:
    """Return every word of a file: those of an archive are read one by one, and sheets are."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data.decode("utf-8", "ignore")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = sorted(archive.namelist())
        return "\n".join(f"{name}\n{read_file(archive.read(name))}" for name in members)
