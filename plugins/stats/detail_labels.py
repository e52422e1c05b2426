"""The words inside the file of 明细, rendered: names of sheets, heads of columns, lines."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from core import parcels
from core.actors import LEARNER_STAGES, Stage
from core.clock import local
from core.conversation import Say
from core.period_names import period_name
from core.spreadsheets import Cell
from core.texts import current
from models.enums import Evidence
from plugins.stats.counts import Area, Figures
from plugins.stats.deadlines import Dated, DeadlineKind, Deadlines, Due
from plugins.stats.detail_rows import PersonRow, UnitRow
from plugins.stats.periods import Period
from plugins.stats.study_hours import Study
from plugins.stats.views import kind_say

Row = Sequence[Cell | None]
Head = tuple[str, list[str]]

_STAGES = {
    Stage.APPLICANT: Say("stats.stage_applicant"),
    Stage.ACTIVIST: Say("stats.stage_activist"),
    Stage.DEVELOPMENT_TARGET: Say("stats.stage_target"),
    Stage.PROBATIONARY_MEMBER: Say("stats.stage_probation"),
    Stage.FULL_MEMBER: Say("stats.stage_full"),
}
_COUNTED = tuple(stage for stage in _STAGES if stage in LEARNER_STAGES)
_COLUMNS = {
    "expected": Say("stats.column_expected"),
    "handed_in": Say("stats.column_handed_in"),
    "late": Say("stats.column_late"),
    "reviewed": Say("stats.column_reviewed"),
    "returned": Say("stats.column_returned"),
    "mentored": Say("stats.column_mentored"),
    "logged": Say("stats.column_logged"),
    "reached": Say("stats.column_reached"),
    "longest_days": Say("stats.column_longest"),
    "escalated": Say("stats.column_escalated"),
    "left_home": Say("stats.column_left"),
    "arrived": Say("stats.column_arrived"),
}
_HELP = {
    "help_asked": Say("stats.column_help_asked"),
    "help_closed": Say("stats.column_help_closed"),
    "help_open": Say("stats.column_help_open"),
}
_HOURS = {
    Evidence.ATTENDED: Say("stats.column_attended"),
    Evidence.QUIZ: Say("stats.column_quiz"),
    Evidence.DECLARED: Say("stats.column_declared"),
}
# A year of its own makes every day and period be said with its year.
_ELSEWHEN = date(1900, 1, 1)


def _said(say: Say) -> str:
    return current().render(say)


def mark(name: str, now: datetime) -> str:
    """Return the watermark: who took it out, and when to the minute."""
    return _said(Say("stats.export_mark", name=name, at=f"{local(now):%Y-%m-%d %H:%M}"))


def file_name(area: Area, period: Period) -> str:
    """Return what the file is called in the chat."""
    period_words = period_name(period, _ELSEWHEN)
    title = _said(Say("stats.file_title", unit=area.name, period=period_words))
    return f"{parcels.safe_name(title)}.xlsx"


def not_made() -> str:
    """Return what is said when the file could not be made."""
    return _said(Say("stats.export_not_made"))


def totals(
    area: Area, period: Period, figures: Figures, hours: Study, due: Deadlines
) -> tuple[Head, list[Row]]:
    """Return the sheet of what the page says: one number a line, those of study as far as said."""
    said = Say("stats.heading", unit=area.name, period=period_name(period, _ELSEWHEN))
    names = (*_stage_names(), *map(_said, (_COLUMNS | _HELP).values()))
    lines: list[Row] = list(zip(names, _values(figures, help_too=True), strict=True))
    lines += [(_said(_HOURS[kind]), one.tenths / 10) for kind, one in hours.kinds.items()]
    for kind, one in due.items():
        lines += list(zip(_due_names(kind), (one.soon, one.past), strict=True))
    return (
        _said(Say("stats.sheet_totals")),
        [_said(said), _said(Say("stats.column_number"))],
    ), lines


def _stage_names() -> list[str]:
    return [_said(_STAGES[stage]) for stage in _COUNTED]


def _due_names(kind: DeadlineKind) -> tuple[str, str]:
    what = kind_say(kind)
    return _said(Say("stats.column_soon", what=what)), _said(Say("stats.column_past", what=what))


def _values(figures: Figures, *, help_too: bool) -> list[Cell | None]:
    stages: list[Cell | None] = [figures.stages.get(stage, 0) for stage in _COUNTED]
    columns = (*_COLUMNS, *_HELP) if help_too else tuple(_COLUMNS)
    return stages + [getattr(figures, name) for name in columns]


def unit_head() -> Head:
    """Return the head of the sheet of home units; its columns add up to the totals."""
    head = [
        _said(Say("stats.column_unit")),
        *_stage_names(),
        *(_said(say) for say in (*_COLUMNS.values(), *_HELP.values())),
        *(name for kind in DeadlineKind for name in _due_names(kind)),
    ]
    return _said(Say("stats.sheet_units")), head


def units(rows: Sequence[UnitRow]) -> list[Row]:
    """Return a line for each home unit."""
    return [_unit_line(row) for row in rows]


def _unit_line(row: UnitRow) -> Row:
    due = [row.due.get(kind, Due()) for kind in DeadlineKind]
    numbers = [number for one in due for number in (one.soon, one.past)]
    return (row.unit, *_values(row.figures, help_too=True), *numbers)


def person_head() -> Head:
    """Return the head of the sheet of people."""
    names = [Say("stats.column_unit"), Say("stats.column_name"), Say("stats.column_stage")]
    head = [_said(say) for say in (*names, *_COLUMNS.values())]
    return _said(Say("stats.sheet_people")), head


def persons(rows: Sequence[PersonRow]) -> list[Row]:
    """Return a line for each person."""
    return [_person_line(row) for row in rows]


def _person_line(row: PersonRow) -> Row:
    numbers = _values(row.figures, help_too=False)[len(_COUNTED) :]
    return (row.unit, row.name, _said(_STAGES[row.stage]), *numbers)


def dated_head() -> Head:
    """Return the head of the sheet of deadlines."""
    keys = (
        Say("stats.column_unit"),
        Say("stats.column_name"),
        Say("stats.column_deadline"),
        Say("stats.column_day"),
    )
    return _said(Say("stats.sheet_deadlines")), [_said(say) for say in keys]


def dated(rows: Iterable[Dated]) -> Iterator[Row]:
    """Give a line for each person and kind of deadline."""
    for row in rows:
        yield (row.unit, row.name, _said(kind_say(row.kind)), row.due_on.isoformat())
