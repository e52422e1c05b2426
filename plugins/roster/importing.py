"""Reads people out of a table that was brought in: cells to rows, nothing written.

Every row that cannot be read is a problem with its number as the spreadsheet shows it; one problem
is enough, and nothing is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from core.actors import RoleKind, Stage
from core.errors import Refusal
from plugins.roster import tables, words
from plugins.roster.headings import REQUIRED
from plugins.roster.tables import MOST_BYTES, Brought

__all__ = ["MOST_BYTES"]

_LONGEST_CITY = 12
_MOST_MENTORS = 2
_EARLIEST_YEAR = 1950
# Somebody may have said that he leaves after the holidays.
_LONGEST_AHEAD = timedelta(days=366)
# What a spreadsheet program would take for something to be calculated.
_CALCULATED = ("=", "+", "@")
# In the order in which they follow each other (发展党员工作细则).
_STEPS = (words.APPLIED, words.TALKED, words.ACTIVIST, words.TARGET, words.PROBATION)

Mentor = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person as the table has him. ``line`` is the row in the spreadsheet, from 1.

    None and empty mean that the table says nothing; what is known already then stays. A mentor is a
    name, with a unit where the table says one. ``months`` says that a day was written as a month.
    """

    line: int
    name: str
    unit: tuple[str, ...]
    stage: Stage
    applied_on: date | None = None
    talk_on: date | None = None
    activist_on: date | None = None
    target_on: date | None = None
    probation_on: date | None = None
    mentors: tuple[Mentor, ...] = ()
    offices: tuple[RoleKind, ...] = ()
    city: str | None = None
    left_on: date | None = None
    inflow: tuple[str, ...] = ()
    months: bool = False


