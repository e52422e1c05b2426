"""Pushes to groups: one title for one occasion, and how far it has come in somebody's groups.

Groups that are planned later for the same occasion get a body of their own; for people it is the
same push.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any

from core.actors import Actor
from core.config import settings
from models import Delivery, Message
from models.enums import DeliveryState as S
from plugins.delivery import pacing, queries
from plugins.delivery.queries import RECENT, VANISHED, Open, Place
from plugins.identity import statements

MOVING = (S.DUE, S.LEASED, S.SENDING)
# What may stand in a group already, or is about to.
OUT = (S.SENDING, S.SENT, S.UNKNOWN)
# What can still be kept back.
WAITING = (S.DUE, S.LEASED)

# A push's rows in the groups of a scope, counted; `plain` are those nobody took back.
_COUNTS = """
SELECT d.message_id AS message, d.purpose AS purpose, d.occasion AS occasion, d.state AS state,
  SUM(CASE WHEN d.is_held THEN 1 ELSE 0 END) AS held, COUNT(*) AS n,
  SUM(CASE WHEN d.recall_at IS NULL AND d.recalled IS NULL THEN 1 ELSE 0 END) AS plain
FROM chat_group g JOIN unit u ON u.id = g.unit_id
JOIN delivery d ON d.target = 'group:' || CAST(g.id AS TEXT)
WHERE {scope}
GROUP BY d.message_id, d.purpose, d.occasion, d.state
"""
_COLUMNS = (
    "id", "target", "state", "reason", "is_held", "self_id", "not_before", "attempts",
    "recall_at", "recalled", "message_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Push:
    """One push, as far as somebody's groups are concerned. ``at`` is when it was first ordered.

    ``messages`` are its bodies, oldest first. ``plain`` counts by state what nobody took back,
    ``held`` what is due and stopped.
    """

    purpose: str
    occasion: str
    title: str
    messages: tuple[int, ...]
    at: datetime
    plain: Mapping[S, int]
    held: int

    @property
    def message_id(self) -> int:
        """The newest of its bodies, by which it is found again."""
        return self.messages[-1]

    def count(self, *states: S) -> int:
        """Return how many rows are in one of ``states``."""
        return sum(self.plain.get(state, 0) for state in states)

    @property
    def can_stop(self) -> bool:
        """Whether anything of it is still to go out and not stopped."""
        return self.count(S.DUE) > self.held

    def is_recent(self, now: datetime) -> bool:
        """Whether it was ordered within the last week."""
        return self.at >= now - RECENT

    def needs_a_look(self, now: datetime) -> bool:
        """Whether it still moves or somebody has to decide; what is unsure waits without end."""
        if self.count(S.UNKNOWN):
            return True
        return self.is_recent(now) and bool(self.count(*MOVING, S.REJECTED))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one push has come.

    ``lines`` are how many groups wait for each account of ours; the accounts speak side by side.
    ``starts_at`` is set while nothing of it may go out yet.
    """

    counts: Mapping[S, int]
    refused: tuple[Open, ...]
    held: int = 0
    vanished: int = 0
    recalled: int = 0
    recalling: int = 0
    not_recalled: int = 0
    lines: Mapping[str, int] = field(default_factory=dict)
    starts_at: datetime | None = None

    @property
    def total(self) -> int:
        """All groups it was meant for."""
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """Those it has still to go to, and will without anybody's word."""
        return sum(self.counts.get(state, 0) for state in MOVING) - self.held

    @property
    def minutes_left(self) -> int:
        """About how many minutes the rest takes, by the usual pauses; at least one."""
        return max(1, ceil(max(map(_seconds, self.lines.items()), default=0.0) / 60))

    @property
    def dropped(self) -> int:
        """Those it will not go to any more: too late, or taken back."""
        return sum(self.counts.get(state, 0) for state in (S.EXPIRED, S.CANCELLED))


