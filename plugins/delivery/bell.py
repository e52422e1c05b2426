"""Wakes the dispatcher when something was put into the ledger; the timer covers what it misses."""

import asyncio

_event: asyncio.Event | None = None
_rings = 0


def listen() -> asyncio.Event:
    """Return the event that ``ring`` sets from now on."""
    global _event
    _event = asyncio.Event()
    return _event


def ring() -> None:
    """Wake whoever listens; harmless when nobody does, or before the commit."""
    global _rings
    _rings += 1
    if _event is not None:
        _event.set()


def rings() -> int:
    """Return how often it rang so far: another number means that something was put in."""
    return _rings
