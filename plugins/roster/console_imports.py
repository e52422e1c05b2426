"""A table at the console: its columns are shown and confirmed by a number, then it is written.

Behind the name of the file stand, in any order: ``1`` (the columns are right), ``试`` (write
nothing), ``备注=城市`` (a column and what it is), ``同一人`` or ``另一人`` (what a known name with
other days means). Headings that are exactly ours need no confirmation.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import uuid4

from core.clock import local_day
from core.database import run_tx
from core.errors import Refusal
from core.texts import render
from models import RosterImport
from plugins.roster import (
    carrying,
    import_views,
    import_work,
    importing,
    imports,
    service,
    tables,
    words,
)
from plugins.roster.carrying import Prepared
from plugins.roster.importing import RosterRow
from plugins.roster.imports import Checked, Settled
from plugins.roster.plans import Doubt, Plan, Reach
from plugins.roster.service import ImportResult
from plugins.roster.tables import Brought


async def take(
    data: bytes, arguments: Sequence[str], *, file: str, now: datetime
) -> tuple[list[str], ImportResult | None]:
    """Take a table in, as far as ``arguments`` say; return what to print, and what was done.

    Raises the refusals of a table; the problems of rows are printed, all of them.
    """
    brought = await tables.open_table(data)
    settled = Settled(brought.meanings)
    for argument in arguments:
        settled = _with(settled, brought, argument)
    importing.require_columns(settled.columns, settled.fixed)
    if not (_is_exact(brought, settled) or set(arguments) & {*words.YES, *words.TRY}):
        return [*_shown(brought, settled), render("roster.console_confirm", file=file)], None
    found = importing.people(brought, settled.columns, today=local_day(now))
    checked = await imports.checked(brought, settled, reach=Reach(), today=local_day(now))
    if checked.problems:
        return _problems(checked), None
    if checked.doubtful:
        lines = words.LIST_MARK.join(str(line) for line in checked.doubtful)
        return [render("roster.console_doubtful", lines=lines)], None
    left = [import_views.words_of(say) for say in import_views.left_out(brought, settled)]
    if set(arguments) & set(words.TRY):
        return [*(import_views.words_of(say) for say in import_views.would(checked)), *left], None
    result = await _written(found.rows, settled.doubt, now)
    return [import_work.said(result), *left], result


def _with(settled: Settled, brought: Brought, argument: str) -> Settled:
    if argument in words.SAME_PERSON:
        return Settled(settled.columns, settled.fixed, Doubt.SAME)
    if argument in words.OTHER_PERSON:
        return Settled(settled.columns, settled.fixed, Doubt.OTHER)
    if argument in {*words.YES, *words.TRY}:
        return settled
    label, meaning = words.pair_of(argument)
    place = next((p for p, name in brought.labels.items() if name == label), None)
    if place is None or meaning not in words.MEANINGS:
        raise Refusal("roster.console_column", said=argument[:20])
    return settled.with_column(meaning, place)


def _is_exact(brought: Brought, settled: Settled) -> bool:
    exact = all(brought.labels[place] == meaning for place, meaning in settled.columns.items())
    return exact and not brought.doubles


def _shown(brought: Brought, settled: Settled) -> list[str]:
    return [import_views.words_of(say) for say in import_views.taken_for(brought, settled)]


def _problems(checked: Checked) -> list[str]:
    if len(checked.problems) == 1:
        only = checked.problems[0]
        return [render(only.key, **only.fields)]
    head = render("roster.import_problems", count=len(checked.problems))
    return [head, *(import_views.problem(one) for one in checked.problems)]


async def _written(rows: Sequence[RosterRow], doubt: Doubt | None, now: datetime) -> ImportResult:
    ready = await carrying.prepare(rows, reach=Reach(), doubt=doubt, now=now, actor=None)
    plan = await run_tx(partial(_write, ready, now))
    await carrying.settle_in(plan)
    return service.result_of(plan, ready.codes)


async def _write(ready: Prepared, now: datetime) -> Plan:
    plan, written = await carrying.carry_out(ready, now=now, actor=None)
    uid = uuid4().hex
    row = RosterImport(uid=uid, source_key=f"console:{uid}", received_at=now, confirmed_at=now)
    import_work.keep(row, plan, written, now)
    await row.save()
    return plan
