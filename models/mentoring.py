"""Mentors (培养联系人) and the log of their contacts."""

from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from models.enums import Channel, Direction, Every, Outcome, StandInState
from models.fields import moment
from models.org import Person

# Outcomes in which mentor and person heard each other. The others are tries: they are on record,
# but the silence goes on (domain notes 7.2: longest silence in days).
REACHED_OUTCOMES = frozenset(
    {
        Outcome.REACHED,
        Outcome.MOVED,
        Outcome.EMPLOYER_CHANGED,
        Outcome.HELP_NEEDED,
        Outcome.DECLINED,
    }
)


class Mentorship(Model):
    """A mentor of a person from a day to a day. At most two at a time (细则 2026 art. 9).

    ``next_contact_on`` is the day by which the next contact is due; it follows the last outcome.
    ``last_contact_on`` is the last day on which they heard each other (``REACHED_OUTCOMES``).
    ``own_every`` is the rhythm of this pair alone, None when the unit's holds, ``own_every_on`` the
    day on which that was last said. ``cadence_months`` is what the unit makes of it today.
    """

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="mentorships", on_delete=fields.RESTRICT
    )
    person_id: int
    mentor: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="mentees", on_delete=fields.RESTRICT
    )
    mentor_id: int
    from_on: date = fields.DateField()
    until_on: date | None = fields.DateField(null=True)
    cadence_months: int | None = fields.SmallIntField(null=True)
    own_every = fields.CharEnumField(Every, max_length=2, null=True)
    own_every_on: date | None = fields.DateField(null=True)
    last_contact_on: date | None = fields.DateField(null=True)
    next_contact_on: date = fields.DateField()

    class Meta:
        table = "mentorship"
        unique_together = (("person", "mentor", "from_on"),)
        indexes = (("mentor", "until_on"), ("next_contact_on", "until_on"))


class StandIn(Model):
    """Somebody who does a mentor's work from a day to a day (代班), once he said yes.

    Only rows that are ``agreed`` count, and only on the days from ``from_on`` to ``until_on``, both
    included. The mentor stays the mentor: what a deputy does stands under the deputy's own name.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    mentor: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="stood_in_for", on_delete=fields.RESTRICT
    )
    mentor_id: int
    deputy: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="stands_in", on_delete=fields.RESTRICT
    )
    deputy_id: int
    from_on: date = fields.DateField()
    until_on: date = fields.DateField()
    state = fields.CharEnumField(StandInState, max_length=12)
    source_key = fields.CharField(max_length=80, unique=True)
    asked_at: datetime = moment()
    answered_at: datetime | None = moment(null=True)

    class Meta:
        table = "stand_in"
        indexes = (("deputy", "state", "until_on"), ("mentor", "state"))


class Contact(Model):
    """One line of the contact log. The note is sealed, at most 200 characters, city level only.

    A line taken back keeps its row with ``withdrawn_at``; ``previous_next_on`` and
    ``previous_last_on`` are what the mentorship said before, so that taking back is exact.
    ``topics`` are values of ``Topic`` with commas between, empty where no note is kept.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    mentorship: fields.ForeignKeyRelation[Mentorship] = fields.ForeignKeyField(
        "models.Mentorship", related_name="contacts", on_delete=fields.RESTRICT
    )
    mentorship_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="contacts", on_delete=fields.RESTRICT
    )
    person_id: int
    entered_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="contacts_entered", on_delete=fields.RESTRICT
    )
    entered_by_id: int
    contacted_on: date = fields.DateField()
    channel = fields.CharEnumField(Channel, max_length=16)
    direction = fields.CharEnumField(Direction, max_length=16, default=Direction.OUTGOING)
    outcome = fields.CharEnumField(Outcome, max_length=20)
    topics = fields.CharField(max_length=64, default="", db_default="")
    note_sealed: bytes | None = fields.BinaryField(null=True)
    next_on: date | None = fields.DateField(null=True)
    previous_next_on: date | None = fields.DateField(null=True)
    previous_last_on: date | None = fields.DateField(null=True)
    source_key = fields.CharField(max_length=80, unique=True)
    entered_at: datetime = moment()
    withdrawn_at: datetime | None = moment(null=True)

    class Meta:
        table = "contact"
        indexes = (("person", "contacted_on"), ("entered_by", "entered_at"))