def _seconds(line: tuple[str, int]) -> float:
    voice, count = line
    limits = settings().delivery
    factor = limits.large_push_factor if count > limits.large_push else 1.0
    pace = pacing.pace(limits, platform=voice.partition(":")[0], factor=factor)
    return count * (pace.shortest_s + pace.longest_s) / 2


async def of(actor: Actor) -> tuple[Push, ...]:
    """Return the pushes to the groups for which somebody answers, the newest first."""
    paths = queries.scope_of(actor).paths
    if not paths:
        return ()
    scope = " OR ".join(f"u.path LIKE ${number}" for number in range(1, len(paths) + 1))
    rows = await statements.rows(_COUNTS.format(scope=scope), *(f"{path}%" for path in paths))
    known = await _messages({row["message"] for row in rows})
    by_push: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        key = (row["purpose"], row["occasion"], known[row["message"]].title)
        by_push.setdefault(key, []).append(row)
    found = [_push(key, known, rows) for key, rows in by_push.items()]
    return tuple(sorted(found, key=lambda push: push.message_id, reverse=True))


def _push(
    key: tuple[str, str, str], known: Mapping[int, Message], rows: Sequence[Mapping[str, Any]]
) -> Push:
    messages = tuple(sorted({int(row["message"]) for row in rows}))
    plain: Counter[S] = Counter()
    for row in rows:
        plain[S(row["state"])] += int(row["plain"])
    held = sum(int(row["held"]) for row in rows if row["state"] == S.DUE)
    return Push(*key, messages, known[messages[0]].created_at, plain, held)


async def _messages(ids: set[int]) -> dict[int, Message]:
    rows = await Message.filter(id__in=list(ids)).only("id", "title", "created_at")
    return {row.id: row for row in rows}


async def find(actor: Actor, message_id: int) -> Push | None:
    """Return the push with that body, None when it is for none of somebody's groups."""
    return next((push for push in await of(actor) if message_id in push.messages), None)


def named(found: Sequence[Push], words: str) -> tuple[Push, ...]:
    """Return those of ``found`` whose title holds ``words``; all of them without any."""
    wanted = words.strip().strip("「」")
    exact = tuple(push for push in found if push.title and push.title == wanted)
    return exact or tuple(push for push in found if wanted in push.title)


async def progress(actor: Actor, push: Push, *, now: datetime) -> Progress:
    """Return how far a push has come among the groups for which somebody answers."""
    groups = await queries.groups(actor)
    rows = await rows_of(groups, push.purpose, push.occasion, push.messages)
    refused = tuple(
        Open(row.id, groups[row.target].name, True, False, row.reason, row.message_id)
        for row in rows
        if row.state is S.REJECTED and row.recalled is None
    )
    waiting = [row for row in rows if row.state in MOVING and not _is_held(row)]
    begun = any(row.state in OUT or row.attempts for row in rows)
    first = min((row.not_before for row in waiting), default=now)
    return Progress(
        counts=Counter(row.state for row in rows),
        refused=refused,
        held=sum(map(_is_held, rows)),
        vanished=sum(row.state is S.UNKNOWN and row.reason == VANISHED for row in rows),
        recalled=sum(row.recalled is True and row.state in OUT for row in rows),
        recalling=sum(row.recall_at is not None for row in rows),
        not_recalled=sum(row.recalled is False for row in rows),
        lines=Counter(row.self_id or groups[row.target].voice for row in waiting),
        starts_at=first if first > now and not begun else None,
    )


def _is_held(row: Delivery) -> bool:
    return row.state is S.DUE and row.is_held


async def rows_of(
    targets: Mapping[str, Place],
    purpose: str,
    occasion: str,
    messages: Collection[int] | None = None,
) -> list[Delivery]:
    """Return the deliveries of one push to ``targets``, in the order they were planned."""
    rows = Delivery.filter(purpose=purpose, occasion=occasion)
    if messages is not None:
        rows = rows.filter(message_id__in=list(messages))
    return [row for row in await rows.order_by("id").only(*_COLUMNS) if row.target in targets]
