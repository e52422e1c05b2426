"""Makes the table of the rows that do not fit, for whoever has to mend them. Runs in a thread."""

from collections.abc import Sequence
from datetime import datetime

from core import spreadsheets
from core.clock import local
from core.texts import render
from plugins.roster import words


def build(lines: Sequence[tuple[object, str]], now: datetime) -> bytes:
    """Return an .xlsx with a problem a row: the line in the spreadsheet, and what is wrong."""
    mark = render("roster.problems_mark", at=f"{local(now):%Y-%m-%d %H:%M}")
    rows = [(int(str(line)), said) for line, said in lines]
    return spreadsheets.build(words.PROBLEMS_FILE, mark, words.PROBLEMS_HEADERS, rows)
