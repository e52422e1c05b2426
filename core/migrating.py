"""Applies migrations with the guards that Tortoise's own runner lacks, and writes new ones.

Measured on Tortoise 1.1.9: on SQLite its rebuilt tables lose their children while foreign keys
are on, and composite indexes silently; on PostgreSQL two processes collide. So: a copy of the file
first, foreign keys off and checked after, the schema compared with a fresh one, an advisory lock.

``python -m core.migrating make <name>`` writes the next migration from the models.
"""

import asyncio
import re
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # ships no types
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, PlanStep
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.schema_editor import (
    AsyncpgSchemaEditor,
    BaseSchemaEditor,
    SqliteSchemaEditor,
)
from tortoise.migrations.writer import MigrationWriter, format_migration_name
from tortoise.models import Model

from core import clock, disk, logs, schema
from core.errors import Fault, StartRefused

log = logs.get("migrating")

_COPIES_KEPT = 5
# Any number will do; every process of ours uses the same one.
_ADVISORY_KEY = 7_219_330_411


@dataclass(frozen=True, slots=True)
class App:
    """The modules of tables and of their migrations."""

    models: str = "models"
    migrations: str = "models.migrations"

    def config(self) -> dict[str, dict[str, Any]]:
        """Return what Tortoise calls the apps configuration."""
        return {
            "models": {
                "models": [self.models],
                "migrations": self.migrations,
                "default_connection": "default",
            }
        }


OURS = App()


class _ColumnNames(BaseSchemaEditor):
    """Names columns in indexes: Tortoise writes the relation's name (``person``), not its column.

    On SQLite that makes an index over a constant text without a word, on PostgreSQL an error.
    """

    def _get_index_sql(
        self, model: type[Model], field_names: list[str], *args: Any, **kwargs: Any
    ) -> str:
        columns = self._resolve_fields_to_columns(model, field_names)
        return super()._get_index_sql(model, columns, *args, **kwargs)

    def _generate_index_name(self, prefix: str, model: type[Model], field_names: list[str]) -> str:
        columns = self._resolve_fields_to_columns(model, field_names)
        return super()._generate_index_name(prefix, model, columns)


class _PostgresEditor(_ColumnNames, AsyncpgSchemaEditor):  # type: ignore[misc]  # arguments pass
    """Tortoise's editor for PostgreSQL."""


class _SqliteEditor(_ColumnNames, SqliteSchemaEditor):
    """Cuts scripts where statements end, and keeps the indexes of a table it rebuilds.

    Tortoise cuts at every ``;``, in comments too, and forgets indexes and uniques of many columns.
    """

    async def _run_sql(self, sql: str) -> None:
        if self.collect_sql or not self.atomic_migration:
            await super()._run_sql(sql)
            return
        for statement in statements(sql):
            await self.client.execute_query(statement)

    async def _remake_table(self, model: type[Model], *args: Any, **kwargs: Any) -> None:
        table = model._meta.db_table  # noqa: SLF001  # Tortoise's own way to ask
        before = await schema.sqlite_indexes(self.client, table)
        await super()._remake_table(model, *args, **kwargs)
        columns = await schema.sqlite_columns(self.client, table)
        after = await schema.sqlite_indexes(self.client, table)
        for index, statement in before.items():
            if index not in after and columns.issuperset(index.columns):
                await self._run_sql(statement)


class _Executor(MigrationExecutor):
    """Tortoise's runner with our editors."""

    def _schema_editor(self, atomic: bool = True, collect_sql: bool = False) -> BaseSchemaEditor:
        editor = _SqliteEditor if schema.is_sqlite(self.connection) else _PostgresEditor
        return editor(self.connection, atomic=atomic, collect_sql=collect_sql)


def statements(script: str) -> list[str]:
    """Return the statements of a SQL script, split only where one is complete."""
    found, pending = [], ""
    for piece in re.split(r"(?<=;)", script):
        pending += piece
        if sqlite3.complete_statement(pending):
            found.append(pending.strip())
            pending = ""
    return [*found, pending.strip()] if pending.strip() else found


