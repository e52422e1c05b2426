"""Makes the files of a confirmed order: lists as spreadsheets, forms as Word files, many in a zip.

Everything is read for the office that the asker holds at this moment.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core import parcels, spreadsheets
from core.actors import Actor, Stage
from core.clock import local_day
from core.errors import Fault
from core.parcels import Packed
from core.periods import Span
from core.progress import Stretch
from core.spreadsheets import Cell
from models import Person, ReportExport, Unit
from models.enums import ExportKind
from plugins.delivery.exports import Made, Maker
from plugins.ledgers import form_facts, forms, labels, queries, scoping, tallies, templates
from plugins.ledgers.scoping import Area

EXPORTED = "ledgers.exported"
LISTS = frozenset({ExportKind.ACTIVISTS, ExportKind.CONTACTS, ExportKind.MOVEMENTS})
FORMS = frozenset({ExportKind.REGISTER, ExportKind.PROCESS})
# So many forms in one file: what is made is held in memory, and a chat carries it.
MOST_FORMS = 150
# Whose forms a branch takes out together. Since 2026 the log of steps (全程纪实表) begins with the
# first talk (domain notes 1.3, step 2), the register with being listed as an activist (step 3).
_STAGES = {
    ExportKind.REGISTER: (Stage.ACTIVIST, Stage.DEVELOPMENT_TARGET, Stage.PROBATIONARY_MEMBER),
    ExportKind.PROCESS: tuple(stage for stage in Stage if stage is not Stage.FULL_MEMBER),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """The cells of a list. ``people`` are the ids of those who stand in it by name."""

    head: tuple[str, ...]
    lines: tuple[tuple[Cell, ...], ...]
    people: tuple[int, ...]


async def listed(actor: Actor, kind: ExportKind, area: Area, today: date) -> Listed:
    """Return a list: by name where the scope shows names, in numbers by unit otherwise."""
    lines, people = await (_by_name if area.names else _in_numbers)(actor, kind, area, today)
    return Listed(
        head=tuple(labels.head(kind, area)),
        lines=tuple(tuple(line) for line in lines),
        people=tuple(dict.fromkeys(people)),
    )


_Lines = tuple[list[list[Cell]], list[int]]


async def _by_name(actor: Actor, kind: ExportKind, area: Area, today: date) -> _Lines:
    if kind is ExportKind.ACTIVISTS:
        found = await queries.activists(actor, area, today)
        return labels.activist_lines(found), [row.who.person_id for row in found]
    if kind is ExportKind.CONTACTS:
        logged = await queries.contacts(actor, area, today)
        silent = await queries.silent(actor, area, today)
        people = [row.who.person_id for row in logged] + [who.person_id for who in silent]
        return labels.contact_lines(logged, silent), people
    journeys = await queries.journeys(actor, area, today)
    return labels.journey_lines(journeys), [row.who.person_id for row in journeys]


async def _in_numbers(actor: Actor, kind: ExportKind, area: Area, today: date) -> _Lines:
    counting: Any = {
        ExportKind.ACTIVISTS: tallies.activist_tally,
        ExportKind.CONTACTS: tallies.contact_tally,
        ExportKind.MOVEMENTS: tallies.journey_tally,
    }[kind]
    return labels.tally_lines(await counting(actor, area, today)), []


async def people_of_forms(
    actor: Actor, kind: ExportKind, *, person_id: int | None, unit_id: int | None
) -> tuple[tuple[int, str], ...]:
    """Return whose forms are meant, by unit and id: of the actor's branch, never himself."""
    path = ""
    if unit_id is not None:
        unit = await Unit.get_or_none(id=unit_id)
        path = unit.path if unit is not None else "-"
    rows = Person.filter(scoping.branch_people(actor, path))
    if person_id is not None:
        rows = rows.filter(id=person_id)
    else:
        rows = rows.filter(stage__in=list(_STAGES[kind]))
    found: Sequence[Any] = await rows.order_by("home_unit__path", "id").values_list("id", "name")
    return tuple((int(key), str(name)) for key, name in found)


async def _files(actor: Actor, order: ReportExport, now: datetime) -> AsyncIterator[Made]:
    made = _list_file if order.kind in LISTS else _form_files
    async for one in made(actor, order, now):
        yield one


async def _list_file(actor: Actor, order: ReportExport, now: datetime) -> AsyncIterator[Made]:
    if order.first_on is None or order.last_on is None:
        raise Fault("a list without its days")
    area = await scoping.area_at(actor, order.unit_id, Span(order.first_on, order.last_on))
    found = await listed(actor, order.kind, area, local_day(now))
    if not found.lines:
        return
    mark = f"{labels.mark(actor.name, now, order.kind, area.name)}　{labels.days(area.span)}"
    title = labels.title(order.kind)
    data = await asyncio.to_thread(spreadsheets.build, title, mark, found.head, found.lines)
    name = parcels.safe_name(f"{area.name}{title}")
    yield Made(f"{name}_{area.span.first:%Y%m%d}-{area.span.last:%Y%m%d}.xlsx", "xlsx", data)


async def _form_files(actor: Actor, order: ReportExport, now: datetime) -> AsyncIterator[Made]:
    people = await people_of_forms(
        actor, order.kind, person_id=order.about_id, unit_id=order.unit_id
    )
    if not people:
        return
    template, _ = await templates.load(order.kind)
    title = labels.title(order.kind)
    if order.about_id is not None:
        ((person_id, name),) = people
        data = await _form(actor, order.kind, person_id, template, now)
        if data is not None:
            yield Made(f"{parcels.safe_name(name)}_{title}.docx", "docx", data)
        return
    volumes = [people[at : at + MOST_FORMS] for at in range(0, len(people), MOST_FORMS)]
    for number, volume in enumerate(volumes, 1):
        ending = f"-{number}" if len(volumes) > 1 else ""
        stretch = Stretch(order.uid, (number - 1) * MOST_FORMS, len(people))
        data = await _parcel(actor, order.kind, volume, template, now, stretch)
        yield Made(f"{title}{ending}.zip", "zip", data)


async def _parcel(  # noqa: PLR0917  # all of one parcel
    actor: Actor,
    kind: ExportKind,
    people: Sequence[tuple[int, str]],
    template: bytes,
    now: datetime,
    stretch: Stretch,
) -> bytes:
    title, packed = labels.title(kind), []
    for number, (person_id, name) in enumerate(people, 1):
        stretch.note(number - 1)
        data = await _form(actor, kind, person_id, template, now)
        if data is not None:
            path = f"{number:03d}_{parcels.safe_name(name)}_{title}.docx"
            packed.append(Packed(path, data, {"person": name, "kind": kind.value}))
    mark = labels.mark(actor.name, now, kind)
    head = {"title": title, "made_at": now.isoformat(), "made_by": actor.name, "mark": mark}
    return await asyncio.to_thread(lambda: parcels.pack(packed, head=head, at=now))


async def _form(
    actor: Actor, kind: ExportKind, person_id: int, template: bytes, now: datetime
) -> bytes | None:
    """Fill one form; None for somebody who is no more of the branch."""
    facts = await form_facts.facts_of(actor, person_id, local_day(now))
    if facts is None:
        return None
    return await asyncio.to_thread(
        lambda: forms.fill(
            template,
            facts,
            mark=labels.mark(actor.name, now, kind),
            title=labels.title(kind),
            file=templates.path_of(kind).name,
        )
    )


MAKER = Maker(kinds=LISTS | FORMS, purpose=EXPORTED, files=_files, not_made=labels.not_made)
