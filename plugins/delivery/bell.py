"""Wakes the dispatcher when something was put into the ledger; the timer covers what it misses."""

import asyncio

_event: asyncio.Event | None = None


def listen() -> asyncio.Event:
    """Return the event that ``ring`` sets from now on."""
    global _event
    _event = asyncio.Event()
    return _event


def ring() -> None:
    """Wake whoever listens; harmless when nobody does, or before the commit."""
    if _event is not None:
        _event.set()
