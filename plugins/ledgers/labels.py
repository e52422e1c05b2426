"""The words inside a list that is taken out: titles, the watermark, heads of columns, cells."""

from collections.abc import Sequence
from datetime import date, datetime

from core.clock import local
from core.conversation import Say
from core.periods import Span
from core.spreadsheets import Cell
from core.texts import current
from models.enums import Evidence, ExportKind
from plugins.ledgers import words
from plugins.ledgers.queries import Activist, ContactLine, Journey, Who
from plugins.ledgers.scoping import Area
from plugins.ledgers.tallies import Tally

_TITLES = {
    ExportKind.ACTIVISTS: Say("ledgers.title_activists"),
    ExportKind.CONTACTS: Say("ledgers.title_contacts"),
    ExportKind.MOVEMENTS: Say("ledgers.title_movements"),
    ExportKind.REGISTER: Say("ledgers.title_register"),
    ExportKind.PROCESS: Say("ledgers.title_process"),
}
# The heads of all columns stand in one text each, with a comma between: a clerk may rename them.
_HEADS = {
    (ExportKind.ACTIVISTS, True): Say("ledgers.head_activists"),
    (ExportKind.CONTACTS, True): Say("ledgers.head_contacts"),
    (ExportKind.MOVEMENTS, True): Say("ledgers.head_movements"),
    (ExportKind.ACTIVISTS, False): Say("ledgers.head_activists_tally"),
    (ExportKind.CONTACTS, False): Say("ledgers.head_contacts_tally"),
    (ExportKind.MOVEMENTS, False): Say("ledgers.head_movements_tally"),
}


def rendered(say: Say) -> str:
    """Return a sentence in words."""
    return current().render(say)


def title(kind: ExportKind) -> str:
    """Return what a kind of list or form is called."""
    return rendered(_TITLES[kind])


def title_say(kind: ExportKind) -> Say:
    """Return the same as a sentence, to stand in another."""
    return _TITLES[kind]


def mark(name: str, now: datetime, kind: ExportKind, where: str = "") -> str:
    """Return the watermark: who took it out, when to the minute, and what for."""
    at = f"{local(now):%Y-%m-%d %H:%M}"
    return rendered(Say("ledgers.mark", name=name, at=at, what=f"{where}{title(kind)}"))


def days(span: Span) -> str:
    """Return a period as the first and last day of it."""
    return rendered(Say("ledgers.days", first=day(span.first), last=day(span.last)))


def day(on: date | None) -> str:
    """Return a day as it stands in a cell; empty for none."""
    return on.isoformat() if on is not None else ""


def hours(tenths: int) -> str:
    """Return tenths of hours as people write them; empty for none."""
    return f"{tenths / 10:g}" if tenths else ""


def not_made() -> str:
    """Return what is said when a file could not be made."""
    return rendered(Say("ledgers.not_made"))


def head(kind: ExportKind, area: Area) -> list[str]:
    """Return the heads of the columns of a list."""
    return rendered(_HEADS[kind, area.names]).split(words.LIST_MARK)


def activist_lines(rows: Sequence[Activist]) -> list[list[Cell]]:
    """Return the cells of the list of activists."""
    return [
        [
            number,
            *_who(row.who),
            day(row.applied_on),
            day(row.talk_on),
            day(row.activist_on),
            day(row.year_on),
            day(row.target_on),
            words.LIST_MARK.join(row.who.mentors),
            row.inspections,
            day(row.inspected_on),
            day(row.inspect_by),
            row.reports,
            row.talks,
            day(row.heard_on),
            *(hours(row.hours.get(kind, 0)) for kind in Evidence),
            row.city,
        ]
        for number, row in enumerate(rows, 1)
    ]


def contact_lines(rows: Sequence[ContactLine], silent: Sequence[Who]) -> list[list[Cell]]:
    """Return the cells of the list of contacts; who has no line in the period comes last."""
    none = rendered(Say("ledgers.cell_no_line"))
    lines: list[list[Cell]] = [
        [
            number,
            *_who(row.who),
            row.mentor,
            day(row.contacted_on),
            words.CHANNELS[row.channel],
            words.DIRECTIONS[row.direction],
            words.OUTCOMES[row.outcome],
            words.LIST_MARK.join(words.TOPICS.get(topic, topic) for topic in row.topics),
            row.note,
            day(row.next_on),
            row.writer,
            day(row.entered_on),
        ]
        for number, row in enumerate(rows, 1)
    ]
    blanks: list[Cell] = [""] * 5
    return lines + [
        [number, *_who(who), words.LIST_MARK.join(who.mentors), "", "", "", none, *blanks]
        for number, who in enumerate(silent, len(rows) + 1)
    ]


def journey_lines(rows: Sequence[Journey]) -> list[list[Cell]]:
    """Return the cells of the list of movement."""
    return [
        [
            number,
            *_who(row.who),
            row.from_city,
            row.to_city,
            day(row.leaves_on),
            day(row.return_on),
            words.JOURNEYS[row.state] if row.state else "",
            day(row.reported_on),
            day(row.arrived_on),
            day(row.talk_on),
            row.city,
            row.inflow,
            words.LIST_MARK.join(row.who.mentors),
            day(row.heard_on),
        ]
        for number, row in enumerate(rows, 1)
    ]


def tally_lines(rows: Sequence[Tally]) -> list[list[Cell]]:
    """Return the cells of a list in numbers, and their sums below."""
    lines: list[list[Cell]] = [
        [number, row.unit, *row.counts] for number, row in enumerate(rows, 1)
    ]
    if len(rows) > 1:
        sums = [sum(column) for column in zip(*(row.counts for row in rows), strict=True)]
        lines.append(["", rendered(Say("ledgers.cell_sum")), *sums])
    return lines


def _who(who: Who) -> list[Cell]:
    return [who.name, who.unit, words.STAGES[who.stage]]
