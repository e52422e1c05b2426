"""Migrations with rows in every table, and what stops a start."""

import asyncio
import importlib
import itertools
import os
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from tortoise import Tortoise, fields
from tortoise.connection import get_connection
from tortoise.fields.relational import BackwardFKRelation, ForeignKeyFieldInstance
from tortoise.migrations.operations import AlterField
from tortoise.migrations.writer import MigrationWriter
from tortoise.models import Model

from core import clock as clocks
from core import config, database, migrating, schema
from core.errors import Fault, StartRefused

counter = itertools.count(1)
VALUES = {
    fields.CharField: lambda field: str(next(counter)).zfill(min(6, field.max_length)),
    fields.TextField: lambda _: "words; more words",
    fields.BinaryField: lambda _: b"\0sealed",
    fields.BooleanField: lambda _: True,
    fields.DatetimeField: lambda _: clocks.now() + timedelta(seconds=next(counter)),
    fields.DateField: lambda _: clocks.local_day(clocks.now()) + timedelta(days=next(counter)),
    fields.JSONField: lambda _: {"n": next(counter)},
}  # fmt: skip


async def test_given_the_models_when_compared_with_the_migrations_then_none_is_missing() -> None:
    assert await migrating.changes() == []


def test_given_a_script_when_cut_then_only_where_statements_end() -> None:
    script = "CREATE TABLE a (x TEXT /* one; two */);\nINSERT INTO a VALUES ('x;y'); SELECT 1"
    assert migrating.statements(script) == [
        "CREATE TABLE a (x TEXT /* one; two */);",
        "INSERT INTO a VALUES ('x;y');",
        "SELECT 1",
    ]


def _tables() -> list[type[Model]]:
    """Return all models, parents before their children."""
    assert Tortoise.apps is not None
    waiting = list(Tortoise.apps["models"].values())
    done: list[type[Model]] = []
    while waiting:
        model = next(m for m in waiting if all(p in done or p is m for p in _parents(m)))
        waiting.remove(model)
        done.append(model)
    return done


def _parents(model: type[Model]) -> list[type[Model]]:
    names = model._meta.fk_fields | model._meta.o2o_fields
    keys = [model._meta.fields_map[name] for name in names]
    return [key.related_model for key in keys if isinstance(key, ForeignKeyFieldInstance)]


async def _fill(model: type[Model], made: dict[type[Model], Model]) -> None:
    values: dict[str, Any] = {}
    for name, field in model._meta.fields_map.items():
        if (field.pk and field.generated) or isinstance(field, BackwardFKRelation):
            continue
        if isinstance(field, ForeignKeyFieldInstance):
            values[name] = made.get(field.related_model)
        elif field.reference is None and name not in model._meta.backward_fk_fields:
            values[name] = _value(field)
    made[model] = await model.create(**values)


def _value(field: Any) -> object:
    if hasattr(field, "enum_type"):
        return next(iter(field.enum_type))
    for kind, make in VALUES.items():
        if isinstance(field, kind):
            return make(field)
    return next(counter)


async def _fill_all() -> None:
    made: dict[type[Model], Model] = {}
    for _ in range(2):
        for model in _tables():
            if model._meta.db_table != "instance_mark":
                await _fill(model, made)


async def _counts() -> dict[str, int]:
    client = get_connection("default")
    counts = {}
    for table in sorted(await schema.tables(client) - {"tortoise_migrations"}):
        query = f'SELECT count(*) AS n FROM "{table}"'  # noqa: S608  # names of our own tables
        (row,) = await client.execute_query_dict(query)
        counts[table] = row["n"]
    return counts


def _altering(longer: int) -> list[AlterField]:
    """Return an operation for a plain column of every table that has children."""
    operations = []
    for model in {parent for table in _tables() for parent in _parents(table)}:
        name, field = min(
            (item for item in model._meta.fields_map.items() if _is_plain(item[1])),
            key=lambda item: isinstance(item[1], fields.SmallIntField),
        )
        changed = copy(field)
        if longer and isinstance(changed, fields.CharField):
            changed.max_length += longer
        elif longer:
            changed.db_default = 7
        operations.append(AlterField(model.__name__, name, changed))
    return sorted(operations, key=lambda operation: str(operation.model_name))


def _is_plain(field: Any) -> bool:
    if isinstance(field, fields.CharField):
        return not hasattr(field, "enum_type")
    return isinstance(field, fields.SmallIntField) and not field.has_db_default()


@pytest.fixture
def later(app: migrating.App, tmp_path: Path) -> Iterator[migrating.App]:
    """A copy of the migrations that tests add to."""
    source = Path(next(iter(importlib.import_module(app.migrations).__path__)))
    name = f"later_{next(counter)}"
    shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    sys.path.insert(0, str(tmp_path))
    yield migrating.App(app.models, name)
    sys.path.remove(str(tmp_path))
    for module in [m for m in sys.modules if m.partition(".")[0] == name]:
        del sys.modules[module]


def _write(later: migrating.App, name: str, operations: list[AlterField]) -> None:
    folder = Path(next(iter(importlib.import_module(later.migrations).__path__)))
    last = max(folder.glob("0*.py")).stem
    MigrationWriter(
        name, "models", operations,
        dependencies=[("models", last)], migrations_module=later.migrations,
    ).write()  # fmt: skip


def _write_there_and_back(later: migrating.App) -> None:
    _write(later, "0901_longer", _altering(1))
    _write(later, "0902_as_before", _altering(0))
    importlib.invalidate_caches()


