"""Rosters that come in (名单导入): the file, its columns, the dry run, writing, codes, undoing.

The same use cases as in chat; everybody sees only what he brought in himself.
"""

from collections.abc import Mapping
from urllib.parse import quote
from uuid import uuid4

from starlette.responses import JSONResponse, Response

from core import files, progress
from core.actors import Stage
from core.errors import Refusal
from core.progress import Come
from models import RosterImport
from plugins.console import rendering
from plugins.console.visits import Visit
from plugins.roster import import_views, import_work, imports, queries, undoing
from plugins.roster import words as roster_words
from plugins.roster.importing import Fixed
from plugins.roster.imports import Pending, Settled
from plugins.roster.plans import Doubt
from plugins.roster.tables import Brought

# Rows that do not fit, on one page; further ones show once these are mended.
MOST_PROBLEMS = 200
# Imports that are listed.
MOST_IMPORTS = 10
_LONGEST_SAMPLE = 16
_COLUMN = "column-"
_FILES = (
    (f"{roster_words.CODES_FILE}.xlsx",
     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (f"{roster_words.SLIPS_FILE}.docx",
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
)  # fmt: skip


async def show_all(visit: Visit) -> Response:
    """Show the field for a file, and what was imported before."""
    imports.require_officer(visit.actor)
    return rendering.page(
        visit,
        "imports.html",
        unfinished=await queries.unfinished_imports(visit.actor),
        imports=await queries.last_imports(visit.actor, MOST_IMPORTS),
    )


async def receive(visit: Visit) -> Response:
    """Take a file in, and show what is in it."""
    if not visit.upload:
        raise Refusal("console.import_no_file")
    found = await imports.receive(
        actor=visit.actor,
        data=visit.upload,
        key=f"page:{uuid4().hex}",
        now=visit.now,
        sends=False,
    )
    return rendering.go(f"/imports/{found.uid}")


async def _own(visit: Visit) -> RosterImport:
    imports.require_officer(visit.actor)
    row = await queries.own_import(visit.actor, visit.uid())
    if row is None or row.dropped_at is not None:
        raise Refusal("roster.import_gone")
    return row


async def show(visit: Visit) -> Response:
    """Show one import as far as it has come."""
    row = await _own(visit)
    if row.applied_at is not None:
        return rendering.page(visit, "import_done.html", row=row)
    if row.confirmed_at is not None:
        come = progress.of(row.uid)
        sentence = _sentence(come)
        return rendering.page(visit, "import_working.html", row=row, come=come, sentence=sentence)
    return await _preview(visit, await imports.pending(visit.actor, row.uid))


async def _preview(visit: Visit, found: Pending) -> Response:
    settled = found.settled
    checked = None
    if not settled.lacking:
        checked = await imports.check(actor=visit.actor, uid=found.uid, now=visit.now)
    problems = checked.problems if checked else ()
    return rendering.page(
        visit,
        "import.html",
        found=found,
        settled=settled,
        meanings=roster_words.MEANINGS,
        column=_COLUMN,
        stages=tuple(Stage),
        has_stage=roster_words.STAGE in settled.columns.values(),
        checked=checked,
        would=import_views.would(checked) if checked and not problems else (),
        left_out=import_views.left_out(found.table, settled),
        samples={place: _sample(found.table, place) for place in found.table.labels},
        problems=[import_views.problem(one) for one in problems[:MOST_PROBLEMS]],
        more=max(0, len(problems) - MOST_PROBLEMS),
        list_mark=roster_words.LIST_MARK,
    )


def _sample(table: Brought, place: int) -> str:
    """Return the first thing that stands in a column, so that its meaning can be seen."""
    filled = (cells[place] for _, cells in table.rows if cells.get(place, "").strip())
    found = next(filled, "").strip()
    return found if len(found) <= _LONGEST_SAMPLE else f"{found[:_LONGEST_SAMPLE]}…"


async def change(visit: Visit) -> Response:
    """Settle the columns, write the table, drop it, or take it back."""
    row, do = await _own(visit), visit.form.get("do", "")
    if do == "undo":
        await undoing.undo(actor=visit.actor, uid=row.uid, now=visit.now)
        return rendering.go("/imports", "undone")
    if do == "drop":
        await imports.drop(actor=visit.actor, now=visit.now)
        return rendering.go("/imports", "dropped")
    found = await imports.pending(visit.actor, row.uid)
    settled = _settled(visit.form, found)
    # What is written is what was shown: other columns are tried out first.
    if do == "columns" or settled != found.settled:
        await imports.settle(actor=visit.actor, uid=row.uid, settled=settled)
        return rendering.go(f"/imports/{row.uid}")
    if do != "import":
        raise Refusal("roster.import_gone")
    await import_work.confirm(actor=visit.actor, uid=row.uid, now=visit.now)
    result = await import_work.begin(row.uid)
    return rendering.go(f"/imports/{row.uid}", "imported" if result else "")


def _settled(form: Mapping[str, str], found: Pending) -> Settled:
    """Return what the columns are taken for by a form; Refusal ``roster.header_twice``."""
    columns: dict[int, str] = {}
    for place in found.table.labels:
        meaning = form.get(f"{_COLUMN}{place}", "")
        if meaning in columns.values():
            raise Refusal("roster.header_twice", header=meaning)
        if meaning in roster_words.MEANINGS:
            columns[place] = meaning
    said, doubt = form.get("stage", ""), form.get("doubt", "")
    stage = Stage(said) if said in set(Stage) else None
    if roster_words.STAGE in columns.values():
        stage = None
    fixed = Fixed(found.settled.fixed.unit, stage)
    return Settled(columns, fixed, Doubt(doubt) if doubt in set(Doubt) else None)


async def state(visit: Visit) -> Response:
    """Return how far an import has come, for the bar of its page."""
    row = await _own(visit)
    is_moving = row.confirmed_at is not None and row.applied_at is None
    come = progress.of(row.uid)
    return JSONResponse(
        {
            "sent": come.done if come else 0,
            "total": come.total if come else 0,
            "sentence": _sentence(come),
            "moving": is_moving,
        }
    )


def _sentence(come: Come | None) -> str:
    """Say how far an import has come; codes and slips are made first, then all is written."""
    if come is None:
        return rendering.say("console.import_working")
    if come.done >= come.total:
        return rendering.say("console.import_writing", total=come.total)
    return rendering.say("console.import_come", done=come.done, total=come.total)


async def send_file(visit: Visit) -> Response:
    """Send one of the files with codes to whoever imported the people."""
    row, number = await _own(visit), visit.number("number")
    if row.applied_at is None or not 1 <= number <= min(len(row.codes), len(_FILES)):
        raise Refusal("roster.import_gone")
    name, kind = _FILES[number - 1]
    data = await files.read(row.codes[number - 1])
    return Response(
        data,
        media_type=kind,
        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )
