"""What was pushed to whom, and what people learned. The library itself is files."""

from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from models.enums import (
    Evidence,
    FeedItemState,
    Form,
    MaterialDecision,
    MaterialState,
    OrderState,
    PauseKind,
)
from models.fields import moment
from models.org import Group, Person, Unit


class Push(Model):
    """What one group got at one moment: a piece of its digest, or a push that somebody ordered.

    The unique key makes planning repeatable. An ordered push (``is_ordered``) counts for what was
    shown and for the month of a platform, but takes no digest's turn.
    """

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="pushes", on_delete=fields.RESTRICT
    )
    group_id: int
    slot_at: datetime = moment()
    material = fields.CharField(max_length=80)
    is_ordered = fields.BooleanField(default=False, db_default=False)
    created_at: datetime = moment()

    class Meta:
        table = "push"
        unique_together = (("group", "slot_at"),)
        indexes = (("group", "material"),)


class StudyProgress(Model):
    """Where one person stands in one material: sections read so far, answers so far."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="study_progress", on_delete=fields.RESTRICT
    )
    person_id: int
    material = fields.CharField(max_length=80)
    sections_read = fields.SmallIntField(default=0, db_default=0)
    updated_at: datetime = moment()

    class Meta:
        table = "study_progress"
        unique_together = (("person", "material"),)


class QuizAnswer(Model):
    """One answer to one question; tries are unlimited and visible to the person alone."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="quiz_answers", on_delete=fields.RESTRICT
    )
    person_id: int
    material = fields.CharField(max_length=80)
    question = fields.SmallIntField()
    chosen = fields.SmallIntField()
    is_right = fields.BooleanField()
    answered_at: datetime = moment()

    class Meta:
        table = "quiz_answer"
        indexes = (("person", "material"),)


class StudyRecord(Model):
    """Study hours by kind of evidence; one row a person, material and kind.

    What somebody attended is entered by a secretary: ``material`` is then ``attended:<uid>``, with
    its ``title``, the day it ``happened_on`` and who entered it.
    """

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="study_records", on_delete=fields.RESTRICT
    )
    person_id: int
    material = fields.CharField(max_length=80)
    evidence = fields.CharEnumField(Evidence, max_length=16)
    hours_tenths = fields.IntField(description="study hours in tenths, so that sums stay exact")
    earned_at: datetime = moment()
    title = fields.CharField(max_length=64, default="", db_default="")
    happened_on: date | None = fields.DateField(null=True)
    entered_by_id: int | None = fields.IntField(null=True)

    class Meta:
        table = "study_record"
        unique_together = (("person", "material", "evidence"),)


class StudyPlan(Model):
    """What is pushed when: of a unit and everything below it, or of one group alone.

    Empty columns are inherited from the unit above, at last from config.toml. ``series`` are names
    of series in teaching order, ``pieces`` how many a digest holds, ``every_weeks`` its rhythm,
    ``form`` how it is shown (``Form``). ``is_stopped`` stops digests here and below.
    """

    id = fields.IntField(primary_key=True)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="study_plans", on_delete=fields.RESTRICT
    )
    unit_id: int
    group: fields.ForeignKeyNullableRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="study_plans", null=True, on_delete=fields.CASCADE
    )
    group_id: int | None
    series: list[str] | None = fields.JSONField(null=True)
    weekday: int | None = fields.SmallIntField(null=True)
    hour: int | None = fields.SmallIntField(null=True)
    minute: int | None = fields.SmallIntField(null=True)
    every_weeks: int | None = fields.SmallIntField(null=True)
    pieces: int | None = fields.SmallIntField(null=True)
    form = fields.CharEnumField(Form, max_length=12, null=True)
    skips_holidays = fields.BooleanField(null=True)
    is_stopped = fields.BooleanField(default=False, db_default=False)
    changed_by_id: int | None = fields.IntField(null=True)
    changed_at: datetime = moment()

    class Meta:
        table = "study_plan"
        unique_together = (("unit", "group"),)


class PlanPause(Model):
    """Days on which a unit and everything below it gets no digest: harvest, a feast, a mourning."""

    id = fields.IntField(primary_key=True)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="plan_pauses", on_delete=fields.RESTRICT
    )
    unit_id: int
    from_on: date = fields.DateField()
    until_on: date = fields.DateField()
    kind = fields.CharEnumField(PauseKind, max_length=12)
    entered_by_id: int | None = fields.IntField(null=True)
    created_at: datetime = moment()

    class Meta:
        table = "plan_pause"
        indexes = (("unit", "until_on"),)


