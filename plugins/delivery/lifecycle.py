"""Start and stop of sending in this process, and what the clock does for all of it."""

from collections.abc import Mapping
from datetime import datetime

from core import logs
from core.config import settings
from core.config_values import Part
from plugins.delivery import evidence, health, recovery, seats, settling
from plugins.delivery.beats import BEATS, LISTENING, Beats
from plugins.delivery.dispatcher import Dispatcher
from plugins.delivery.judging import Check

log = logs.get("delivery")

_checks: dict[str, Check] = {}
_running: Dispatcher | None = None
_beats: Beats | None = None


def use_checks(checks: Mapping[str, Check]) -> None:
    """Take the still-owed checks that the rooms export, by name."""
    _checks.clear()
    _checks.update(checks)


async def start() -> None:
    """Begin to send what is due, when sending is this process's business."""
    global _running, _beats
    parts = settings().process.parts
    if not parts & {Part.DELIVERY, Part.CHAT}:
        return
    await evidence.start()
    await seats.start()
    if Part.DELIVERY in parts:
        _running = Dispatcher(_checks)
        await _running.start()
    _beats = Beats(BEATS if _running is not None else LISTENING)
    await _beats.start()


async def stop() -> None:
    """End after the window that is under way."""
    global _running, _beats
    if _beats is None:
        return
    await _beats.stop()
    await health.stop()
    if _running is not None:
        await _running.stop()
    await seats.stop()
    await evidence.stop()
    _running = _beats = None


async def sweep(*, now: datetime) -> None:
    """Let go of what came too late, and take over what a dead process held."""
    await settling.expire_overdue(now=now)
    owner = "" if _running is None else _running.owner
    due, unknown = await recovery.recover(now=now, owner=owner, alone=False)
    if due or unknown:
        log.warning("recovered", due=due, unknown=unknown)
