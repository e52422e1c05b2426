"""A PostgreSQL database for the tests that need one, whatever the rest of the suite runs on."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from tortoise.backends.base.executor import EXECUTOR_CACHE

from core import config, migrating
from core import database as db


@pytest.fixture
async def empty_postgres(postgres_url: str) -> str:
    """The url of a PostgreSQL database of its own without any table."""
    connection = await asyncpg.connect(postgres_url)
    try:
        await connection.execute("DROP DATABASE IF EXISTS core_tests WITH (FORCE)")
        await connection.execute("CREATE DATABASE core_tests")
    finally:
        await connection.close()
    return postgres_url.replace("/postgres?", "/core_tests?")


@pytest_asyncio.fixture
async def postgres_database(
    settings: config.Settings, empty_postgres: str, app: migrating.App, template: object
) -> AsyncIterator[str]:
    """An open PostgreSQL database without rows."""
    EXECUTOR_CACHE.clear()  # Tortoise keeps the SQL of one dialect a process
    await db.open_database(empty_postgres, kind=db.PRODUCTION, data_dir=settings.data_dir, app=app)
    yield empty_postgres
    await db.close_database()
    EXECUTOR_CACHE.clear()
