"""Who goes where (流动): one row for each journey somebody told us of, city level only."""

from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from models.enums import MovementSource, MovementState
from models.fields import moment
from models.org import Person

# Journeys that are not over: somebody is about to leave, or has left and not said that he arrived.
OPEN_MOVEMENTS = frozenset({MovementState.PLANNED, MovementState.AWAY})


class Movement(Model):
    """One journey: from which city to which, on which day, and whether the person arrived.

    ``from_city`` and ``left_before`` are what the person's row said before, so that a journey that
    did not happen is taken back exactly. ``source_key`` is the message that told of it: told twice
    it is one row. ``employer_sealed`` is the name of an employer that the person offered.
    ``cards_version`` is the set of cards that was sent along. ``talk_at`` and ``talk_by_id`` say
    who ticked, and when, that the talk before leaving (行前教育) was held.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="movements", on_delete=fields.RESTRICT
    )
    person_id: int
    from_city = fields.CharField(max_length=32, null=True)
    to_city = fields.CharField(max_length=32)
    leaves_on: date = fields.DateField()
    return_on: date | None = fields.DateField(null=True)
    left_before: date | None = fields.DateField(null=True)
    asks_on: date | None = fields.DateField(null=True)
    state = fields.CharEnumField(MovementState, max_length=12)
    source = fields.CharEnumField(MovementSource, max_length=12)
    source_key = fields.CharField(max_length=80, unique=True)
    cards_version = fields.CharField(max_length=16, default="", db_default="")
    employer_sealed: bytes | None = fields.BinaryField(null=True)
    reported_at: datetime = moment()
    arrived_at: datetime | None = moment(null=True)
    ended_at: datetime | None = moment(null=True)
    talk_at: datetime | None = moment(null=True)
    talk_by_id: int | None = fields.IntField(null=True)

    class Meta:
        table = "movement"
        indexes = (("person", "state"), ("state", "asks_on"))