class LocalMaterial(Model):
    """A piece that somebody in charge brought in chat: seen by a second person before it goes out.

    ``body_sealed`` is sealed JSON of outgoing parts. ``link`` is where the original stands; it is
    never copied from there. ``feed_item_id`` names the item of a feed it was made of.
    ``voice_of`` is the slug of the piece of the library that it is a recording of, or empty.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="local_materials", on_delete=fields.RESTRICT
    )
    unit_id: int
    title = fields.CharField(max_length=64)
    body_sealed: bytes = fields.BinaryField()
    source = fields.CharField(max_length=120, default="", db_default="")
    source_on: date | None = fields.DateField(null=True)
    link = fields.CharField(max_length=500, default="", db_default="")
    effective_until: date = fields.DateField()
    state = fields.CharEnumField(MaterialState, max_length=12)
    proposed_by_id: int = fields.IntField()
    proposed_at: datetime = moment()
    reviewed_by_id: int | None = fields.IntField(null=True)
    reviewed_at: datetime | None = moment(null=True)
    return_reason_sealed: bytes | None = fields.BinaryField(null=True)
    feed_item_id: int | None = fields.IntField(null=True)
    voice_of = fields.CharField(max_length=80, default="", db_default="")

    class Meta:
        table = "local_material"
        indexes = (("unit", "state"), ("state", "effective_until"))


class MaterialReview(Model):
    """What a unit says about one piece of the library as its words stand (审材料).

    ``sha256`` is that of the words: a changed piece has no review. It holds for the unit and
    everything below it. ``reason_sealed`` says why a piece is held back.
    """

    id = fields.IntField(primary_key=True)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="material_reviews", on_delete=fields.RESTRICT
    )
    unit_id: int
    slug = fields.CharField(max_length=80)
    sha256 = fields.CharField(max_length=64)
    decision = fields.CharEnumField(MaterialDecision, max_length=8)
    reviewer_id: int = fields.IntField()
    reviewed_at: datetime = moment()
    reason_sealed: bytes | None = fields.BinaryField(null=True)

    class Meta:
        table = "material_review"
        unique_together = (("unit", "slug", "sha256"),)


class PushOrder(Model):
    """A push that somebody ordered (推送): what, to which groups, when, and who has said yes.

    ``material`` is a slug of the library, or ``local:<uid>``. ``groups`` are ids of groups.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="push_orders", on_delete=fields.RESTRICT
    )
    unit_id: int
    material = fields.CharField(max_length=80)
    groups: list[int] = fields.JSONField(default=list)
    send_at: datetime = moment()
    calls_all = fields.BooleanField(default=False, db_default=False)
    form = fields.CharEnumField(Form, max_length=12, null=True)
    state = fields.CharEnumField(OrderState, max_length=12)
    asked_by_id: int = fields.IntField()
    asked_at: datetime = moment()
    reviewed_by_id: int | None = fields.IntField(null=True)
    reviewed_at: datetime | None = moment(null=True)
    confirmed_at: datetime | None = moment(null=True)

    class Meta:
        table = "push_order"
        indexes = (("unit", "state"), ("asked_by_id", "state"))


class FeedSource(Model):
    """A feed of config.toml, by its name there: what the last look brought."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=48, unique=True)
    etag = fields.CharField(max_length=200, default="", db_default="")
    modified = fields.CharField(max_length=64, default="", db_default="")
    looked_at: datetime | None = moment(null=True)
    next_look_at: datetime | None = moment(null=True)
    failures = fields.SmallIntField(default=0, db_default=0)
    problem = fields.CharField(max_length=32, default="", db_default="")

    class Meta:
        table = "feed_source"


class FeedItem(Model):
    """Something new in a feed: title and link, for a person to write a summary of."""

    id = fields.IntField(primary_key=True)
    source = fields.CharField(max_length=48)
    key = fields.CharField(max_length=64)
    title = fields.CharField(max_length=120)
    link = fields.CharField(max_length=500)
    published_on: date | None = fields.DateField(null=True)
    found_at: datetime = moment()
    state = fields.CharEnumField(FeedItemState, max_length=12)
    decided_by_id: int | None = fields.IntField(null=True)

    class Meta:
        table = "feed_item"
        unique_together = (("source", "key"),)
        indexes = (("state", "found_at"),)


class Parcel(Model):
    """A parcel of paper (资料包) for somebody without data. No address: who sends it knows it.

    ``items`` are names of what is in it. ``missing_at`` is when the person said that it did not
    come.
    """

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="parcels", on_delete=fields.RESTRICT
    )
    person_id: int
    items: list[str] = fields.JSONField(default=list)
    asked_at: datetime = moment()
    sent_on: date | None = fields.DateField(null=True)
    sent_by_id: int | None = fields.IntField(null=True)
    received_at: datetime | None = moment(null=True)
    cancelled_at: datetime | None = moment(null=True)
    missing_at: datetime | None = moment(null=True)

    class Meta:
        table = "parcel"
        indexes = (("person", "received_at"),)
