"""The grounds that all storms of a test session are lived on."""

import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.flows.faults.places import Grounds, open_grounds


@pytest.fixture(scope="session")
async def grounds(request: pytest.FixtureRequest) -> AsyncIterator[Grounds]:
    """Planted ledgers; without PostgreSQL on this machine the seeds that need it are left out."""
    url = None
    with contextlib.suppress(pytest.skip.Exception):
        url = request.getfixturevalue("postgres_url")
    async with open_grounds(url) as opened:
        yield opened