async def migrate(
    client: BaseDBAsyncClient, *, app: App = OURS, backup_dir: Path | None = None
) -> bool:
    """Bring the database of ``client`` to the newest schema; return whether anything was applied.

    ``backup_dir`` gets the copy of a SQLite file that is not empty. Raises StartRefused
    ``start.database_newer``; Fault when rows or schema are not as they should be afterwards.
    """
    if not await _pending(client, app):
        return False
    async with _alone(client):
        steps = await _pending(client, app)
        if not steps:
            return False
        if backup_dir is not None and schema.is_sqlite(client):
            await _copy(client, backup_dir, steps[-1].migration.name)
        await _apply(client, app)
        await schema.require_same(client)
    log.info("migrated", steps=len(steps), to=steps[-1].migration.name)
    return True


async def _pending(client: BaseDBAsyncClient, app: App) -> list[PlanStep]:
    executor = _Executor(client, app.config())
    applied = await _applied(executor, client)
    await executor.loader.build_graph()
    known = set(executor.loader.disk_migrations)
    unknown = sorted(key.name for key in applied - known if key.app_label == "models")
    if unknown:
        newest = max((key.name for key in known), default="0000")
        raise StartRefused("start.database_newer", known=newest, found=unknown[-1])
    return [] if known <= applied else await executor.plan()


async def _applied(executor: _Executor, client: BaseDBAsyncClient) -> set[MigrationKey]:
    """Return what is applied; Tortoise itself takes any error for an empty list."""
    if "tortoise_migrations" not in await schema.tables(client):
        return set()
    return set(await executor.recorder.applied_migrations())


@asynccontextmanager
async def _alone(client: BaseDBAsyncClient) -> AsyncIterator[None]:
    """Keep other processes out; a SQLite file has only one process by its lock."""
    if schema.is_sqlite(client):
        yield
        return
    holder = await asyncpg.connect(**schema.credentials(client))
    try:
        await holder.execute("SELECT pg_advisory_lock($1)", _ADVISORY_KEY)
        yield
    finally:
        await holder.close()


async def _copy(client: BaseDBAsyncClient, backup_dir: Path, name: str) -> None:
    if not await schema.tables(client) - {"tortoise_migrations"}:
        return
    disk.private_folder(backup_dir)
    stamp = f"{clock.now():%Y%m%dT%H%M%S%fZ}"
    target = backup_dir / f"before-{name}-{stamp}.db"
    await client.execute_query("VACUUM INTO ?", [str(target)])
    await asyncio.to_thread(_tidy_copies, backup_dir, target)


def _tidy_copies(backup_dir: Path, newest: Path) -> None:
    newest.chmod(0o600)
    copies = sorted(backup_dir.glob("before-*.db"), key=lambda path: path.stem.rsplit("-", 1)[-1])
    for old in copies[:-_COPIES_KEPT]:
        old.unlink()


async def _apply(client: BaseDBAsyncClient, app: App) -> None:
    executor = _Executor(client, app.config())
    if not schema.is_sqlite(client):
        await executor.migrate(direction="forward")
        return
    await client.execute_query("PRAGMA foreign_keys = OFF")
    try:
        await executor.migrate(direction="forward")
        _, broken = await client.execute_query("PRAGMA foreign_key_check")
    finally:
        await client.execute_query("PRAGMA foreign_keys = ON")
    if broken:
        tables = sorted({str(dict(row)["table"]) for row in broken})
        raise Fault(f"rows without their parent after migrating: {', '.join(tables)}")


async def changes(app: App = OURS) -> list[MigrationWriter]:
    """Return the migrations that are missing: what the models say and no migration does yet."""
    async with TortoiseContext() as context:
        await context.init(
            config={"connections": {"default": "sqlite://:memory:"}, "apps": app.config()},
            init_connections=False,
        )
        if context.apps is None:
            raise Fault("no models")
        return await MigrationAutodetector(context.apps, app.config(), now=clock.now).changes()


async def make_migration(name: str, app: App = OURS) -> Path | None:
    """Write the next migration, called ``NNNN_<name>``; return its path, None without changes."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,48}", name):
        raise Fault("a migration's name is small letters, digits and _")
    writers = await changes(app)
    if not writers:
        return None
    number = int(writers[0].name.split("_", 1)[0])
    writers[0].name = format_migration_name(number, name)
    return writers[0].write()


def main(arguments: list[str]) -> int:
    """Run ``make <name>``; return the exit code."""
    match arguments:
        case ["make", name]:
            path = asyncio.run(make_migration(name))
        case _:
            sys.stderr.write("python -m core.migrating make <name>\n")
            return 2
    sys.stdout.write(f"{path or 'nothing to do'}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
