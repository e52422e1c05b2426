"""Who owes a report: by stage and the day it began, by what is in, by what the branch allowed.

What came in on paper is in. A pause (夜班到, 请假到) keeps reminders away and changes no duty.
Whoever moved to another branch owes what that branch collects, unless a longer cycle that was
handed in covers it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tortoise.expressions import Q

from core.actors import ConsentKind
from core.periods import Cycle
from models import Consent, Person, ReportAllowance, ReportOriginal, ThoughtReport
from models.enums import AllowanceKind, ConsentDecision
from models.report import OWING_STAGES, owes_report
from plugins.thought_report import schedules
from plugins.thought_report.policy import Window


async def reminded(units: Sequence[Any], cycle: Cycle, today: date) -> list[int]:
    """Return whose home is in ``units``, who owes ``cycle`` without any allowance, and may be told.

    May be told: is bound, has agreed that reports are kept, and is not in a pause today.
    """
    people = await _listening(Q(home_unit_id__in=list(units)), cycle, today)
    allowed = await allowances(people, cycle)
    return [person for person in people if person not in allowed]


async def extended(cycle: Cycle, until_on: date, today: date) -> list[int]:
    """Return who was given until ``until_on`` for ``cycle``, still owes it, and may be told."""
    rows: Sequence[Any] = await ReportAllowance.filter(
        quarter=str(cycle), until_on=until_on, withdrawn_at__isnull=True
    ).values_list("person_id", flat=True)
    return await _listening(Q(id__in=list(rows)), cycle, today)


async def _listening(who: Q, cycle: Cycle, today: date) -> list[int]:
    rows: Sequence[Any] = await (
        Person.filter(
            who,
            Q(paused_until__isnull=True) | Q(paused_until__lt=today),
            _owed_since(cycle),
            stage__in=list(OWING_STAGES),
            accounts__bound_at__isnull=False,
        )
        .distinct()
        .order_by("id")
        .values_list("id", flat=True)
    )
    handed_in = await _handed_in(rows, cycle)
    consenting = await _consenting(rows)
    return [int(person) for person in rows if person in consenting and person not in handed_in]


def _owed_since(cycle: Cycle) -> Q:
    """Return the condition that somebody at an owing stage now was there before the cycle ended."""
    return Q(activist_on__isnull=True) | Q(activist_on__lte=cycle.last_day)


async def _handed_in(people: Sequence[Any], cycle: Cycle) -> set[Any]:
    """Return who of ``people`` handed ``cycle`` in, here or on paper (models.archive)."""
    keys = [str(one) for one in cycle.around]
    here = ThoughtReport.filter(quarter__in=keys, person_id__in=list(people))
    paper = ReportOriginal.filter(
        quarter__in=keys, person_id__in=list(people), standing_key__isnull=False
    )
    rows = await here.values_list("person_id", flat=True)
    return {*rows, *await paper.values_list("person_id", flat=True)}


async def _consenting(people: Sequence[Any]) -> set[Any]:
    rows: Sequence[tuple[Any, ...]] = await (
        Consent.filter(person_id__in=list(people), kind=ConsentKind.REPORTS)
        .order_by("id")
        .values_list("person_id", "decision")
    )
    newest = dict(rows)
    return {person for person, said in newest.items() if said == ConsentDecision.GIVEN}


async def allowances(people: Sequence[int], cycle: Cycle) -> dict[int, ReportAllowance]:
    """Return what the branch allowed ``people`` for ``cycle``, the newest of each."""
    rows = await ReportAllowance.filter(
        person_id__in=list(people), quarter=str(cycle), withdrawn_at__isnull=True
    ).order_by("id")
    return {row.person_id: row for row in rows}


async def owes(person: Person, cycle: Cycle) -> bool:
    """Whether somebody owes the report of ``cycle``, with or without more time for it."""
    if not owes_report(person.stage):
        return False
    if person.activist_on is not None and person.activist_on > cycle.last_day:
        return False
    if await _handed_in([person.id], cycle):
        return False
    allowed = (await allowances([person.id], cycle)).get(person.id)
    return allowed is None or allowed.kind is not AllowanceKind.EXEMPTION


async def owes_and_listens(person: Person, cycle: Cycle, today: date) -> bool:
    """Whether somebody owes the report of ``cycle`` and may be reminded of it today."""
    if person.paused_until is not None and person.paused_until >= today:
        return False
    return await owes(person, cycle) and person.id in await _consenting([person.id])


async def window_of(person: Person, cycle: Cycle) -> Window:
    """Return until when a report of ``person`` is on time, with what the branch allowed."""
    window = await schedules.window_for(person.home_unit_id, cycle)
    allowed = (await allowances([person.id], cycle)).get(person.id)
    if allowed is None or allowed.until_on is None:
        return window
    return replace(window, closes_on=max(window.closes_on, allowed.until_on))
