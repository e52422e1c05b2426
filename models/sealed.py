"""Which columns hold sealed values, and the place to which each value is sealed.

A column is sealed when its name ends in ``_sealed``. Its place is ``table.column:uid`` (the column
without the ending) unless the table is named below; a test holds every table to it.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from tortoise import Tortoise
from tortoise.fields import BinaryField

from core.resealing import SealedColumn

_ENDING = "_sealed"
# Rows that are known by something else than a uid.
_NAMED_BY = {
    "dialogue": ("platform", "account_id", "chat_key", "slot"),
    "material_review": ("unit_id", "slug", "sha256"),
}


def sealed_columns() -> tuple[SealedColumn, ...]:
    """Return the sealed columns of all tables, in order."""
    found = []
    for model in Tortoise.apps["models"].values():
        table = str(model._meta.db_table)  # noqa: SLF001  # Tortoise has no public word for it
        for name, field in model._meta.fields_map.items():  # noqa: SLF001  # see above
            if name.endswith(_ENDING) and isinstance(field, BinaryField):
                named_by = _NAMED_BY.get(table, ("uid",))
                place = partial(_place, f"{table}.{name.removesuffix(_ENDING)}")
                found.append(SealedColumn(table, name, named_by, place))
    return tuple(sorted(found, key=lambda column: (column.table, column.column)))


def _place(column: str, names: Sequence[Any]) -> str:
    return ":".join((column, *(str(name) for name in names)))
