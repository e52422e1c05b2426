"""Tables that came in (名单导入): what was brought, made and changed."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.fields import moment
from models.org import Person


class RosterImport(Model):
    """A table somebody brought in: looked at, confirmed, written once, perhaps undone.

    ``table_blob`` is the sealed table until it is written or dropped, ``columns`` says which place
    means what. ``made`` are ids of the rows that it made. ``before_sealed`` holds what stood before
    in the rows it changed, as long as it can be undone. ``codes`` are the sealed files with codes.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    asked_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="roster_imports", null=True, on_delete=fields.RESTRICT
    )
    asked_by_id: int | None
    account_id: int | None = fields.IntField(null=True)
    source_key = fields.CharField(max_length=80, unique=True)
    received_at: datetime = moment(db_index=True)
    table_blob = fields.CharField(max_length=64, null=True)
    columns: dict[str, Any] = fields.JSONField(default=dict)
    confirmed_at: datetime | None = moment(null=True)
    tries = fields.SmallIntField(default=0, db_default=0)
    applied_at: datetime | None = moment(null=True)
    counts: dict[str, Any] = fields.JSONField(default=dict)
    made: dict[str, Any] = fields.JSONField(default=dict)
    before_sealed: bytes | None = fields.BinaryField(null=True)
    codes: list[str] = fields.JSONField(default=list)
    undone_at: datetime | None = moment(null=True)
    dropped_at: datetime | None = moment(null=True)

    class Meta:
        table = "roster_import"
        indexes = (("asked_by", "received_at"),)
