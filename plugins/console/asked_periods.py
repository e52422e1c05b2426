"""Periods as they come back in an address or a form: read, and refused when nobody asked so."""

from core.errors import Refusal
from plugins.stats.periods import Period

# What may be asked for: some years at most, in years in which there is anything.
_YEARS = range(1950, 2101)
_MOST_DAYS = 1000


def read(said: str) -> Period | None:
    """Return the period kept as ``said``; None for what no page of ours wrote."""
    try:
        found = Period.from_text(said)
    except ValueError:
        return None
    length = (found.last - found.first).days
    return found if found.first.year in _YEARS and 0 <= length <= _MOST_DAYS else None


def required(said: str) -> Period:
    """Return the period kept as ``said``; Refusal ``console.export_gone`` otherwise."""
    found = read(said)
    if found is None:
        raise Refusal("console.export_gone")
    return found
