"""Rows the program itself lives by: what it has seen, what is open, what has fired, what it is."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from core.conversation import Slot
from models.fields import moment


class SeenEvent(Model):
    """An event that was taken: the same one delivered again is not. Pruned after hours."""

    id = fields.IntField(primary_key=True)
    key = fields.CharField(max_length=64, unique=True)
    seen_at: datetime = moment(db_index=True)

    class Meta:
        table = "seen_event"


class Dialogue(Model):
    """What is open between one account and the bot in one chat: a question or a draft.

    ``chat_key`` is ``private`` or ``group:<id>``. ``body_sealed`` is sealed JSON: data, options,
    what it takes, and the command that asks it anew.
    """

    id = fields.IntField(primary_key=True)
    platform = fields.CharField(max_length=24)
    account_id = fields.CharField(max_length=64)
    chat_key = fields.CharField(max_length=80)
    slot = fields.CharEnumField(Slot, max_length=8)
    kind = fields.CharField(max_length=48)
    body_sealed: bytes = fields.BinaryField()
    asked_at: datetime = moment()

    class Meta:
        table = "dialogue"
        unique_together = (("platform", "account_id", "chat_key", "slot"),)


class Occurrence(Model):
    """A job that fired for a moment of its schedule."""

    id = fields.IntField(primary_key=True)
    job = fields.CharField(max_length=64)
    fire_at: datetime = moment()
    recorded_at: datetime = moment()

    class Meta:
        table = "occurrence"
        unique_together = (("job", "fire_at"),)


class InstanceMark(Model):
    """Says what this database is for: ``production`` or ``demo``. One row."""

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(max_length=16)
    created_at: datetime = moment()

    class Meta:
        table = "instance_mark"
