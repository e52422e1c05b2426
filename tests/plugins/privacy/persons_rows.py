"""Where in the tables the ids of people stand."""

from collections.abc import Iterator
from typing import Any

from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

import models

TABLES: tuple[type[Model], ...] = tuple(
    model for name in models.__all__ if issubclass(model := getattr(models, name), Model)
)


def pointers(model: type[Model]) -> Iterator[str]:
    """The columns in which ids of people or of their accounts may stand."""
    for name, column in model._meta.fields_map.items():
        if isinstance(column, ForeignKeyFieldInstance) and column.model_name == "models.Person":
            yield f"{name}_id"
        elif name in {"person_id", "actor_id", "subject_id", "reader_id"} or name.endswith(
            "_by_id"
        ):
            yield name


async def rows_about(model: type[Model], person_id: int) -> list[tuple[str, Any]]:
    """Columns of a table that hold the person's id."""
    found = []
    for column in set(pointers(model)):
        for row in await model.filter(**{column: person_id}):
            if column == "subject_id" and row.subject_kind != "person":
                continue
            found.append((column, row))
    return found
