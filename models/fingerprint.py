"""Fingerprints of thought reports: which keyed clause hashes a report holds, and no text."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from models.fields import moment, row_id
from models.report import ThoughtReport


class ReportFingerprint(Model):
    """The clause hashes of one report as handed in, in their order, 8 bytes each.

    ``edition`` names the method and the key they were made with; another edition matches nothing
    and is made anew. A report cannot be deleted before its fingerprint is forgotten.
    """

    id = fields.IntField(primary_key=True)
    report: fields.OneToOneRelation[ThoughtReport] = fields.OneToOneField(
        "models.ThoughtReport", related_name="fingerprint", on_delete=fields.RESTRICT
    )
    report_id: int
    edition = fields.IntField(db_index=True)
    hashes: bytes = fields.BinaryField()
    made_at: datetime = moment()

    class Meta:
        table = "report_fingerprint"


class ReportClause(Model):
    """One clause of one report, as a number: the whole table is its own index.

    ``id`` holds the upper half of the clause's hash above the report's id, so that the reports
    with a clause are one range of ids. The lower half is compared in ``ReportFingerprint``.
    """

    id: int = row_id()

    class Meta:
        table = "report_clause"
