"""Field types of ours."""

from datetime import UTC, datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model


class MomentField(fields.DatetimeField[datetime]):
    """A moment, stored in UTC. A naive datetime is refused, Tortoise would take it for UTC."""

    def to_python_value(self, value: Any) -> Any:
        """Return the moment in UTC; ValueError when somebody sets a naive one."""
        if isinstance(value, str):
            value = _read(value)
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError("naive datetime")
        return super().to_python_value(value)

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        """Return ``value`` in UTC; ValueError when it has no zone."""
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError("naive datetime")
            value = value.astimezone(UTC)
        return super().to_db_value(value, instance)


def _read(text: str) -> datetime | str:
    """Read a moment as SQLite keeps it, UTC where no zone stands; other text as it is.

    Tortoise's own reader takes twenty times as long, which shows where many rows are read.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def moment(**options: Any) -> Any:
    """Return a moment column."""
    return MomentField(**options)


class RowIdField(fields.BigIntField):
    """A primary key of 64 bits that we choose. On SQLite it is the row's own number.

    SQLite keeps a second tree beside the table for a key of any other type than ``INTEGER``.
    """

    class _db_sqlite:  # noqa: N801  # Tortoise's name
        SQL_TYPE = "INTEGER"


def row_id() -> Any:
    """Return the column of a primary key that is chosen by us."""
    return RowIdField(primary_key=True, generated=False)
