"""The county with one piece on its shelf, and files that people send."""

from collections.abc import Iterator

import pytest
import pytest_asyncio

from core.clock import FrozenClock
from core.config import Settings
from plugins.gateway import downloads
from plugins.study import library
from plugins.study.library import Library
from tests.plugins.study.county import County
from tests.plugins.study.local_pieces.bringing_in import WAGES, Sent
from tests.plugins.study.reading import reviewed


@pytest.fixture(autouse=True)
def shelf() -> Iterator[None]:
    library.use(reviewed([WAGES]))
    yield
    library.use(Library.load(library.FOLDER))


@pytest_asyncio.fixture
async def county(
    database: str, keys: object, texts: object, clock: FrozenClock, settings: Settings
) -> County:
    made = County(clock, settings, database)
    await made.plant()
    return made


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    made = Sent()
    monkeypatch.setattr(downloads, "fetch", made.fetch)
    return made
