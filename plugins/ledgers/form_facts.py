"""Reads what fills a form (登记表, 纪实表) of one person: dated facts, rows of records, no verdict.

Notes of talks are opened only while the person agrees to words being kept. What is not kept stays
out: an empty place in a form is for a hand to fill, nothing is made up.
"""

from collections.abc import Sequence
from datetime import date

from tortoise.expressions import Q

from core.actors import Actor
from core.clock import local_day
from core.periods import Cycle, Span, add_months
from models import (
    Contact,
    Inspection,
    Mentorship,
    Movement,
    Person,
    ReportOriginal,
    ReportReview,
    StudyRecord,
    ThoughtReport,
    Unit,
)
from models.enums import Evidence, MovementState, ReportState, ReviewDecision
from plugins.ledgers import facts, labels, words
from plugins.ledgers import form_words as named
from plugins.ledgers.forms import Facts, Row
from plugins.ledgers.placeholders import Names
from plugins.ledgers.queries import YEAR_MONTHS
from plugins.ledgers.scoping import branch_people

NAMES = Names(
    single=named.SINGLE,
    columns=frozenset(
        (table, column) for table, columns in named.COLUMNS.items() for column in columns
    ),
)


async def facts_of(actor: Actor, person_id: int, today: date) -> Facts | None:
    """Return what fills a form of a person of the actor's branch; None when he is none of it."""
    person = await (
        Person.filter(branch_people(actor), id=person_id)
        .prefetch_related("home_unit", "inflow_unit")
        .first()
    )
    if person is None:
        return None
    rows = {
        named.MENTOR_ROWS: await _mentors(person),
        named.INSPECTION_ROWS: await _inspections(person, today),
        named.REPORT_ROWS: await _reports(person),
        named.STUDY_ROWS: await _studies(person),
        named.CONTACT_ROWS: await _contacts(person),
        named.JOURNEY_ROWS: await _journeys(person),
    }
    single = {**_dates(person), **await _counts(person, today), **await _place(person)}
    single |= {named.MADE_BY: actor.name, named.MADE_ON: named.paper_day(today)}
    inspected = [row[named.DAY] for row in rows[named.INSPECTION_ROWS]]
    single |= {
        named.INSPECTION_DAYS: words.LIST_MARK.join(inspected),
        named.INSPECTIONS: _number(len(inspected)),
        named.INSPECTED: inspected[-1] if inspected else "",
        named.REPORTS: _number(len(rows[named.REPORT_ROWS])),
    }
    return Facts(single, rows)


def _number(count: int) -> str:
    return str(count) if count else ""


def _dates(person: Person) -> dict[str, str]:
    activist = person.activist_on
    return {
        named.NAME: person.name,
        named.STAGE: words.STAGES[person.stage],
        named.APPLIED: named.paper_day(person.applied_on),
        named.TALKED: named.paper_day(person.talk_on),
        named.ACTIVIST: named.paper_day(activist),
        named.YEAR: named.paper_day(add_months(activist, YEAR_MONTHS) if activist else None),
        named.TARGET: named.paper_day(person.target_on),
        named.PROBATION: named.paper_day(person.probation_on),
        named.CITY: person.city or "",
        named.LEFT: named.paper_day(person.left_on),
    }


async def _place(person: Person) -> dict[str, str]:
    above = await Unit.filter(id=person.home_unit.parent_id or 0).first()
    return {
        named.UNIT: person.home_unit.name,
        named.ABOVE: above.name if above else "",
        named.INFLOW: person.inflow_unit.name if person.inflow_unit else "",
    }


async def _counts(person: Person, today: date) -> dict[str, str]:
    mine, always = Q(person_id=person.id), Span(date(1950, 1, 1), today)
    heard, hours = await facts.heard(mine, today), await facts.hours(mine, always)
    kinds = hours.get(person.id, {})
    return {
        named.MENTORS: words.LIST_MARK.join((await facts.mentors(mine, today)).get(person.id, ())),
        named.TALKS: _number((await facts.talks(mine, always)).get(person.id, 0)),
        named.HEARD: named.paper_day(heard.get(person.id)),
        named.ATTENDED: labels.hours(kinds.get(Evidence.ATTENDED, 0)),
        named.QUIZ: labels.hours(kinds.get(Evidence.QUIZ, 0)),
        named.DECLARED: labels.hours(kinds.get(Evidence.DECLARED, 0)),
    }


