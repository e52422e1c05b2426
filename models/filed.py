"""Which columns name sealed files: what none of them names may be removed.

A plain column names a file when it is called ``blob_id`` or ends in ``_blob`` or ``_blob_id``, or
several when it is called ``blobs`` or stands below. A sealed one may when it is called
``body_sealed``: bodies of messages, of pieces, of open questions. A test holds every table to it.
"""

from tortoise import Tortoise

from core.strays import NamingColumn
from models.sealed import sealed_columns

_SINGLE = ("blob_id", "_blob_id", "_blob")
_SEVERAL = "blobs"
_OTHER_NAMES = {("roster_import", "codes")}
_BODY = "body_sealed"


def naming_columns() -> tuple[NamingColumn, ...]:
    """Return the columns of all tables that name files, in order."""
    found = [
        NamingColumn(column.table, column.column, column)
        for column in sealed_columns()
        if column.column == _BODY
    ]
    for model in Tortoise.apps["models"].values():
        table = str(model._meta.db_table)  # noqa: SLF001  # Tortoise has no public word for it
        names = model._meta.db_fields  # noqa: SLF001  # see above
        found += [NamingColumn(table, name) for name in names if _is_naming(table, name)]
    return tuple(sorted(found, key=lambda column: (column.table, column.column)))


def _is_naming(table: str, name: str) -> bool:
    return name.endswith(_SINGLE) or name == _SEVERAL or (table, name) in _OTHER_NAMES
