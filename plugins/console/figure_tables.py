"""The numbers of 统计 as the rows of tables: what is counted, in this period and the one before."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.actors import Stage
from core.conversation import Say
from core.texts import current
from models.enums import Evidence
from plugins.console import words
from plugins.stats.counts import Figures
from plugins.stats.deadlines import DeadlineKind, Deadlines
from plugins.stats.study_hours import Study
from plugins.stats.views import kind_say


@dataclass(frozen=True, slots=True)
class Row:
    """What is counted, now and before; empty where nothing earlier is kept."""

    name: str
    now: str
    before: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together, under one name."""

    name: str
    rows: tuple[Row, ...]


# By group: what is counted, and whether an earlier number of it is known.
_COUNTED: Sequence[tuple[Say, Sequence[tuple[str, Say, bool]]]] = (
    (
        Say("console.group_reports"),
        (
            ("expected", Say("console.row_expected"), True),
            ("handed_in", Say("console.row_handed_in"), True),
            ("late", Say("console.row_late"), True),
            ("reviewed", Say("console.row_reviewed"), True),
            ("returned", Say("console.row_returned"), True),
        ),
    ),
    (
        Say("console.group_contacts"),
        (
            ("mentored", Say("console.row_mentored"), True),
            ("logged", Say("console.row_logged"), True),
            ("reached", Say("console.row_reached"), True),
            ("longest_days", Say("console.row_longest"), True),
            ("escalated", Say("console.row_escalated"), False),
        ),
    ),
    (
        Say("console.group_movement"),
        (
            ("left_home", Say("console.row_left"), True),
            ("arrived", Say("console.row_arrived"), True),
        ),
    ),
    (
        Say("console.group_help"),
        (
            ("help_asked", Say("console.row_help_asked"), True),
            ("help_closed", Say("console.row_help_closed"), True),
            ("help_open", Say("console.row_help_open"), False),
        ),
    ),
)
_HOURS = {
    Evidence.ATTENDED: Say("console.row_attended"),
    Evidence.QUIZ: Say("console.row_quiz"),
    Evidence.DECLARED: Say("console.row_declared"),
}


def groups(now: Figures, before: Figures, hours: Study, hours_before: Study) -> list[Group]:
    """Return all numbers; what is open or stands so today has nothing earlier beside it.

    Of help only how many cases there are: whose and what about is known to who took them
    (dialogues 3.8).
    """
    return [
        Group(_said(Say("console.group_people")), _stages(now)),
        *(
            Group(
                _said(name),
                tuple(
                    Row(_said(say), _cell(now, field), _cell(before, field) if is_kept else "")
                    for field, say, is_kept in rows
                ),
            )
            for name, rows in _COUNTED
        ),
        Group(_said(Say("console.group_study")), _study(now, before, hours, hours_before)),
    ]


def _said(say: Say) -> str:
    return current().render(say)


def _stages(now: Figures) -> tuple[Row, ...]:
    found = ((stage, now.stages[stage]) for stage in Stage if stage in now.stages)
    return tuple(Row(words.STAGES[stage.value], str(count), "") for stage, count in found)


def _cell(figures: Figures, field: str) -> str:
    value = getattr(figures, field)
    if field != "longest_days":
        return str(value)
    if value is None:
        return _said(Say("console.none"))
    return _said(Say("console.cell_days", days=value))


def _study(now: Figures, before: Figures, hours: Study, hours_before: Study) -> tuple[Row, ...]:
    """Return how often was pushed, and hours by kind of evidence, each kind for itself."""
    pushes = Row(_said(Say("console.row_pushes")), str(now.pushes), str(before.pushes))
    return (
        pushes,
        *(
            Row(_said(say), _hours(hours, kind), _hours(hours_before, kind))
            for kind, say in _HOURS.items()
        ),
    )


def _hours(study: Study, kind: Evidence) -> str:
    """Return hours that may be said; nobody's and those of too few look alike."""
    found = study.kinds.get(kind)
    if found is None:
        return _said(Say("console.now_only"))
    return _said(Say("console.cell_hours", people=found.people, hours=f"{found.tenths / 10:g}"))


def due_rows(due: Deadlines) -> list[tuple[str, int, int]]:
    """Return what is due: its name, how many soon, how many past."""
    return [
        (_said(kind_say(kind)), due[kind].soon, due[kind].past)
        for kind in DeadlineKind
        if kind in due
    ]
