"""The chat face of rosters that come in: 导入名单 with its questions, 撤销导入."""

import asyncio

from core import files
from core.actors import Stage
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.errors import Refusal
from core.messages import Blob, Media, MediaKind
from plugins.gateway import downloads
from plugins.roster import (
    import_views,
    import_work,
    imports,
    problem_files,
    tables,
    undoing,
    words,
)
from plugins.roster.importing import Fixed
from plugins.roster.imports import Checked, Settled
from plugins.roster.plans import Doubt


async def handle_import(call: Call) -> Reply:
    """Ask for the table, or take the one that came along (导入名单)."""
    imports.require_officer(call.actor)
    return await _take(call, call.media[0]) if call.media else import_views.wanted()


async def continue_file(call: Call) -> Reply:
    """Take the table; words are no table, and stop what was begun when they say so."""
    if call.media:
        return await _take(call, call.media[0])
    if (call.words or call.text).strip() in words.IMPORT_STOP:
        return await _stop(call)
    return import_views.waiting()


async def _take(call: Call, media: Media) -> Reply:
    try:
        data = await downloads.fetch(call.chat, media, limit_bytes=tables.MOST_BYTES)
    except Refusal as refusal:
        is_large = refusal.key == "file.too_big"
        raise Refusal("roster.table_too_big" if is_large else "roster.table_lost") from None
    found = await imports.receive(
        actor=call.actor, data=data, key=call.message_key, now=call.now, sends=True
    )
    if found.settled.lacking:
        return import_views.which_column(found, found.settled.lacking[0])
    return import_views.columns(found)


async def _stop(call: Call) -> Reply:
    await imports.drop(actor=call.actor, now=call.now)
    return import_views.over("roster.import_stopped")


def _asked(call: Call, name: str) -> str:
    return str(call.question.data.get(name, "")) if call.question else ""


async def continue_columns(call: Call) -> Reply:
    """Try the table out once its columns are right, or change one."""
    if call.choice == import_views.STOP:
        return await _stop(call)
    found = await imports.pending(call.actor, _asked(call, "uid"))
    if call.choice == import_views.CHANGE:
        return import_views.which_meaning(found)
    return await _checked(call, found.uid)


async def continue_meaning(call: Call) -> Reply:
    """Ask for the column of the meaning that was chosen."""
    found = await imports.pending(call.actor, _asked(call, "uid"))
    if call.choice == import_views.MORE:
        return import_views.which_meaning(found, int(_asked(call, "page")) + 1)
    return import_views.which_column(found, str(call.choice))


async def continue_column(call: Call) -> Reply:
    """Take the column that was chosen, and ask for the next one that is lacking."""
    found = await imports.pending(call.actor, _asked(call, "uid"))
    meaning = _asked(call, "meaning")
    if call.choice == import_views.MORE:
        return import_views.which_column(found, meaning, int(_asked(call, "page")) + 1)
    if call.choice == import_views.ONE_STAGE:
        return import_views.which_stage(found.uid)
    place = None if call.choice == import_views.NONE else int(call.choice)
    if place is None and meaning in found.settled.lacking:
        raise Refusal("roster.import_needs", meaning=meaning)
    return await _settled(call, found.settled.with_column(meaning, place))


async def continue_stage(call: Call) -> Reply:
    """Take the stage at which all of them stand."""
    found = await imports.pending(call.actor, _asked(call, "uid"))
    free = found.settled.with_column(words.STAGE, None)
    fixed = Fixed(free.fixed.unit, Stage(str(call.choice)))
    return await _settled(call, Settled(free.columns, fixed, free.doubt))


async def _settled(call: Call, settled: Settled) -> Reply:
    uid = _asked(call, "uid")
    await imports.settle(actor=call.actor, uid=uid, settled=settled)
    found = await imports.pending(call.actor, uid)
    if settled.lacking:
        return import_views.which_column(found, settled.lacking[0])
    return import_views.columns(found)


async def _checked(call: Call, uid: str) -> Reply:
    found = await imports.check(actor=call.actor, uid=uid, now=call.now)
    if found.problems:
        return import_views.problems(found.problems, await _sheet(call, uid, found))
    if found.doubtful:
        return import_views.doubtful(uid, found.doubtful)
    return import_views.ready(uid, found)


async def _sheet(call: Call, uid: str, found: Checked) -> Blob | None:
    """Make the table of all the rows that do not fit, when one message does not hold them."""
    if not import_views.has_many(found.problems):
        return None
    lines = [(p.fields["line"], import_views.problem(p)) for p in found.problems]
    data = await asyncio.to_thread(problem_files.build, lines, call.now)
    stored = await files.put(data, suffix="xlsx")
    await imports.keep_file(actor=call.actor, uid=uid, blob_id=stored.blob_id)
    return Blob(MediaKind.FILE, stored.blob_id, f"{words.PROBLEMS_FILE}.xlsx")


async def continue_doubt(call: Call) -> Reply:
    """Take what rows of a known name and other days mean, and try the table out again."""
    if call.choice == import_views.STOP:
        return await _stop(call)
    uid = _asked(call, "uid")
    found = await imports.pending(call.actor, uid)
    settled = Settled(found.settled.columns, found.settled.fixed, Doubt(str(call.choice)))
    await imports.settle(actor=call.actor, uid=uid, settled=settled)
    return await _checked(call, uid)


async def continue_apply(call: Call) -> Reply:
    """Write the table, or leave it."""
    if call.choice != import_views.YES:
        return await _stop(call)
    uid = _asked(call, "uid")
    found = await imports.pending(call.actor, uid)
    await import_work.confirm(actor=call.actor, uid=uid, now=call.now)
    result = await import_work.begin(uid)
    if result is None:
        return import_views.in_the_making(len(found.table.rows))
    return import_views.done(result)


async def handle_undo(call: Call) -> Reply:
    """Say what the last import did, and ask whether it is to be taken back (撤销导入)."""
    return import_views.ask_undo(await undoing.last(call.actor))


async def continue_undo(call: Call) -> Reply:
    """Take the last import back, or leave it."""
    if call.choice != import_views.YES:
        return import_views.over("roster.undo_left")
    await undoing.undo(actor=call.actor, uid=_asked(call, "uid"), now=call.now)
    return import_views.over("roster.undone")


IMPORT_COMMANDS = (
    Command(
        name="roster.import",
        words=(words.IMPORT,),
        aliases=words.IMPORT_ALIASES,
        handler=handle_import,
        summary="roster.summary_import",
        who=words.IMPORTERS,
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="roster.undo_import",
        words=(words.UNDO_IMPORT,),
        aliases=words.UNDO_IMPORT_ALIASES,
        handler=handle_undo,
        summary="roster.summary_undo_import",
        who=words.IMPORTERS,
        reveals=Reveals.BRANCH,
    ),
)

IMPORT_CONTINUATIONS = (
    Continuation(import_views.DRAFT, continue_file),
    Continuation(import_views.COLUMNS, continue_columns),
    Continuation(import_views.MEANING, continue_meaning),
    Continuation(import_views.COLUMN, continue_column),
    Continuation(import_views.STAGE, continue_stage),
    Continuation(import_views.DOUBT, continue_doubt),
    Continuation(import_views.APPLY, continue_apply),
    Continuation(import_views.UNDO, continue_undo),
)
IMPORT_DRAFT_WORDS = {import_views.DRAFT: words.IMPORT_STOP}