async def _mentors(person: Person) -> list[Row]:
    rows = (
        await Mentorship.filter(person_id=person.id)
        .order_by("from_on", "id")
        .prefetch_related("mentor")
    )
    return [
        {
            named.NAME: row.mentor.name,
            named.FROM: named.paper_day(row.from_on),
            named.UNTIL: named.paper_day(row.until_on),
        }
        for row in rows
    ]


async def _inspections(person: Person, today: date) -> list[Row]:
    rows = (
        await Inspection.filter(person_id=person.id, inspected_on__lte=today)
        .order_by("inspected_on", "id")
        .prefetch_related("entered_by")
    )
    return [
        {named.DAY: named.paper_day(row.inspected_on), named.WRITER: row.entered_by.name}
        for row in rows
    ]


async def _reports(person: Person) -> list[Row]:
    reports = (
        await ThoughtReport.filter(person_id=person.id)
        .exclude(state=ReportState.SUPERSEDED)
        .order_by("submitted_at", "id")
    )
    reviews = (
        await ReportReview.filter(report__person_id=person.id, decision=ReviewDecision.PASSED)
        .order_by("id")
        .prefetch_related("reviewer")
    )
    originals = {
        row.quarter: row.received_on
        for row in await ReportOriginal.filter(
            person_id=person.id, standing_key__isnull=False
        ).order_by("received_on", "id")
    }
    here = {row.quarter for row in reports}
    return [
        *(
            _report(row, [one for one in reviews if one.report_id == row.id], originals)
            for row in reports
        ),
        *(_on_paper(quarter, on) for quarter, on in originals.items() if quarter not in here),
    ]


def _on_paper(quarter: str, on: date) -> Row:
    """Return a report that came in on paper alone; nobody read it here."""
    return {
        named.CYCLE: named.cycle_words(Cycle.parse(quarter)),
        named.HANDED_IN: labels.day(on),
        named.MENTOR_READ: "",
        named.BRANCH_READ: "",
        named.ORIGINAL: labels.day(on),
    }


def _report(row: ThoughtReport, reviews: Sequence[ReportReview], originals: dict[str, date]) -> Row:
    return {
        named.CYCLE: named.cycle_words(Cycle.parse(row.quarter)),
        named.HANDED_IN: named.paper_day(local_day(row.submitted_at)),
        named.MENTOR_READ: _read([one for one in reviews if one.as_mentor]),
        named.BRANCH_READ: _read([one for one in reviews if not one.as_mentor]),
        named.ORIGINAL: named.paper_day(originals.get(row.quarter)),
    }


def _read(reviews: Sequence[ReportReview]) -> str:
    if not reviews:
        return ""
    newest = reviews[-1]
    return f"{newest.reviewer.name} {named.paper_day(local_day(newest.decided_at))}"


async def _studies(person: Person) -> list[Row]:
    """Return what was attended: entered by a secretary, so that it may stand in a form."""
    rows = await StudyRecord.filter(person_id=person.id, evidence=Evidence.ATTENDED).order_by(
        "happened_on", "id"
    )
    return [
        {
            named.DAY: named.paper_day(row.happened_on),
            named.TITLE: row.title,
            named.HOURS: labels.hours(row.hours_tenths),
        }
        for row in rows
    ]


async def _contacts(person: Person) -> list[Row]:
    agrees = person.id in await facts.agreed(Q(person_id=person.id))
    rows = (
        await Contact.filter(person_id=person.id, withdrawn_at__isnull=True)
        .order_by("contacted_on", "id")
        .prefetch_related("entered_by")
    )
    return [
        {
            named.DAY: named.paper_day(row.contacted_on),
            named.CHANNEL: words.CHANNELS[row.channel],
            named.OUTCOME: words.OUTCOMES[row.outcome],
            named.TOPICS: words.LIST_MARK.join(
                words.TOPICS.get(topic, topic) for topic in row.topics.split(",") if topic
            ),
            named.NOTE: facts.note_of(row) if agrees else "",
            named.WRITER: row.entered_by.name,
        }
        for row in rows
    ]


async def _journeys(person: Person) -> list[Row]:
    rows = (
        await Movement.filter(person_id=person.id)
        .exclude(state=MovementState.CANCELLED)
        .order_by("leaves_on", "id")
    )
    return [
        {
            named.FROM: row.from_city or "",
            named.UNTIL: row.to_city,
            named.LEAVES: named.paper_day(row.leaves_on),
            named.ARRIVES: named.paper_day(local_day(row.arrived_at)) if row.arrived_at else "",
            named.RETURNS: named.paper_day(row.return_on),
        }
        for row in rows
    ]
