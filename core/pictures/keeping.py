"""Pages as stored pictures: drawn off the loop, two at once, and each page only once.

Which page is which stored file stands in ``data/pictures.json``, so that a restart draws nothing
again. A page is named by a hash of its words, the font and the look; the list can be lost. A file
that the list forgets goes when no row names it any more (``core.strays``).
"""

import asyncio
import hashlib
import json
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core import config, disk, files
from core.errors import Fault
from core.messages import Blob, MediaKind
from core.pictures.charts import Chart, draw_chart
from core.pictures.drawing import draw
from core.pictures.fonts import SHA256
from core.pictures.pages import Page

# Count up when pictures look different from before.
LOOK = 1
MOST_KEPT = 500

_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pictures")
_known: dict[Path, OrderedDict[str, tuple[str, ...]]] = {}
_under_way: dict[tuple[Path, str], asyncio.Task[tuple[str, ...]]] = {}


async def blobs_of(page: Page | Chart, *, name: str) -> tuple[Blob, ...]:
    """Return ``page`` as stored pictures called ``name`` (no suffix); drawn only the first time.

    Not inside a transaction. Raises what ``draw`` and ``files.put`` raise.
    """
    digest, index = name_of(page), config.settings().data_dir / "pictures.json"
    key = (index, digest)
    if key not in _under_way:
        task = asyncio.create_task(_stored(page, digest, index))
        _under_way[key] = task
        task.add_done_callback(lambda _done: _under_way.pop(key, None))
    ids = await asyncio.shield(_under_way[key])
    return tuple(
        Blob(MediaKind.IMAGE, blob_id, f"{name}-{number}.png")
        for number, blob_id in enumerate(ids, 1)
    )


def name_of(page: Page | Chart) -> str:
    """Return the hash that names what ``page`` looks like."""
    return hashlib.sha256(f"{LOOK} {SHA256} {page!r}".encode()).hexdigest()


async def kept_ids() -> frozenset[str]:
    """Return the ids of the files that the list names."""
    index = config.settings().data_dir / "pictures.json"
    known = {**await asyncio.to_thread(_read, index), **_known.get(index, {})}
    return frozenset(blob_id for ids in known.values() for blob_id in ids)


async def _stored(page: Page | Chart, digest: str, index: Path) -> tuple[str, ...]:
    known = _known.get(index)
    if known is None:
        known = _known.setdefault(index, await asyncio.to_thread(_read, index))
    if digest in known and await _are_there(known[digest]):
        known.move_to_end(digest)
        return known[digest]
    loop = asyncio.get_running_loop()
    drawn = await loop.run_in_executor(_threads, _drawn, page)
    ids = tuple([(await files.put(data, suffix="png")).blob_id for data in drawn])
    known[digest] = ids
    while len(known) > MOST_KEPT:
        known.popitem(last=False)
    await asyncio.to_thread(disk.write_atomic, index, json.dumps(known).encode())
    return ids


def _drawn(page: Page | Chart) -> tuple[bytes, ...]:
    return (draw_chart(page),) if isinstance(page, Chart) else draw(page)


async def _are_there(ids: tuple[str, ...]) -> bool:
    try:
        for blob_id in ids:
            await files.read(blob_id)
            await files.use(blob_id)
    except Fault:
        return False
    return True


def _read(index: Path) -> OrderedDict[str, tuple[str, ...]]:
    try:
        data = json.loads(index.read_bytes())
        return OrderedDict((str(digest), tuple(map(str, ids))) for digest, ids in data.items())
    except (OSError, ValueError, AttributeError, TypeError):
        return OrderedDict()
