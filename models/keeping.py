"""How contact is kept: rules of a unit, steps up the tree when nobody was heard, inspections."""

from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from models.enums import EscalationEnd, EscalationLevel
from models.fields import moment
from models.mentoring import Mentorship
from models.org import Person, Unit


class MentoringRule(Model):
    """What a unit and everything below it keeps to; an empty column is inherited from above.

    At last config.toml decides. ``cadence_months`` lie between contacts, ``close_months`` while a
    person needs more, ``people_most`` is how many one mentor looks after. The three ``_days`` are
    working days until that office is asked, 0 when it is not asked at all.
    """

    id = fields.IntField(primary_key=True)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="mentoring_rules", on_delete=fields.RESTRICT
    )
    unit_id: int
    cadence_months: int | None = fields.SmallIntField(null=True)
    close_months: int | None = fields.SmallIntField(null=True)
    people_most: int | None = fields.SmallIntField(null=True)
    branch_days: int | None = fields.SmallIntField(null=True)
    township_days: int | None = fields.SmallIntField(null=True)
    county_days: int | None = fields.SmallIntField(null=True)

    class Meta:
        table = "mentoring_rule"
        unique_together = (("unit",),)


class Escalation(Model):
    """One office asked about one person whom nobody has heard since ``since``.

    ``since`` is the last day somebody was heard, or the mentor's first. One level is asked once in
    one silence of one mentor, so that nothing goes round in circles. Rows of one level, ``unit``
    and ``asked_at`` were asked in one message. The silence stops climbing when any of its rows is
    acknowledged, and is over when ``ended_at`` is set.
    """

    id = fields.IntField(primary_key=True)
    mentorship: fields.ForeignKeyRelation[Mentorship] = fields.ForeignKeyField(
        "models.Mentorship", related_name="escalations", on_delete=fields.RESTRICT
    )
    mentorship_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="escalations", on_delete=fields.RESTRICT
    )
    person_id: int
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="escalations", on_delete=fields.RESTRICT
    )
    unit_id: int
    level = fields.CharEnumField(EscalationLevel, max_length=12)
    since: date = fields.DateField()
    asked_at: datetime = moment()
    acknowledged_by_id: int | None = fields.IntField(null=True)
    acknowledged_at: datetime | None = moment(null=True)
    ended_at: datetime | None = moment(null=True)
    end_reason = fields.CharEnumField(EscalationEnd, max_length=16, null=True)

    class Meta:
        table = "escalation"
        unique_together = (("mentorship", "since", "level"),)
        indexes = (("unit", "level", "ended_at"), ("person", "ended_at"))


class Inspection(Model):
    """That somebody wrote the half-yearly inspection (考察) of a person, when, and nothing of it.

    What was written stands on the paper form alone (2026 细则 art. 11: the branch inspects every
    half-year). ``source_key`` is the message that told of it: told twice it is one row.
    """

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="inspections", on_delete=fields.RESTRICT
    )
    person_id: int
    inspected_on: date = fields.DateField()
    entered_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="inspections_entered", on_delete=fields.RESTRICT
    )
    entered_by_id: int
    entered_at: datetime = moment()
    source_key = fields.CharField(max_length=80, unique=True)

    class Meta:
        table = "inspection"
        unique_together = (("person", "inspected_on"),)
