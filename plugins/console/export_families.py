"""The families of files that can be taken out: who may, what each would be, and its order.

Each door leads to the same rules as the word in chat (导出, 明细) and speaks in fields of a form:
what one page settled comes back from the browser and is read anew, never trusted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.actors import Actor
from core.conversation import Say
from core.errors import Refusal
from core.periods import Cycle
from models.enums import ExportKind
from plugins.console import asked_periods, policy
from plugins.delivery.exports import Maker
from plugins.identity.policy import visible_units
from plugins.identity.reach import Reached
from plugins.ledgers import labels, making, reading
from plugins.ledgers import service as ledgers
from plugins.ledgers import views as ledger_views
from plugins.roster import imports, listing
from plugins.stats import details, more_views, periods
from plugins.stats import queries as stats
from plugins.stats.counts import People
from plugins.thought_report import archive, export_views, exporting
from plugins.thought_report import words as report_words
from plugins.thought_report.export_files import Wanted as Reports

Fields = Mapping[str, str]
# No row has a larger number.
_ID = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody chose on the first page. ``person_id`` is one of several of one name."""

    actor: Actor
    kind: ExportKind
    said: str
    today: date
    person_id: int | None = None


class Door(Protocol):
    """One family of files. ``kinds`` are what it makes, each with its name and what to write."""

    maker: Maker
    kinds: Mapping[ExportKind, tuple[Say, Say]]

    def is_for(self, actor: Actor, kind: ExportKind, /) -> bool:
        """Whether somebody may take such a file out at all."""
        ...

    async def read(self, asked: Asked) -> Fields | Sequence[Reached]:
        """Return what is meant, or the people of one name; Refusal when it cannot be read."""
        ...

    async def propose(self, actor: Actor, fields: Fields, today: date, /) -> Sequence[Say]:
        """Say what the file would be; nothing is made. Refusal for what is not the actor's."""
        ...

    async def confirm(self, actor: Actor, fields: Fields, key: str, now: datetime, /) -> str:
        """Owe the file; return the uid of the order, the same for the same ``key``."""
        ...


def number(said: str) -> int | None:
    """Return the id in a field; None for none."""
    return int(said) if _ID.fullmatch(said) else None


def _gone() -> Refusal:
    return Refusal("console.export_gone")


class Ledgers:
    """Lists of a branch or township, and official forms (台账, 登记表, 纪实表)."""

    maker = making.MAKER
    kinds: Mapping[ExportKind, tuple[Say, Say]] = {
        ExportKind.ACTIVISTS: (Say("ledgers.title_activists"), Say("console.export_hint_list")),
        ExportKind.CONTACTS: (Say("ledgers.title_contacts"), Say("console.export_hint_list")),
        ExportKind.MOVEMENTS: (Say("ledgers.title_movements"), Say("console.export_hint_list")),
        ExportKind.REGISTER: (Say("ledgers.title_register"), Say("console.export_hint_form")),
        ExportKind.PROCESS: (Say("ledgers.title_process"), Say("console.export_hint_form")),
    }

    def is_for(self, actor: Actor, kind: ExportKind) -> bool:
        """Whether somebody may take it out: forms are papers of a branch."""
        return kind in making.LISTS or policy.acts_for_branch(actor)

    async def read(self, asked: Asked) -> Fields | Sequence[Reached]:
        """Return a list of a period and unit, or the form of a name or unit."""
        if asked.kind in making.LISTS:
            wanted = await reading.list_wanted(asked.actor, asked.kind, asked.said, asked.today)
            return self._fields(wanted)
        if asked.person_id is not None:
            return self._fields(ledgers.Wanted(asked.kind, person_id=asked.person_id))
        if not asked.said:
            raise Refusal("console.export_whose", form=labels.title_say(asked.kind))
        found = await reading.forms_wanted(asked.actor, asked.kind, asked.said, asked.today)
        return self._fields(found) if isinstance(found, ledgers.Wanted) else found

    def _fields(self, wanted: ledgers.Wanted) -> Fields:
        kept = {name: str(value) for name, value in reading.data(wanted).items() if value}
        if wanted.span is not None:
            kept["days"] = f"{wanted.span.first.isoformat()} {wanted.span.last.isoformat()}"
        return kept

    def _wanted(self, fields: Fields) -> ledgers.Wanted:
        kept = {
            "kind": fields.get("kind", ""),
            "unit": number(fields.get("unit", "")),
            "person": number(fields.get("person", "")),
            "days": fields.get("days", "").split() or None,
        }
        try:
            wanted = reading.wanted(kept)
        except (TypeError, ValueError):
            raise _gone() from None
        if (wanted.span is None) is (wanted.kind in making.LISTS):
            raise _gone()
        return wanted

    async def propose(self, actor: Actor, fields: Fields, today: date) -> Sequence[Say]:
        """Say what it would be."""
        wanted = self._wanted(fields)
        found = await ledgers.propose(actor=actor, wanted=wanted, today=today)
        *said, noted = ledger_views.sentences(found)
        return (*said, Say("console.export_marked_why"), noted)

    async def confirm(self, actor: Actor, fields: Fields, key: str, now: datetime) -> str:
        """Owe it."""
        return await ledgers.confirm(actor=actor, wanted=self._wanted(fields), key=key, now=now)


