"""Who did what, and who looked at what. Rows are only added."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.fields import moment


class AuditLog(Model):
    """One act. ``detail`` holds ids and codes only, never what anybody said."""

    id = fields.IntField(primary_key=True)
    at: datetime = moment(db_index=True)
    actor_id: int | None = fields.IntField(null=True)
    action = fields.CharField(max_length=48)
    subject_kind = fields.CharField(max_length=32)
    subject_id: int | None = fields.IntField(null=True)
    detail: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "audit_log"
        indexes = (("subject_kind", "subject_id"),)


class ReadLog(Model):
    """One look of ``reader_id`` at something personal of ``person_id``, who may ask for it."""

    id = fields.IntField(primary_key=True)
    at: datetime = moment()
    person_id = fields.IntField(db_index=True)
    reader_id = fields.IntField()
    reader_role = fields.CharField(max_length=32)
    what = fields.CharField(max_length=48)

    class Meta:
        table = "read_log"
