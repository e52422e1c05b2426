"""A person's own rights: what is asked and waits for a yes, copies to fetch, files to remove."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from core.personal import CorrectionItem
from models.fields import moment
from models.org import Account, Person


class Rebinding(Model):
    """A new account that wants to stand for a person who has another one (换手机).

    A mentor says yes or no. ``raised_at`` is when the branch was asked because he was silent.
    ``is_accepted`` is empty while nobody has decided, and False as well when time ran out.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="rebindings", on_delete=fields.RESTRICT
    )
    person_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="rebindings", on_delete=fields.CASCADE
    )
    account_id: int
    invitation_id: int = fields.IntField()
    asked_at: datetime = moment()
    raised_at: datetime | None = moment(null=True)
    decided_at: datetime | None = moment(null=True)
    decided_by_id: int | None = fields.IntField(null=True)
    is_accepted = fields.BooleanField(null=True)

    class Meta:
        table = "rebinding"
        indexes = (("person", "decided_at"), ("decided_at", "asked_at"))


class Correction(Model):
    """Something a person says is written down wrongly (更正). What is right is sealed.

    The branch says yes or no; ``is_accepted`` is empty while it has not.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="corrections", on_delete=fields.RESTRICT
    )
    person_id: int
    item = fields.CharEnumField(CorrectionItem, max_length=12)
    right_sealed: bytes = fields.BinaryField()
    asked_at: datetime = moment()
    decided_at: datetime | None = moment(null=True)
    decided_by_id: int | None = fields.IntField(null=True)
    is_accepted = fields.BooleanField(null=True)

    class Meta:
        table = "correction"
        indexes = (("person", "decided_at"), ("decided_at", "asked_at"))


class DataExport(Model):
    """A copy of everything that was made for a person to fetch; it is removed soon after."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="data_exports", on_delete=fields.RESTRICT
    )
    person_id: int
    blob_id = fields.CharField(max_length=64)
    made_at: datetime = moment(db_index=True)

    class Meta:
        table = "data_export"


class DoomedFile(Model):
    """A file that no row refers to any more and that is to be removed: noted before, gone after.

    Written in the transaction that deleted its rows, so that a power cut leaves no file behind.
    """

    id = fields.IntField(primary_key=True)
    blob_id = fields.CharField(max_length=64, unique=True)
    doomed_at: datetime = moment()

    class Meta:
        table = "doomed_file"
