"""Watches that the disk of the data folder does not fill up: nothing could be kept any more."""

import asyncio
import shutil
from datetime import datetime

from core import config
from core.database import run_tx
from plugins.alarm import service

# Weeks of messages fit into this; reports with photos fill it within days.
LOW_BYTES = 500 * 2**20
FINE_BYTES = 1000 * 2**20
_KEY = "data"


async def watch(*, now: datetime) -> None:
    """Raise the alarm when little is left, and clear it when there is room again. Commits."""
    usage = await asyncio.to_thread(shutil.disk_usage, config.settings().data_dir)
    await note(free_bytes=usage.free, now=now)


async def note(*, free_bytes: int, now: datetime) -> None:
    """Raise or clear by what is free, in bytes. Commits."""
    if free_bytes < LOW_BYTES:
        detail: dict[str, object] = {"megabytes": free_bytes // 2**20}
        await run_tx(lambda: service.raise_alarm(kind="disk_low", key=_KEY, detail=detail, now=now))
    elif free_bytes > FINE_BYTES:
        await run_tx(lambda: service.clear_alarm(kind="disk_low", key=_KEY, now=now))
