"""Consents with their version and time, and the one-time codes with which people bind."""

from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from core.actors import ConsentKind
from models.enums import ConsentDecision
from models.fields import moment
from models.org import Person


class Consent(Model):
    """One decision about one consent; rows are only added, the newest of a kind is in force."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="consents", on_delete=fields.RESTRICT
    )
    person_id: int
    kind = fields.CharEnumField(ConsentKind, max_length=16)
    version = fields.CharField(max_length=16)
    decision = fields.CharEnumField(ConsentDecision, max_length=16)
    decided_at: datetime = moment()

    class Meta:
        table = "consent"
        indexes = (("person", "kind", "id"),)


class Invitation(Model):
    """A one-time code for one person; only a keyed hash of the eight digits is kept."""

    id = fields.IntField(primary_key=True)
    code_hash = fields.CharField(max_length=64, unique=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="invitations", on_delete=fields.RESTRICT
    )
    person_id: int
    issued_by_id: int | None = fields.IntField(null=True)
    issued_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(null=True)
    withdrawn_at: datetime | None = moment(null=True)

    class Meta:
        table = "invitation"


class CodeTry(Model):
    """How often an account typed a wrong code on a day."""

    id = fields.IntField(primary_key=True)
    platform = fields.CharField(max_length=24)
    account_id = fields.CharField(max_length=64)
    tried_on: date = fields.DateField()
    count = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "code_try"
        unique_together = (("platform", "account_id", "tried_on"),)
