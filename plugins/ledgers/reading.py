"""From what was typed, or kept in an open question, to what somebody wants taken out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.actors import Actor
from core.errors import Refusal
from core.named_periods import unit_word
from core.periods import Span
from models.enums import ExportKind
from plugins.ledgers import scoping, words
from plugins.ledgers.service import Wanted


async def unit_of(actor: Actor, said: str) -> int | None:
    """Return the unit whose forms are meant; None for everybody of the branch.

    Raises Refusal ``reception.not_allowed``: the same words for a name that nobody has, somebody
    out of reach, and a unit out of reach (dialogues 3.15).
    """
    word = "" if said in words.EVERYBODY else unit_word(said)
    if not word:
        return None
    day = date(1950, 1, 1)
    try:
        return (await scoping.area_named(actor, word, Span(day, day))).unit_id
    except Refusal:
        raise Refusal("reception.not_allowed") from None


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
