"""The ledger: one body, its deliveries, the accounts that speak, and what they may still say."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.indexes import Index, PartialIndex
from tortoise.models import Model

from models.enums import BreakerState, DeliveryState
from models.fields import moment
from models.org import Group, Person


class Message(Model):
    """One body: sealed JSON of the outgoing parts and of the question it opens, if any.

    ``title`` is what a push to groups is called (public, never a person's words); ``asked_by_id``
    is who ordered it, None when the calendar did.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    purpose = fields.CharField(max_length=48)
    title = fields.CharField(max_length=64, default="", db_default="")
    asked_by_id: int | None = fields.IntField(null=True)
    body_sealed: bytes = fields.BinaryField()
    created_at: datetime = moment()

    class Meta:
        table = "message"


class Delivery(Model):
    """One body owed to one target. ``target`` is ``person:12``, ``group:3`` or ``account:7``.

    The unique key (purpose, occasion, target) makes planning repeatable. ``check`` names the
    still-owed check to ask at the moment of sending, with ``reference``. ``in_quiet_hours`` is true
    for what answers a person who is writing right now; everything else waits for the morning.

    ``order_at`` is its place in the line of one priority (fair between pushes); ``is_held`` while
    somebody has stopped the push. ``written_at`` is the moment of the last try. ``look_at`` is when
    evidence is looked for next, after ``looks`` vain looks; ``shown`` is what evidence says: it
    stands in the chat, or it does not, or nobody can tell (None). ``recall_at`` is when taking it
    back is tried next, ``recalled`` how that ended. ``platform_message_id`` may hold several ids,
    with commas.
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
    order_at: datetime | None = moment(null=True)
    is_held = fields.BooleanField(default=False, db_default=False)
    expires_at: datetime | None = moment(null=True)
    attempts = fields.SmallIntField(default=0, db_default=0)
    self_id = fields.CharField(max_length=64, null=True)
    lease_owner = fields.CharField(max_length=40, null=True)
    lease_until: datetime | None = moment(null=True)
    platform_message_id = fields.CharField(max_length=255, null=True)
    reason = fields.CharField(max_length=48, null=True)
    written_at: datetime | None = moment(null=True)
    look_at: datetime | None = moment(null=True)
    looks = fields.SmallIntField(default=0, db_default=0)
    shown = fields.BooleanField(null=True)
    recall_at: datetime | None = moment(null=True)
    recalled = fields.BooleanField(null=True)
    created_at: datetime = moment()
    updated_at: datetime = moment()

    class Meta:
        table = "delivery"
        unique_together = (("purpose", "occasion", "target"),)
        # Partial: what is over costs the searches for what is not nothing, however much it is.
        indexes = (
            PartialIndex(
                fields=("self_id", "priority", "order_at", "id"),
                name="ix_delivery_line",
                condition={"state": "due"},
            ),
            PartialIndex(
                fields=("expires_at",), name="ix_delivery_expiry", condition={"state": "due"}
            ),
            PartialIndex(
                fields=("lease_until",), name="ix_delivery_leased", condition={"state": "leased"}
            ),
            PartialIndex(
                fields=("lease_owner",), name="ix_delivery_sending", condition={"state": "sending"}
            ),
            PartialIndex(
                fields=("updated_at",), name="ix_delivery_unknown", condition={"state": "unknown"}
            ),
            PartialIndex(
                fields=("reason", "updated_at"),
                name="ix_delivery_rejected",
                condition={"state": "rejected"},
            ),
            Index(fields=("look_at",), name="ix_delivery_look"),
            Index(fields=("recall_at",), name="ix_delivery_recall"),
            # Without the state: what changes it would touch an entry on some far page each time.
            Index(fields=("target",)),
        )


class BotAccount(Model):
    """One of our own accounts on a platform: when it may speak next, and how well it is.

    ``speaker`` is the process that speaks for it until ``speaker_until`` (PostgreSQL only).
    ``breaker`` is open while it does not get through: nothing is sent until ``breaker_until``, then
    one probe. ``failures`` counts doubtful sends in a row. ``reports_own`` and ``has_history`` say
    what evidence its end offers, None while nobody knows.
    """

    id = fields.IntField(primary_key=True)
    platform = fields.CharField(max_length=24)
    self_id = fields.CharField(max_length=64)
    first_seen_at: datetime = moment()
    last_sent_at: datetime | None = moment(null=True)
    next_send_at: datetime | None = moment(null=True)
    last_confirmed_at: datetime | None = moment(null=True)
    last_up_at: datetime | None = moment(null=True)
    breaker = fields.CharEnumField(
        BreakerState,
        max_length=12,
        default=BreakerState.CLOSED,
        db_default=BreakerState.CLOSED,
    )
    breaker_reason = fields.CharField(max_length=24, null=True)
    breaker_until: datetime | None = moment(null=True)
    breaker_trips = fields.SmallIntField(default=0, db_default=0)
    failures = fields.SmallIntField(default=0, db_default=0)
    reports_own = fields.BooleanField(null=True)
    has_history = fields.BooleanField(null=True)
    speaker = fields.CharField(max_length=40, null=True)
    speaker_until: datetime | None = moment(null=True)

    class Meta:
        table = "bot_account"
        unique_together = (("platform", "self_id"),)


class Seat(Model):
    """One of our accounts in a bound group: who could speak there when another cannot.

    ``silent_until`` is the end of a mute, or of the rest after a refusal.
    """

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="seats", on_delete=fields.CASCADE
    )
    group_id: int
    self_id = fields.CharField(max_length=64)
    is_member = fields.BooleanField(default=True, db_default=True)
    silent_until: datetime | None = moment(null=True)
    silent_reason = fields.CharField(max_length=24, null=True)
    checked_at: datetime = moment()

    class Meta:
        table = "seat"
        unique_together = (("group", "self_id"),)


class BudgetUse(Model):
    """How much of a budget is used in a period: ``at_all:onebot11:1001`` in ``2026-11-23``."""

    id = fields.IntField(primary_key=True)
    budget = fields.CharField(max_length=96)
    period = fields.CharField(max_length=10)
    used = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "budget_use"
        unique_together = (("budget", "period"),)


class Unreached(Model):
    """A person whom nothing reached on any channel: the mentor is asked to phone.

    Open while ``settled_at`` is empty; a message that arrives, or a contact, settles it.
    """

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="unreached", on_delete=fields.CASCADE
    )
    person_id: int
    since: datetime = moment()
    count = fields.SmallIntField(default=1, db_default=1)
    reason = fields.CharField(max_length=48)
    settled_at: datetime | None = moment(null=True)
    settled_by = fields.CharField(max_length=24, null=True)

    class Meta:
        table = "unreached"
        indexes = (("person", "settled_at"),)


class Worker(Model):
    """A process at work on this ledger. ``beat_at`` is the database's own time, not a process's."""

    id = fields.IntField(primary_key=True)
    owner = fields.CharField(max_length=40, unique=True)
    parts = fields.CharField(max_length=64)
    started_at: datetime = moment()
    beat_at: datetime = moment()

    class Meta:
        table = "worker"


class Alarm(Model):
    """Something the operator has to know on another channel than the one that fails.

    ``key`` is what it is about (``account:onebot11:1001``); one is open at a time for each kind
    and key. ``told_at`` is when a channel took it, ``cleared_at`` when the matter ended.
    """

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(max_length=32)
    key = fields.CharField(max_length=96)
    detail: dict[str, Any] = fields.JSONField(default=dict)
    raised_at: datetime = moment()
    told_at: datetime | None = moment(null=True)
    cleared_at: datetime | None = moment(null=True)
    cleared_told_at: datetime | None = moment(null=True)
    next_try_at: datetime | None = moment(null=True)
    tries = fields.SmallIntField(default=0, db_default=0)

    class Meta:
        table = "alarm"
        indexes = (("kind", "key", "cleared_at"), ("next_try_at",))
