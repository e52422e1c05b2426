"""From what was typed, or kept in an open question, to what somebody wants taken out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.actors import Actor
from core.errors import Refusal
from core.named_periods import current_quarter, find_period, unit_word
from core.periods import Span
from models.enums import ExportKind
from plugins.identity import reach
from plugins.identity.reach import Reached
from plugins.ledgers import scoping, words
from plugins.ledgers.service import Wanted


async def list_wanted(actor: Actor, kind: ExportKind, said: str, today: date) -> Wanted:
    """Return which list is meant by a period and a unit in any order; without any this quarter.

    Raises Refusal ``identity.unit_unknown``.
    """
    period, rest = find_period(said, today)
    span = (period or current_quarter(today)).span
    area = await scoping.area_named(actor, unit_word(rest), span)
    return Wanted(kind, span, area.unit_id)


async def forms_wanted(
    actor: Actor, kind: ExportKind, said: str, today: date
) -> Wanted | tuple[Reached, ...]:
    """Return whose form is meant by a name or a unit; several people when they share the name.

    Raises Refusal ``reception.not_allowed``: the same words for a name that nobody has, somebody
    out of reach, and a unit out of reach (dialogues 3.15).
    """
    people = await reach.people(actor, said, today)
    if len(people) > 1:
        return people
    if people:
        return Wanted(kind, person_id=people[0].person_id)
    word = "" if said in words.EVERYBODY else unit_word(said)
    if not word:
        return Wanted(kind)
    try:
        area = await scoping.area_named(actor, word, Span(today, today))
    except Refusal:
        raise Refusal("reception.not_allowed") from None
    return Wanted(kind, unit_id=area.unit_id)


def data(wanted: Wanted) -> Mapping[str, Any]:
    """Return what is wanted as JSON, to be kept in the open question."""
    span = wanted.span
    return {
        "kind": wanted.kind.value,
        "unit": wanted.unit_id,
        "person": wanted.person_id,
        "days": [span.first.isoformat(), span.last.isoformat()] if span else None,
    }


def wanted(kept: Mapping[str, Any]) -> Wanted:
    """Return what was kept in an open question."""
    days = kept.get("days")
    span = Span(*(date.fromisoformat(day) for day in days)) if days else None
    return Wanted(ExportKind(kept["kind"]), span, kept.get("unit"), kept.get("person"))