async def _rows_survive(later: migrating.App, backups: Path | None) -> None:
    await _fill_all()
    before = await _counts()
    assert min(before.values()) > 0, before
    _write_there_and_back(later)
    client = get_connection("default")
    assert await migrating.migrate(client, app=later, backup_dir=backups)
    assert await _counts() == before
    await schema.require_same(client)
    assert not await migrating.migrate(client, app=later, backup_dir=backups)


@pytest.mark.usefixtures("clock")
async def test_given_rows_in_every_table_when_parents_are_altered_then_all_rows_and_indexes_stay(
    settings: config.Settings, sqlite_client: Any, later: migrating.App
) -> None:
    backups = settings.data_dir / "backup"
    await _rows_survive(later, backups)
    (row,) = await sqlite_client.execute_query_dict("PRAGMA foreign_keys")
    assert row == {"foreign_keys": 1}
    (copied,) = backups.iterdir()
    assert copied.name.startswith("before-0902_as_before-20261123T010000")
    with sqlite3.connect(copied) as connection:
        (applied,) = connection.execute("SELECT max(name) FROM tortoise_migrations").fetchone()
        (people,) = connection.execute("SELECT count(*) FROM person").fetchone()
    connection.close()
    assert applied < "0901"
    assert people == 2


@pytest.mark.postgres
@pytest.mark.usefixtures("clock", "postgres_database")
async def test_given_rows_on_postgres_when_parents_are_altered_then_all_stay(
    later: migrating.App,
) -> None:
    await _rows_survive(later, None)


@pytest_asyncio.fixture
async def sqlite_client(database: str) -> AsyncIterator[Any]:
    """The open connection of a SQLite database."""
    if database != "sqlite":
        pytest.skip("SQLite only")
    yield get_connection("default")


@pytest.mark.usefixtures("clock")
async def test_given_many_copies_when_migrating_then_the_last_five_stay(
    sqlite_client: Any, later: migrating.App, tmp_path: Path
) -> None:
    for hour in range(7):
        (tmp_path / f"before-0001_initial-20261101T0{hour}0000000000Z.db").touch()
    _write_there_and_back(later)
    await migrating.migrate(sqlite_client, app=later, backup_dir=tmp_path)
    kept = sorted(name.rpartition("-")[2][:11] for name in os.listdir(tmp_path) if "before" in name)  # noqa: PTH208
    assert kept == ["20261101T03", "20261101T04", "20261101T05", "20261101T06", "20261123T01"]


@pytest.mark.parametrize(
    "damage",
    [
        "DROP INDEX {index}",
        "ALTER TABLE unit ADD COLUMN surplus TEXT",
        "ALTER TABLE person DROP COLUMN left_on",
        "DROP TABLE seen_event",
    ],
)
async def test_given_another_schema_when_compared_then_it_is_a_fault(
    sqlite_client: Any, damage: str
) -> None:
    await schema.require_same(sqlite_client)
    made = await schema.sqlite_indexes(sqlite_client, "person")
    index = made[schema.SqliteIndex(("home_unit_id", "stage"), unique=False)].split()[2]
    await sqlite_client.execute_script(damage.format(index=index))
    with pytest.raises(Fault, match="schema differs"):
        await schema.require_same(sqlite_client)


async def test_given_rows_without_parent_when_migrating_then_it_is_a_fault(
    sqlite_client: Any, later: migrating.App
) -> None:
    await sqlite_client.execute_script(
        "PRAGMA foreign_keys = OFF;"
        "INSERT INTO consent (person_id, kind, version, decision, decided_at)"
        " VALUES (77, 'basics', '1', 'given', '2026-11-23');"
        "PRAGMA foreign_keys = ON;"
    )
    _write_there_and_back(later)
    with pytest.raises(Fault, match="without their parent after migrating: consent"):
        await migrating.migrate(sqlite_client, app=later)


@pytest.mark.usefixtures("clock")
async def test_given_a_database_of_a_newer_version_when_opening_then_it_is_refused(
    settings: config.Settings, sqlite_client: Any, app: migrating.App
) -> None:
    await sqlite_client.execute_script(
        "INSERT INTO tortoise_migrations (app, name, applied_at)"
        " VALUES ('models', '0999_from_the_future', '2027-01-01')"
    )
    await database.close_database()
    with pytest.raises(StartRefused) as refused:
        await database.open_database(
            "sqlite", kind=database.PRODUCTION, data_dir=settings.data_dir, app=app
        )
    assert refused.value.key == "start.database_newer"
    assert refused.value.fields["found"] == "0999_from_the_future"
    assert str(refused.value.fields["known"]).startswith("0")


@pytest.mark.postgres
async def test_given_another_process_migrating_postgres_when_opening_then_it_waits_its_turn(
    settings: config.Settings, empty_postgres: str, app: migrating.App
) -> None:
    other = await asyncpg.connect(empty_postgres)
    await other.execute("SELECT pg_advisory_lock($1)", migrating._ADVISORY_KEY)
    opening = asyncio.create_task(
        database.open_database(
            empty_postgres, kind=database.PRODUCTION, data_dir=settings.data_dir, app=app
        )
    )
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    async with asyncio.timeout(20):
        while not await other.fetchval(waiting):
            assert not opening.done()
    made = await other.fetchval("SELECT count(*) FROM pg_tables WHERE tablename = 'person'")
    await other.close()
    await opening
    await database.close_database()
    assert made == 0


async def test_given_a_changed_model_when_making_a_migration_then_it_is_written(
    later: migrating.App, database: str
) -> None:
    assert await migrating.make_migration("nothing_new", later) is None
    _write(later, "0901_longer", _altering(1))
    importlib.invalidate_caches()
    path = await migrating.make_migration("back_to_normal", later)
    assert path is not None
    assert path.name == "0902_back_to_normal.py"
    with pytest.raises(Fault):
        await migrating.make_migration("../elsewhere", later)
