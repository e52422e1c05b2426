"""Reads the shape of a database and compares it with what the models would make from nothing."""

import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import asyncpg  # type: ignore[import-untyped]  # ships no types
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.utils import get_schema_sql

from core.errors import Fault

# One line a fact: ``table column type``, ``table index columns``. Order of columns does not matter.
Shape = frozenset[str]

_PG_TABLES = "SELECT tablename AS name FROM pg_tables WHERE schemaname = $1"
_PG_COLUMNS = """SELECT table_name, column_name, data_type, character_maximum_length,
    is_nullable, column_default FROM information_schema.columns WHERE table_schema = $1"""
_PG_INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = $1"
_PG_KEYS = """SELECT c.conrelid::regclass::text AS table_name, pg_get_constraintdef(c.oid) AS def
    FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
    WHERE n.nspname = $1 AND c.contype = 'f'"""


def is_sqlite(client: BaseDBAsyncClient) -> bool:
    """Whether ``client`` is a SQLite connection."""
    return client.capabilities.dialect == "sqlite"


async def tables(client: BaseDBAsyncClient) -> set[str]:
    """Return the names of all tables."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    if is_sqlite(client):
        _, rows = await client.execute_query(query)
    else:
        _, rows = await client.execute_query(_PG_TABLES, ["public"])
    return {str(dict(row)["name"]) for row in rows}


@dataclass(frozen=True, slots=True)
class SqliteIndex:
    """An index, by what it covers. A UNIQUE of the table itself is one too."""

    columns: tuple[str, ...]
    unique: bool


async def sqlite_indexes(client: BaseDBAsyncClient, table: str) -> dict[SqliteIndex, str]:
    """Return the indexes of ``table``, each with a statement that makes it (primary keys aside)."""
    query = """SELECT l.name, l."unique", m.sql FROM pragma_index_list(?) l
        LEFT JOIN sqlite_master m ON m.type = 'index' AND m.name = l.name WHERE l.origin <> 'pk'"""
    found = {}
    for row in await client.execute_query_dict(query, [table]):
        parts = await client.execute_query_dict(
            "SELECT name FROM pragma_index_info(?)", [row["name"]]
        )
        index = SqliteIndex(tuple(str(part["name"]) for part in parts), bool(row["unique"]))
        found[index] = str(row["sql"] or _unique_sql(table, index.columns))
    return found


def _unique_sql(table: str, columns: tuple[str, ...]) -> str:
    covered = ", ".join(f'"{column}"' for column in columns)
    return f'CREATE UNIQUE INDEX "uid_{table}_{"_".join(columns)}" ON "{table}" ({covered})'


async def sqlite_columns(client: BaseDBAsyncClient, table: str) -> frozenset[str]:
    """Return the names of the columns of ``table``."""
    rows = await client.execute_query_dict("SELECT name FROM pragma_table_info(?)", [table])
    return frozenset(str(row["name"]) for row in rows)


async def require_same(client: BaseDBAsyncClient) -> None:
    """Fault with the differences when ``client``'s schema is not what its models would make."""
    fresh_sql = get_schema_sql(client, safe=False)
    if is_sqlite(client):
        found = await _sqlite_shape(client)
        wanted = _fresh_sqlite(fresh_sql)
    else:
        found, wanted = await _postgres_shapes(client, fresh_sql)
    missing, surplus = sorted(wanted - found), sorted(found - wanted)
    if missing or surplus:
        raise Fault(f"schema differs from the models: missing {missing}, surplus {surplus}")


async def _sqlite_shape(client: BaseDBAsyncClient) -> Shape:
    """Read the file's shape through a plain copy of its CREATE statements."""
    _, rows = await client.execute_query(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        " AND tbl_name <> 'tortoise_migrations' ORDER BY type DESC"
    )
    return _fresh_sqlite(";\n".join(str(dict(row)["sql"]) for row in rows))


def _fresh_sqlite(script: str) -> Shape:
    connection = sqlite3.connect(":memory:")
    try:
        connection.executescript(script)
        return frozenset(_sqlite_facts(connection))
    finally:
        connection.close()


def _sqlite_facts(connection: sqlite3.Connection) -> Iterator[str]:
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    for (table,) in names.fetchall():
        columns = connection.execute("SELECT * FROM pragma_table_info(?)", (table,))
        for _, name, kind, not_null, default, primary in columns:
            yield f"{table} column {name} {kind} {not_null} {default} {primary}"
        indexes = connection.execute("SELECT * FROM pragma_index_list(?)", (table,))
        for _, index, unique, *_ in indexes.fetchall():
            parts = connection.execute("SELECT name FROM pragma_index_info(?)", (index,))
            yield f"{table} index {','.join(str(part) for (part,) in parts)} unique={unique}"
        keys = connection.execute("SELECT * FROM pragma_foreign_key_list(?)", (table,))
        for _, _, parent, own, theirs, _, on_delete, _ in keys:
            yield f"{table} key {own} -> {parent}.{theirs} {on_delete}"


async def _postgres_shapes(client: BaseDBAsyncClient, fresh_sql: str) -> tuple[Shape, Shape]:
    """Return the shape of ``public`` and that of a schema made from nothing, then dropped."""
    other = f"fresh_{secrets.token_hex(6)}"
    connection = await asyncpg.connect(**credentials(client))
    try:
        await connection.execute(f'CREATE SCHEMA "{other}"')
        await connection.execute(f'SET search_path TO "{other}"')
        await connection.execute(fresh_sql)
        wanted = await _postgres_shape(connection, other)
        await connection.execute("SET search_path TO public")
        return await _postgres_shape(connection, "public"), wanted
    finally:
        await connection.execute(f'DROP SCHEMA IF EXISTS "{other}" CASCADE')
        await connection.close()


async def _postgres_shape(connection: Any, name: str) -> Shape:
    facts = set()
    for row in await connection.fetch(_PG_COLUMNS, name):
        facts.add(f"{row['table_name']} column {' '.join(str(value) for value in row[1:])}")
    for row in await connection.fetch(_PG_INDEXES, name):
        # The name of an index may differ after a rename; what it covers may not.
        unique = "UNIQUE" in row["indexdef"].split(" INDEX ")[0]
        covered = row["indexdef"].split(" USING ")[1]
        facts.add(f"{row['tablename']} index {covered} unique={unique}")
    facts |= {
        f"{row['table_name']} key {row['def']}" for row in await connection.fetch(_PG_KEYS, name)
    }
    return frozenset(
        fact.replace(f"{name}.", "")
        for fact in facts
        if not fact.startswith("tortoise_migrations ")
    )


def credentials(client: BaseDBAsyncClient) -> Mapping[str, Any]:
    """Return the arguments with which asyncpg connects to the same PostgreSQL."""
    postgres = cast("AsyncpgDBClient", client)
    return {
        "host": postgres.host,
        "port": postgres.port,
        "user": postgres.user,
        "password": postgres.password,
        "database": postgres.database,
    }
