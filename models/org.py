"""Units, people, their accounts and offices, and the groups they talk in."""

from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from core.actors import RoleKind, Stage
from models.enums import Form, UnitKind
from models.fields import moment


class Unit(Model):
    """One node of the tree county → township → village branch, or an organization away from home.

    ``path`` is ``/1/4/9/``: the ids from the root down to this one. A subtree is a path prefix.
    ``quiet_from`` and ``quiet_until`` are its own quiet hours in minutes of the local day; None
    means those of the unit above, at last those of config.toml.
    """

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=64)
    kind = fields.CharEnumField(UnitKind, max_length=24)
    parent: fields.ForeignKeyNullableRelation["Unit"] = fields.ForeignKeyField(
        "models.Unit", related_name="children", null=True, on_delete=fields.RESTRICT
    )
    parent_id: int | None
    path = fields.CharField(max_length=255, unique=True)
    city = fields.CharField(max_length=32, null=True)
    quiet_from: int | None = fields.SmallIntField(null=True)
    quiet_until: int | None = fields.SmallIntField(null=True)
    created_at: datetime = moment()

    class Meta:
        table = "unit"
        unique_together = (("parent", "name"),)


class Person(Model):
    """Somebody the branch looks after, or who looks after somebody.

    Days are the dated facts of the way (发展党员工作细则); the city is the only place kept.
    ``paused_until`` is the last day on which the person wants no reminders. No ID number, phone,
    bank account or address has a column here: what is not kept cannot leak.

    ``erased_on`` is set once the person had everything erased: the row is then a stub without name
    or days, only there for the ids that the work of others refers to.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    name = fields.CharField(max_length=32, db_index=True)
    home_unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="people", on_delete=fields.RESTRICT
    )
    home_unit_id: int
    inflow_unit: fields.ForeignKeyNullableRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="people_here", null=True, on_delete=fields.RESTRICT
    )
    inflow_unit_id: int | None
    stage = fields.CharEnumField(Stage, max_length=24)
    applied_on: date | None = fields.DateField(null=True)
    talk_on: date | None = fields.DateField(null=True)
    activist_on: date | None = fields.DateField(null=True)
    target_on: date | None = fields.DateField(null=True)
    probation_on: date | None = fields.DateField(null=True)
    city = fields.CharField(max_length=32, null=True)
    left_on: date | None = fields.DateField(null=True)
    paused_until: date | None = fields.DateField(null=True)
    erased_on: date | None = fields.DateField(null=True)
    created_at: datetime = moment()

    class Meta:
        table = "person"
        indexes = (("home_unit", "stage"), ("inflow_unit",))


class Account(Model):
    """A platform identity. At most one person stands behind it at a time.

    ``study_muted_at`` is set when the person wants no study material in private chat;
    ``study_form`` is how the person likes pieces best, None for plain text.
    """

    id = fields.IntField(primary_key=True)
    platform = fields.CharField(max_length=24)
    account_id = fields.CharField(max_length=64)
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="accounts", null=True, on_delete=fields.RESTRICT
    )
    person_id: int | None
    self_id = fields.CharField(max_length=64, default="", db_default="")
    bound_at: datetime | None = moment(null=True)
    study_muted_at: datetime | None = moment(null=True)
    study_form = fields.CharEnumField(Form, max_length=12, null=True)

    class Meta:
        table = "account"
        unique_together = (("platform", "account_id"),)


class Role(Model):
    """An office of a person in a unit, from a day to a day; open end means still in office."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="roles", on_delete=fields.RESTRICT
    )
    person_id: int
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="roles", on_delete=fields.RESTRICT
    )
    unit_id: int
    kind = fields.CharEnumField(RoleKind, max_length=32)
    from_on: date = fields.DateField()
    until_on: date | None = fields.DateField(null=True)

    class Meta:
        table = "role"
        unique_together = (("person", "unit", "kind", "from_on"),)


class Group(Model):
    """A group chat bound to a unit, and the hour of its weekly digest (legal time).

    ``next_digest_at`` is the next moment at which a digest is due; the clock only compares.
    ``weekday`` 0 is Monday; None in the three columns means the default of config.toml.
    """

    id = fields.IntField(primary_key=True)
    platform = fields.CharField(max_length=24)
    chat_id = fields.CharField(max_length=64)
    self_id = fields.CharField(max_length=64)
    name = fields.CharField(max_length=64, default="", db_default="")
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="groups", on_delete=fields.RESTRICT
    )
    unit_id: int
    digest_weekday: int | None = fields.SmallIntField(null=True)
    digest_hour: int | None = fields.SmallIntField(null=True)
    digest_minute: int | None = fields.SmallIntField(null=True)
    next_digest_at: datetime | None = moment(null=True, db_index=True)
    is_active = fields.BooleanField(default=True, db_default=True)
    bound_at: datetime = moment()

    class Meta:
        table = "chat_group"
        unique_together = (("platform", "chat_id"),)
