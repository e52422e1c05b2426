"""The ledger: one body, its deliveries, and the accounts that speak."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.enums import DeliveryState
from models.fields import moment


class Message(Model):
    """One body: sealed JSON of the outgoing parts and of the question it opens, if any."""

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    purpose = fields.CharField(max_length=48)
    body_sealed: bytes = fields.BinaryField()
    created_at: datetime = moment()

    class Meta:
        table = "message"


class Delivery(Model):
    """One body owed to one target. ``target`` is ``person:12``, ``group:3`` or ``account:7``.

    The unique key (purpose, occasion, target) makes planning repeatable. ``check`` names the
    still-owed check to ask at the moment of sending, with ``reference``. ``in_quiet_hours`` is true
    for what answers a person who is writing right now; everything else waits for the morning.
    """

    id = fields.IntField(primary_key=True)
    message: fields.ForeignKeyRelation[Message] = fields.ForeignKeyField(
        "models.Message", related_name="deliveries", on_delete=fields.RESTRICT
    )
    message_id: int
    purpose = fields.CharField(max_length=48)
    occasion = fields.CharField(max_length=80)
    target = fields.CharField(max_length=40)
    priority = fields.SmallIntField()
    state = fields.CharEnumField(DeliveryState, max_length=12, default=DeliveryState.DUE)
    check = fields.CharField(max_length=48, null=True)
    reference: dict[str, Any] | None = fields.JSONField(null=True)
    in_quiet_hours = fields.BooleanField(default=False, db_default=False)
    not_before: datetime = moment()
    expires_at: datetime | None = moment(null=True)
    attempts = fields.SmallIntField(default=0, db_default=0)
    self_id = fields.CharField(max_length=64, null=True)
    lease_owner = fields.CharField(max_length=40, null=True)
    lease_until: datetime | None = moment(null=True)
    platform_message_id = fields.CharField(max_length=64, null=True)
    reason = fields.CharField(max_length=48, null=True)
    created_at: datetime = moment()
    updated_at: datetime = moment()

    class Meta:
        table = "delivery"
        unique_together = (("purpose", "occasion", "target"),)
        indexes = (("state", "not_before", "priority"), ("target", "state"))


class BotAccount(Model):
    """One of our own accounts on a platform, and when it may speak next."""

    id = fields.IntField(primary_key=True)
    platform = fields.CharField(max_length=24)
    self_id = fields.CharField(max_length=64)
    first_seen_at: datetime = moment()
    last_sent_at: datetime | None = moment(null=True)
    next_send_at: datetime | None = moment(null=True)

    class Meta:
        table = "bot_account"
        unique_together = (("platform", "self_id"),)
