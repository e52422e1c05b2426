"""The words inside a file that is taken out, rendered: titles, lines, heads of columns."""

from collections.abc import Sequence
from datetime import date, datetime

from core import parcels
from core.actors import Stage
from core.clock import local
from core.conversation import Say
from core.periods import Quarter
from core.spreadsheets import Cell
from core.texts import current
from models.enums import PartKind, ReportState
from plugins.thought_report import notices, paper_views
from plugins.thought_report.export_reading import Row, Source

_STAGES = {
    Stage.APPLICANT: Say("thought_report.stage_applicant"),
    Stage.ACTIVIST: Say("thought_report.stage_activist"),
    Stage.DEVELOPMENT_TARGET: Say("thought_report.stage_target"),
    Stage.PROBATIONARY_MEMBER: Say("thought_report.stage_probation"),
    Stage.FULL_MEMBER: Say("thought_report.stage_full"),
}
_STATES = {
    None: Say("thought_report.ledger_missing"),
    ReportState.WAITING_MENTOR: Say("thought_report.ledger_waiting_mentor"),
    ReportState.WAITING_SECRETARY: Say("thought_report.ledger_waiting_branch"),
    ReportState.RETURNED: Say("thought_report.ledger_returned"),
    ReportState.DONE: Say("thought_report.ledger_done"),
}
_COLUMNS = (
    Say("thought_report.column_name"),
    Say("thought_report.column_unit"),
    Say("thought_report.column_stage"),
    Say("thought_report.column_state"),
    Say("thought_report.column_version"),
    Say("thought_report.column_pages"),
    Say("thought_report.column_submitted"),
    Say("thought_report.column_late"),
    Say("thought_report.column_mentor"),
    Say("thought_report.column_mentor_on"),
    Say("thought_report.column_branch"),
    Say("thought_report.column_branch_on"),
    Say("thought_report.column_returned"),
    Say("thought_report.column_original_on"),
    Say("thought_report.column_receiver"),
)
_BESIDE = {
    PartKind.IMAGE: Say("thought_report.page_picture_beside"),
    PartKind.FILE: Say("thought_report.page_file_beside"),
    PartKind.VOICE: Say("thought_report.page_voice_beside"),
}


def _said(key: str, **fields: object) -> str:
    return current().render(Say(key, **fields))


def mark(name: str, now: datetime) -> str:
    """Return the watermark: who took it out, and when to the minute."""
    at = f"{local(now):%Y-%m-%d %H:%M}"
    return _said("thought_report.export_mark", name=name, at=at)


def quarter(wanted: Quarter) -> str:
    """Return a cycle with its year."""
    said = notices.plain_say(wanted)
    return _said("thought_report.quarter_of_year", year=wanted.year, quarter=said)


def ledger_name(wanted: Quarter) -> str:
    """Return what the list of a quarter is called."""
    return f"{_said('thought_report.ledger_title', quarter=quarter(wanted))}.xlsx"


def person_title(name: str, number: int) -> str:
    """Return what a person's reports are called; ``number`` 0 when there is one file."""
    return _numbered(_said("thought_report.person_title", name=parcels.safe_name(name)), number)


def cycle_title(wanted: Quarter, number: int) -> str:
    """Return what the reports of a quarter are called; ``number`` 0 when there is one file."""
    return _numbered(_said("thought_report.cycle_title", quarter=quarter(wanted)), number)


def _numbered(title: str, number: int) -> str:
    return f"{title}-{number}" if number else title


def report_title(source: Source, *, is_continued: bool) -> str:
    """Return the title of one report in a file."""
    title = _said(
        "thought_report.document_title",
        name=source.name,
        unit=source.unit,
        quarter=quarter(source.quarter),
        version=source.version,
    )
    return _said("thought_report.document_continued", title=title) if is_continued else title


def trail(source: Source) -> tuple[str, ...]:
    """Return how a report went, a line each; every day with its year."""
    today = date(1900, 1, 1)  # a year of its own makes every day be said with its year
    return tuple(current().render(say) for say in paper_views.trail_says(source.trail, today)[1:])


def page(number: int) -> str:
    """Return the heading of a page."""
    return _said("thought_report.document_page", page=number)


def beside(kind: PartKind) -> str:
    """Return what stands for a page that is not shown in Word."""
    return current().render(_BESIDE.get(kind, Say("thought_report.page_file_beside")))


def not_made() -> str:
    """Return what is said when a file could not be made."""
    return _said("thought_report.export_not_made")


def head() -> list[str]:
    """Return the heads of the columns of the list."""
    return [current().render(say) for say in _COLUMNS]


def lines(rows: Sequence[Row]) -> list[list[Cell]]:
    """Return the cells of the list, a line for everybody."""
    return [_line(row) for row in rows]


def _line(row: Row) -> list[Cell]:
    late = _said("thought_report.ledger_late") if row.is_late else ""
    return [
        row.name,
        row.unit,
        current().render(_STAGES[row.stage]),
        current().render(_STATES[row.state]),
        row.version if row.version is not None else "",
        row.pages if row.pages is not None else "",
        _day(row.submitted_on),
        late,
        row.mentor,
        _day(row.mentor_on),
        row.branch,
        _day(row.branch_on),
        row.returned,
        _day(row.original_on),
        row.receiver,
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""
