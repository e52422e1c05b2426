"""What the roster does at the console: the first administrator, a whole table, a single code.

Codes are printed or written into a table that only its owner may read; they never reach a log.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from core import spreadsheets, texts
from core.actors import UnitScope
from core.clock import local
from core.config import settings
from core.errors import Refusal
from plugins.identity import queries as identity
from plugins.roster import code_files, console_imports, queries, service, undoing, words
from plugins.roster.service import Invited

Errand = Callable[[Sequence[str], datetime], Awaitable[tuple[str, ...]]]

_ADMIN_ARGUMENTS = 2


async def admin(arguments: Sequence[str], now: datetime) -> tuple[str, ...]:
    """Put in office whoever runs the bot: ``admin <name> <unit>``."""
    if len(arguments) != _ADMIN_ARGUMENTS:
        return (texts.render("roster.usage_admin"),)
    name, unit = arguments
    code = await service.add_first_administrator(name=name, unit_name=unit, now=now)
    shown, days = words.spaced_code(code), settings().privacy.invitation_days
    return (texts.render("roster.admin_code", name=words.bare(name), code=shown, days=days),)


async def roster(arguments: Sequence[str], now: datetime) -> tuple[str, ...]:
    """Take in a table: ``roster <file>``; see ``console_imports`` for the words behind it."""
    if len(arguments) == 1 and arguments[0] == words.UNDO_IMPORT:
        undone = await undoing.undo_at_console(now=now)
        return (texts.render("roster.undone_at", at=undone.applied_at, added=undone.added),)
    if not arguments:
        return (texts.render("roster.usage_roster"),)
    source = Path(arguments[0])
    try:
        data = await asyncio.to_thread(source.read_bytes)
    except OSError:
        return (texts.render("roster.file_unreadable", file=source.name),)
    lines, result = await console_imports.take(data, arguments[1:], file=source.name, now=now)
    if result is not None and result.invited:
        path = await asyncio.to_thread(_write_codes, source.parent, result.invited, now)
        await asyncio.to_thread(
            _write_new, path.with_suffix(".docx"), code_files.slips(result.invited)
        )
        lines = [*lines, texts.render("roster.codes_written", file=path.name)]
    return tuple(lines)


async def invite(arguments: Sequence[str], now: datetime) -> tuple[str, ...]:
    """Make one code (``invite <name> [unit]``), or one for everybody without an account."""
    if not arguments:
        return await _invite_all(now)
    scope = queries.EVERYWHERE
    if len(arguments) > 1:
        scope = UnitScope(((await identity.unit_by_name(scope, arguments[1])).path,))
    people = await identity.find_people(scope, arguments[0])
    if not people:
        raise Refusal("roster.name_not_found")
    if len(people) > 1:
        units = words.LIST_MARK.join(person.unit for person in people)
        return (texts.render("roster.invite_which", units=units),)
    made = await service.invite_unbound(person_id=people[0].person_id, now=now)
    shown, days = words.spaced_code(made.code), settings().privacy.invitation_days
    return (texts.render("roster.invited", name=made.name, code=shown, days=days),)


async def _invite_all(now: datetime) -> tuple[str, ...]:
    made = await service.invite_all_unbound(now=now)
    if not made:
        return (texts.render("roster.all_bound"),)
    path = await asyncio.to_thread(_write_codes, settings().data_dir, made, now)
    return (texts.render("roster.codes_written", file=str(path)),)


def _write_codes(folder: Path, invited: Sequence[Invited], now: datetime) -> Path:
    """Write codes into a new table that a spreadsheet opens; never over an older one."""
    rows = [(item.name, item.unit, words.spaced_code(item.code)) for item in invited]
    data = spreadsheets.as_csv([words.CODES_HEADERS, *rows])
    stem = f"{words.CODES_FILE}-{local(now):%Y%m%d-%H%M}"
    number = 1
    while True:
        path = folder / (f"{stem}.csv" if number == 1 else f"{stem}-{number}.csv")
        if _write_new(path, data):
            return path
        number += 1


def _write_new(path: Path, data: bytes) -> bool:
    """Write a file that only its owner may read; False when there is one of that name."""
    try:
        door = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(door, "wb") as file:
        file.write(data)
    return True


def _answering(errand: Errand) -> Errand:
    """Say a refusal instead of raising it: the console has nobody else to say it."""

    async def run(arguments: Sequence[str], now: datetime) -> tuple[str, ...]:
        try:
            return await errand(arguments, now)
        except Refusal as refusal:
            return (texts.render(refusal.key, **refusal.fields),)

    return run


ERRANDS: Mapping[str, Errand] = {
    "admin": _answering(admin),
    "roster": _answering(roster),
    "invite": _answering(invite),
}