class ThoughtReports:
    """What was handed in, of a person or a quarter, and the list of it (汇报, 汇报台账)."""

    maker = exporting.MAKER
    kinds: Mapping[ExportKind, tuple[Say, Say]] = {
        ExportKind.LEDGER: (Say("console.export_ledger"), Say("console.export_hint_ledger")),
        ExportKind.PERSON: (Say("console.export_reports"), Say("console.export_hint_reports")),
    }

    def is_for(self, actor: Actor, _kind: ExportKind) -> bool:
        """Whether somebody may take it out: reports are read in the branch alone."""
        return policy.acts_for_branch(actor)

    async def read(self, asked: Asked) -> Fields | Sequence[Reached]:
        """Return the list of a cycle, a person's reports, or all of a cycle when no name stands."""
        said = report_words.without_archive(asked.said)
        if asked.kind is ExportKind.LEDGER:
            cycle = report_words.quarter_word(said, asked.today)
            if cycle is None and said.strip():
                raise Refusal("console.export_which_quarter")
            return self._fields(asked.kind, quarter=cycle or Cycle.of(asked.today))
        line = report_words.about(said, asked.today)
        as_archive = report_words.wants_archive(asked.said)
        if not line.name and line.quarter is not None:
            return self._fields(ExportKind.CYCLE, quarter=line.quarter, as_archive=True)
        person = asked.person_id
        if person is None:
            if not line.name:
                raise Refusal("console.export_whose_reports")
            found = await archive.people_called(asked.actor, line.name, asked.today)
            if len(found) > 1:
                return found
            person = found[0].person_id
        return self._fields(asked.kind, person, quarter=line.quarter, as_archive=as_archive)

    def _fields(
        self,
        kind: ExportKind,
        person: int | None = None,
        *,
        quarter: Cycle | None = None,
        as_archive: bool = False,
    ) -> Fields:
        kept = {"kind": kind.value, "person": str(person or ""), "quarter": str(quarter or "")}
        return kept | {"archive": "1" if as_archive else ""}

    def _wanted(self, fields: Fields) -> Reports:
        kind, quarter = ExportKind(fields["kind"]), fields.get("quarter", "")
        person = number(fields.get("person", ""))
        try:
            cycle = Cycle.parse(quarter) if quarter else None
        except ValueError:
            raise _gone() from None
        if (person if kind is ExportKind.PERSON else cycle) is None:
            raise _gone()
        of = person if kind is ExportKind.PERSON else None
        return Reports(kind, of, cycle, as_archive=bool(fields.get("archive")))

    async def propose(self, actor: Actor, fields: Fields, today: date) -> Sequence[Say]:
        """Say what it would be."""
        found = await exporting.propose(actor=actor, wanted=self._wanted(fields))
        what, noted = export_views.sentences(found, today)
        return what, Say("console.export_marked"), noted

    async def confirm(self, actor: Actor, fields: Fields, key: str, now: datetime) -> str:
        """Owe it."""
        return await exporting.confirm(actor=actor, wanted=self._wanted(fields), key=key, now=now)


class Roster:
    """Everybody in one's units, as an import reads it back (花名册)."""

    maker = listing.MAKER
    kinds: Mapping[ExportKind, tuple[Say, Say]] = {
        ExportKind.ROSTER: (Say("console.export_roster"), Say("console.export_hint_roster")),
    }

    def is_for(self, actor: Actor, _kind: ExportKind) -> bool:
        """Whether rosters are somebody's business."""
        return imports.is_officer(actor)

    async def read(self, asked: Asked) -> Fields | Sequence[Reached]:
        """Return the whole of it, whatever was written."""
        return {"kind": asked.kind.value}

    async def propose(self, actor: Actor, _fields: Fields, today: date) -> Sequence[Say]:
        """Say what it would be."""
        officers = (Say("roster.export_officers"),) if listing.is_of_officers(actor) else ()
        return (Say("roster.export_would", count=await listing.propose(actor, today)), *officers)

    async def confirm(self, actor: Actor, _fields: Fields, key: str, now: datetime) -> str:
        """Owe it."""
        return await listing.confirm(actor=actor, key=key, now=now)


class Details:
    """The rows behind the numbers of a unit and period (明细)."""

    maker = details.MAKER
    kinds: Mapping[ExportKind, tuple[Say, Say]] = {
        ExportKind.FIGURES: (Say("console.export_figures"), Say("console.export_hint_list")),
    }

    def is_for(self, actor: Actor, _kind: ExportKind) -> bool:
        """Whether somebody may take it out: everybody in charge."""
        return policy.may_enter(actor)

    async def read(self, asked: Asked) -> Fields | Sequence[Reached]:
        """Return a period and unit in any order; without any this quarter of all there is."""
        period, rest = periods.find_period(asked.said, asked.today)
        scope = visible_units(asked.actor)
        area = await stats.area_of(scope, periods.unit_word(rest))
        period = period or periods.current_quarter(asked.today)
        return {"kind": asked.kind.value, "area": area.path, "period": period.to_text()}

    async def propose(self, actor: Actor, fields: Fields, today: date) -> Sequence[Say]:
        """Say what it would be."""
        scope, path = visible_units(actor), fields.get("area", "")
        area = await (stats.area_at(scope, path) if path else stats.area_of(scope, ""))
        period = asked_periods.required(fields.get("period", ""))
        found = await details.propose(People(scope, area), period, today)
        what, noted = more_views.details_sentences(found, today)
        return what, Say("console.export_marked"), noted

    async def confirm(self, actor: Actor, fields: Fields, key: str, now: datetime) -> str:
        """Owe it."""
        return await details.confirm(
            actor=actor,
            path=fields.get("area", ""),
            period=asked_periods.required(fields.get("period", "")),
            key=key,
            now=now,
        )
