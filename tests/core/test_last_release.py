"""From the last release: rows written by its tables are still whole, and owed, after migrating."""

import importlib
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC
from itertools import count
from pathlib import Path

import asyncpg
import pytest
from tortoise import Tortoise
from tortoise.connection import get_connection

from core import database as db
from core import migrating, schema
from core.clock import FrozenClock
from core.config import Settings
from models import BotAccount, Delivery, ReportCycle, ReportPart
from models.enums import BreakerState
from tests.conftest import POSTGRES

LAST = "0001_initial"
numbers = count()

_DELIVERY = """
INSERT INTO delivery (id, message_id, purpose, occasion, target, priority, state, not_before,
    created_at, updated_at)
VALUES ({number}, 1, 'p', 'o', 'group:{number}', 20, '{state}', '{{now}}', '{{now}}', '{{now}}')
"""
ROWS = (
    """INSERT INTO unit (id, name, kind, path, created_at)
    VALUES (1, '王家村', 'village_branch', '/1/', '{now}')""",
    """INSERT INTO message (id, uid, purpose, body_sealed, created_at)
    VALUES (1, 'u', 'p', '', '{now}')""",
    _DELIVERY.format(number=1, state="due"),
    _DELIVERY.format(number=2, state="unknown"),
    """INSERT INTO person (id, uid, name, home_unit_id, stage, created_at)
    VALUES (1, 'p', '王建国', 1, 'activist', '{now}')""",
    """INSERT INTO report_cycle (id, unit_id, quarter, opens_on, closes_on)
    VALUES (1, 1, '2026Q4', '2026-12-01', '2026-12-31')""",
    """INSERT INTO report_draft (id, uid, person_id, quarter, state, open_key, opened_at,
        updated_at) VALUES (1, 'd', 1, '2026Q4', 'open', 1, '{now}', '{now}')""",
    """INSERT INTO report_part (id, uid, draft_id, position, kind, source_key, added_at)
    VALUES (1, 'x', 1, 1, 'text', 'k', '{now}')""",
    """INSERT INTO bot_account (id, platform, self_id, first_seen_at)
    VALUES (1, 'onebot11', '1001', '{now}')""",
)


@pytest.fixture
def last(app: migrating.App, tmp_path: Path) -> Iterator[migrating.App]:
    """The migrations as the last release had them."""
    source = Path(next(iter(importlib.import_module(app.migrations).__path__)))
    name = f"last_{next(numbers)}"
    (tmp_path / name).mkdir()
    for file in ("__init__.py", f"{LAST}.py"):
        shutil.copy(source / file, tmp_path / name / file)
    sys.path.insert(0, str(tmp_path))
    yield migrating.App(app.models, name)
    sys.path.remove(str(tmp_path))
    for module in [m for m in sys.modules if m.partition(".")[0] == name]:
        del sys.modules[module]


async def _write_last(url: str, settings: Settings, last: migrating.App, now: str) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    await db._connect(db._connection(url, settings.data_dir), last)
    client = get_connection("default")
    await migrating._apply(client, last)
    for statement in ROWS:
        await client.execute_query(statement.format(now=now))
    await Tortoise.close_connections()


async def _empty_postgres(url: str) -> str:
    """Return the url of a database of its own on the same server."""
    name = f"last_{next(numbers)}"
    connection = await asyncpg.connect(url)
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    head, _, tail = url.rpartition("/postgres")
    return f"{head}/{name}{tail}"


@pytest.mark.postgres
async def test_given_rows_of_the_last_release_when_opening_then_they_are_owed_as_before(
    settings: Settings,
    app: migrating.App,
    last: migrating.App,
    clock: FrozenClock,
    request: pytest.FixtureRequest,
) -> None:
    url = "sqlite"
    if POSTGRES:
        url = await _empty_postgres(request.getfixturevalue("postgres_url"))
    now = clock.now().astimezone(UTC)
    await _write_last(url, settings, last, now.isoformat(" "))
    await db.open_database(url, kind=db.PRODUCTION, data_dir=settings.data_dir, app=app)
    try:
        await schema.require_same(get_connection("default"))
        rows = await Delivery.all().order_by("id")
        assert [(row.state.value, row.order_at, row.is_held) for row in rows] == [
            ("due", now, False),
            ("unknown", now, False),
        ]
        (account,) = await BotAccount.all()
        assert (account.breaker, account.failures) == (BreakerState.CLOSED, 0)
        part = await ReportPart.get(draft__open_key=1).prefetch_related("draft")
        assert (part.uid, part.look, part.extract_sealed) == ("x", "", None)
        assert (part.draft.quarter, part.draft.sheet_blob_id) == ("2026Q4", None)
        assert await ReportCycle.filter(quarter="2026Q4").count() == 1
        if not POSTGRES:
            copies = list((settings.data_dir / "backup").glob("before-0*.db"))
            assert len(copies) == 1
    finally:
        await db.close_database()
