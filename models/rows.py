"""Rows as JSON for a person's own copy: every column there is, so that a new one is not forgotten.

What is sealed is left out; its room opens it and adds the words.
"""

from collections.abc import Collection
from datetime import date, datetime
from enum import Enum
from typing import Any

from tortoise.models import Model


def as_json(row: Model, *, without: Collection[str] = ()) -> dict[str, Any]:
    """Return the columns of ``row`` but for bytes and ``without``; days and moments are ISO."""
    return {
        name: plain_value(value)
        for name in row._meta.db_fields  # noqa: SLF001  # Tortoise's list of columns
        if name not in without and not isinstance(value := getattr(row, name), bytes | memoryview)
    }


def plain_value(value: Any) -> Any:
    """Return a value of a column as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value