@dataclass(frozen=True, slots=True)
class Fixed:
    """What holds for every row of a table that has no column for it."""

    unit: tuple[str, ...] = ()
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A whole table. ``dropped`` are headers never read, ``unused`` those we do not know.

    ``problems`` are refusals, each with its ``line``, in the order of the lines.
    """

    rows: tuple[RosterRow, ...]
    dropped: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    problems: tuple[Refusal, ...] = ()

    def require_sound(self) -> None:
        """Raise the first problem there is."""
        if self.problems:
            raise self.problems[0]


@dataclass(slots=True)
class _Reading:
    today: date
    fixed: Fixed
    rows: list[RosterRow] = field(default_factory=list)
    problems: list[Refusal] = field(default_factory=list)


def read(data: bytes, *, today: date) -> Table:
    """Return the table in a text file, its columns as they were guessed.

    Raises Refusal: ``roster.not_csv``, ``roster.no_headers``, ``roster.header_twice``,
    ``roster.empty``, and the first problem of a row.
    """
    brought = tables.open_text(data)
    if brought.doubles:
        raise Refusal("roster.header_twice", header=brought.doubles[0])
    found = people(brought, brought.meanings, today=today)
    found.require_sound()
    return found


def require_columns(columns: Mapping[int, str], fixed: Fixed | None = None) -> None:
    """Raise Refusal ``roster.no_headers`` for columns that do not do."""
    given = set(columns.values()) | ({words.UNIT} if fixed and fixed.unit else set())
    given |= {words.STAGE} if fixed and fixed.stage else set()
    if lacking := [name for name in REQUIRED if name not in given]:
        raise Refusal("roster.no_headers", missing=words.LIST_MARK.join(lacking))


def people(
    brought: Brought, columns: Mapping[int, str], *, today: date, fixed: Fixed | None = None
) -> Table:
    """Return the people of a table, its columns taken as ``columns`` says.

    Raises Refusal ``roster.no_headers``, ``roster.empty``. The problems of rows are
    ``roster.row_name``, ``row_unit``, ``row_stage``, ``row_date``, ``row_date_ahead``,
    ``row_date_order``, ``row_mentors``, ``row_office``, ``row_city``, ``row_formula``,
    ``row_quote``, ``row_twice``.
    """
    require_columns(columns, fixed)
    reading = _Reading(today, fixed or Fixed())
    for line, cells in brought.rows:
        values = {columns[place]: cell for place, cell in cells.items() if place in columns}
        if not any(words.filled(value) for value in values.values()):
            continue
        try:
            reading.rows.append(_row(line, values, reading))
        except Refusal as problem:
            reading.problems.append(problem)
    if brought.damaged_at is not None:
        reading.problems.append(Refusal("roster.row_quote", line=brought.damaged_at))
    if not reading.rows and not reading.problems:
        raise Refusal("roster.empty")
    problems = [*reading.problems, *_twins(reading.rows)]
    problems.sort(key=lambda problem: int(str(problem.fields["line"])))
    unused = brought.unused(columns)
    return Table(tuple(reading.rows), brought.dropped, unused, tuple(problems))


def _row(line: int, values: Mapping[str, str], reading: _Reading) -> RosterRow:
    _refuse_formulas(line, values)
    name = words.bare(values.get(words.NAME, ""))
    if not words.is_name(name):
        raise Refusal("roster.row_name", line=line)
    unit = _unit(values) or reading.fixed.unit
    if not unit:
        raise Refusal("roster.row_unit", line=line)
    days = [_day(line, values.get(column, ""), reading.today) for column in _STEPS]
    left = _day(line, values.get(words.LEFT, ""), reading.today + _LONGEST_AHEAD)
    known = [day[0] for day in days if day is not None]
    if known != sorted(known):
        raise Refusal("roster.row_date_order", line=line)
    applied, talked, activist, target, probation = (day and day[0] for day in days)
    return RosterRow(
        line=line,
        name=name,
        unit=unit,
        stage=_stage(line, values, reading.fixed),
        applied_on=applied,
        talk_on=talked,
        activist_on=activist,
        target_on=target,
        probation_on=probation,
        mentors=_mentors(line, words.filled(values.get(words.MENTORS, ""))),
        offices=_offices(line, words.filled(values.get(words.OFFICES, ""))),
        city=_city(line, words.filled(values.get(words.CITY, ""))),
        left_on=left and left[0],
        inflow=words.path(words.filled(values.get(words.INFLOW, ""))),
        months=any(day[1] for day in (*days, left) if day),
    )


def _refuse_formulas(line: int, values: Mapping[str, str]) -> None:
    for meaning, cell in values.items():
        text = words.plain(cell)
        is_formula = text == "=" if meaning == words.NAME else text.startswith(_CALCULATED)
        if is_formula:
            raise Refusal("roster.row_formula", line=line)


def _unit(values: Mapping[str, str]) -> tuple[str, ...]:
    town = words.path(words.filled(values.get(words.TOWN, "")))
    unit = words.path(words.filled(values.get(words.UNIT, "")))
    # A unit that names its township itself needs no column to say it again.
    return unit if town and unit and town[-1] in unit else (*town, *unit)


def _stage(line: int, values: Mapping[str, str], fixed: Fixed) -> Stage:
    written = words.bare(values.get(words.STAGE, ""))
    stage = words.STAGES.get(written) if written else fixed.stage
    if stage is None:
        raise Refusal("roster.row_stage", line=line)
    return stage


def _day(line: int, cell: str, latest: date) -> tuple[date, bool] | None:
    written = words.filled(cell)
    if not written:
        return None
    try:
        found = words.day_in(written)
    except ValueError:
        found = None
    if found is None or found[0].year < _EARLIEST_YEAR:
        raise Refusal("roster.row_date", line=line, value=_harmless(written))
    if found[0] > latest:
        raise Refusal("roster.row_date_ahead", line=line, value=_harmless(written))
    return found


def _harmless(written: str) -> str:
    """Return what stands in a cell of dates, unless it may be a number of a person."""
    digits = sum(character.isdigit() for character in written)
    return written if len(written) <= 12 and digits <= 8 else "…"  # noqa: PLR2004  # 20260101


def _mentors(line: int, cell: str) -> tuple[Mentor, ...]:
    found = words.mentors_in(cell)
    if found is None or len(found) > _MOST_MENTORS:
        raise Refusal("roster.row_mentors", line=line)
    return found


def _offices(line: int, cell: str) -> tuple[RoleKind, ...]:
    listed = words.listed(cell)
    kinds = [words.OFFICE_KINDS[word] for word in listed if word in words.OFFICE_KINDS]
    if len(kinds) != len(listed):
        raise Refusal("roster.row_office", line=line)
    return tuple(dict.fromkeys(kinds))


def _city(line: int, cell: str) -> str | None:
    city = words.bare(cell)
    if len(city) > _LONGEST_CITY or any(character.isdigit() for character in city):
        raise Refusal("roster.row_city", line=line)
    return city or None


def _twins(rows: Sequence[RosterRow]) -> Iterable[Refusal]:
    """Yield a problem for every second row of one person: two of one name differ in their days."""
    seen: dict[tuple[str, tuple[str, ...]], list[RosterRow]] = {}
    for row in rows:
        same = seen.setdefault((row.name, row.unit), [])
        twin = next((other for other in same if not are_two(row, other)), None)
        if twin is not None:
            yield Refusal("roster.row_twice", line=row.line, first=twin.line)
        same.append(row)


def are_two(row: RosterRow, other: RosterRow) -> bool:
    """Whether two rows of one name and unit are two people: both say when they applied."""
    days = (row.applied_on, other.applied_on)
    return None not in days and days[0] != days[1]
