"""What leaves the chat: signed originals on paper (原件), and files made for a secretary (导出)."""

from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from models.enums import ExportKind
from models.fields import moment
from models.org import Person


class ReportOriginal(Model):
    """The signed original of a person's report for a quarter (``2026Q4``), received on paper.

    It stands for the quarter, not for a version: somebody whose reports we may not keep hands in
    paper only. ``standing_key`` is ``person:quarter`` while the row stands, so that one original is
    received once; a row taken back keeps everything but that key.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="report_originals", on_delete=fields.RESTRICT
    )
    person_id: int
    quarter = fields.CharField(max_length=6)
    received_on: date = fields.DateField()
    received_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="originals_received", on_delete=fields.RESTRICT
    )
    received_by_id: int
    standing_key = fields.CharField(max_length=32, null=True, unique=True)
    source_key = fields.CharField(max_length=80)
    entered_at: datetime = moment()
    withdrawn_at: datetime | None = moment(null=True)

    class Meta:
        table = "report_original"
        unique_together = (("source_key", "quarter"),)
        indexes = (("person", "quarter"), ("received_by", "entered_at"))


class ReportExport(Model):
    """A file that somebody confirmed to want: owed from then on, made once, removed after it left.

    ``account_id`` is where it goes. ``about_id`` is one person, ``unit_id`` one unit of a list,
    empty for everything in reach; ``first_on`` and ``last_on`` are the days that a list counts.
    ``tries`` counts how often making was begun: what ends the process is not begun for ever.
    ``blobs`` are the sealed files, named until ``cleared_at``.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    asked_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="report_exports", on_delete=fields.RESTRICT
    )
    asked_by_id: int
    account_id: int = fields.IntField()
    kind = fields.CharEnumField(ExportKind, max_length=8)
    about_id: int | None = fields.IntField(null=True)
    quarter = fields.CharField(max_length=6, null=True)
    unit_id: int | None = fields.IntField(null=True)
    first_on: date | None = fields.DateField(null=True)
    last_on: date | None = fields.DateField(null=True)
    as_archive = fields.BooleanField(default=False, db_default=False)
    source_key = fields.CharField(max_length=80, unique=True)
    confirmed_at: datetime = moment()
    tries = fields.SmallIntField(default=0, db_default=0)
    made_at: datetime | None = moment(null=True, db_index=True)
    blobs: list[str] = fields.JSONField(default=list)
    cleared_at: datetime | None = moment(null=True)

    class Meta:
        table = "report_export"
