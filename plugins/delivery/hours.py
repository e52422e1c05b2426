"""A unit's own quiet hours (安静时间): longer than those of config.toml, never shorter."""

import re
from dataclasses import dataclass
from datetime import datetime

from core import daywords
from core.actors import Actor, Grant, Who
from core.config import settings
from core.database import transactional
from core.errors import Refusal
from models import AuditLog, Unit
from plugins.delivery import words

_DAY = 24 * 60
_NOON = 12 * 60
# What is left of the day has to hold a study evening or a morning's reminders.
_SHORTEST_DAY = 6 * 60
_OFFICES = frozenset({Who.SECRETARY, Who.TOWNSHIP})


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the local day in minutes from midnight; it may pass midnight."""

    start: int
    end: int

    @property
    def minutes(self) -> int:
        """How long it is; equal bounds mean none."""
        return (self.end - self.start) % _DAY

    def covers(self, other: "Span") -> bool:
        """Whether all of ``other`` lies within it."""
        return (other.start - self.start) % _DAY + other.minutes <= self.minutes


@dataclass(frozen=True, slots=True)
class Quiet:
    """The quiet hours of a unit; ``source`` is the unit that set them, empty for config.toml."""

    unit: str
    span: Span
    source: str = ""

    @property
    def is_own(self) -> bool:
        """Whether the unit set them itself."""
        return self.source == self.unit


def configured() -> Span:
    """Return the quiet hours of config.toml."""
    hours = settings().quiet_hours
    return Span(*(at.hour * 60 + at.minute for at in (hours.start, hours.end)))


def read(text: str) -> Span | None:
    """Return the span that ``text`` names (20点到9点, 晚上8点半到早上9点); None when it is none.

    Who says 8点到9点 of a night means the evening first.
    """
    found = words.NIGHT_SPAN.fullmatch(text.strip())
    if found is None:
        return None
    start, end = _minutes(found, "from"), _minutes(found, "until")
    if start is None or end is None:
        return None
    span = Span(start, end)
    if found["from_part"] is None and 0 < start < _NOON and not span.covers(configured()):
        return Span(start + _NOON, end)
    return span


def _minutes(found: re.Match[str], name: str) -> int | None:
    hour = daywords.number(found[f"{name}_hour"].replace(words.TWO, words.TWO_PLAIN))
    minute = 30 if found[f"{name}_half"] else int(found[f"{name}_minute"] or 0)
    if found[f"{name}_part"] in words.HALVES_OF_THE_DAY and 0 < hour < _NOON // 60:
        hour += _NOON // 60
    minutes = hour * 60 + minute
    return minutes % _DAY if minutes <= _DAY and minute < 60 else None  # noqa: PLR2004


async def of(actor: Actor) -> Quiet:
    """Return the quiet hours that hold for the actor's unit.

    Raises Refusal ``delivery.quiet_no_unit``.
    """
    return await _of(await _own_unit(actor))


async def _of(unit: Unit) -> Quiet:
    above = [int(piece) for piece in unit.path.split("/") if piece]
    rows = await Unit.filter(id__in=above, quiet_from__isnull=False).order_by("path")
    if not rows:
        return Quiet(unit.name, configured())
    nearest = max(rows, key=lambda row: len(row.path))
    return Quiet(unit.name, Span(nearest.quiet_from or 0, nearest.quiet_until or 0), nearest.name)


async def _own_unit(actor: Actor) -> Unit:
    """Return the unit of the actor's highest office."""
    mine = [grant for grant in actor.grants if _is_office(grant)]
    if not mine:
        raise Refusal("delivery.quiet_no_unit")
    return await Unit.get(id=min(mine, key=lambda grant: len(grant.unit_path)).unit_id)


def _is_office(grant: Grant) -> bool:
    return not Actor(grants=(grant,)).roles.isdisjoint(_OFFICES)


@transactional
async def set_for(*, actor: Actor, span: Span, now: datetime) -> Quiet:
    """Set the quiet hours of the actor's unit and of those below it that have none of their own.

    Raises Refusal ``delivery.quiet_shorter``, ``delivery.quiet_too_long`` and
    ``delivery.quiet_no_unit``. Commits the unit and an audit row.
    """
    if not span.covers(configured()):
        raise Refusal("delivery.quiet_shorter")
    if _DAY - span.minutes < _SHORTEST_DAY:
        raise Refusal("delivery.quiet_too_long")
    return await _set(actor, span.start, span.end, now)


@transactional
async def clear(*, actor: Actor, now: datetime) -> Quiet:
    """Let the actor's unit have the hours of the one above again; commits unit and audit row."""
    return await _set(actor, None, None, now)


async def _set(actor: Actor, start: int | None, end: int | None, now: datetime) -> Quiet:
    unit = await _own_unit(actor)
    unit.quiet_from, unit.quiet_until = start, end
    await unit.save(update_fields=["quiet_from", "quiet_until"])
    await AuditLog.create(
        at=now,
        actor_id=actor.person_id,
        action="unit.quiet_hours",
        subject_kind="unit",
        subject_id=unit.id,
        detail={"from": start, "until": end},
    )
    return await _of(unit)
