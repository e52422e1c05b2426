"""Thought reports (思想汇报): the window, the draft with its pages, and what was handed in."""

from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from core.actors import Stage
from models.enums import AllowanceKind, DraftState, PartKind, ReportState, ReviewDecision
from models.fields import moment
from models.org import Person, Unit

# Who owes one a quarter. No national text fixes a cadence; "one a quarter" is the usual local rule
# (domain notes 3.1, [S5] [S41] [S44]). An applicant may write, but owes nothing.
OWING_STAGES = (Stage.ACTIVIST, Stage.DEVELOPMENT_TARGET, Stage.PROBATIONARY_MEMBER)


def owes_report(stage: Stage | None) -> bool:
    """Whether somebody at ``stage`` owes a report every quarter."""
    return stage in OWING_STAGES


class ReportCycle(Model):
    """The window in which a unit collects the reports of one cycle.

    ``quarter`` is its key here and below: ``2026Q4``, ``202611`` for a month, ``2026H2`` for half a
    year (core.periods.Cycle).
    """

    id = fields.IntField(primary_key=True)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="report_cycles", on_delete=fields.RESTRICT
    )
    unit_id: int
    quarter = fields.CharField(max_length=6)
    opens_on: date = fields.DateField()
    closes_on: date = fields.DateField()

    class Meta:
        table = "report_cycle"
        unique_together = (("unit", "quarter"),)


class ReportSchedule(Model):
    """How often a unit and those below it collect reports, from a day on. Rows are only added.

    ``months`` is 1, 3 or 6; None goes back to what the unit above does. ``opens_before`` are days
    before the last day of a cycle on which collecting begins, None for the usual ones;
    ``closes_after`` days after it until which a report is on time. ``set_by_id`` is the person.
    """

    id = fields.IntField(primary_key=True)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="report_schedules", on_delete=fields.RESTRICT
    )
    unit_id: int
    months: int | None = fields.SmallIntField(null=True)
    opens_before: int | None = fields.SmallIntField(null=True)
    closes_after = fields.SmallIntField(default=0, db_default=0)
    from_on: date = fields.DateField()
    set_by_id: int = fields.IntField()
    set_at: datetime = moment()

    class Meta:
        table = "report_schedule"
        indexes = (("unit", "from_on"),)


class ReportAllowance(Model):
    """More time for a report, or none owed, granted by a named person for a reason.

    ``until_on`` is the last day of an extension. The newest that is not taken back holds. The
    reason is sealed; ``quarter`` is the key of the cycle.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="report_allowances", on_delete=fields.RESTRICT
    )
    person_id: int
    quarter = fields.CharField(max_length=6)
    kind = fields.CharEnumField(AllowanceKind, max_length=12)
    until_on: date | None = fields.DateField(null=True)
    reason_sealed: bytes = fields.BinaryField()
    granted_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="report_allowances_granted", on_delete=fields.RESTRICT
    )
    granted_by_id: int
    granted_at: datetime = moment()
    withdrawn_at: datetime | None = moment(null=True)
    withdrawn_by_id: int | None = fields.IntField(null=True)

    class Meta:
        table = "report_allowance"
        indexes = (("person", "quarter"), ("quarter", "until_on"))


class ReportDraft(Model):
    """What a person is collecting. ``open_key`` is the person's id while open: one at a time.

    ``revision`` counts the changes, so that a receipt knows whether it is the newest. ``replacing``
    is the uid of the page that the next page takes the place of. ``sheet_blob_id`` is a picture of
    all pages side by side as they were at ``sheet_revision``; it goes when the draft is closed.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="report_drafts", on_delete=fields.RESTRICT
    )
    person_id: int
    quarter = fields.CharField(max_length=6)
    state = fields.CharEnumField(DraftState, max_length=16, default=DraftState.OPEN)
    open_key: int | None = fields.IntField(null=True, unique=True)
    revision = fields.IntField(default=0, db_default=0)
    replacing = fields.CharField(max_length=32, null=True)
    sheet_blob_id = fields.CharField(max_length=64, null=True)
    sheet_revision: int | None = fields.IntField(null=True)
    opened_at: datetime = moment()
    updated_at: datetime = moment()
    closed_at: datetime | None = moment(null=True)

    class Meta:
        table = "report_draft"
        indexes = (("person", "quarter"),)


class ReportPart(Model):
    """One page, in ``position`` order from 1. Text is sealed in the row, files are sealed blobs.

    ``source_key`` is the key of the message it came in and its place there: the same message taken
    twice adds nothing. ``extract_sealed`` are the words of a document beside its file, ``look`` is
    what a picture looks like (256 bits in hex, core.inspection). A page that was taken out keeps
    its row and ``position`` until the draft is closed, so that it can be put back; ``removed_in``
    is the revision that took it out.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    draft: fields.ForeignKeyRelation[ReportDraft] = fields.ForeignKeyField(
        "models.ReportDraft", related_name="parts", on_delete=fields.RESTRICT
    )
    draft_id: int
    position = fields.SmallIntField()
    kind = fields.CharEnumField(PartKind, max_length=8)
    source_key = fields.CharField(max_length=80)
    text_sealed: bytes | None = fields.BinaryField(null=True)
    characters = fields.IntField(default=0, db_default=0)
    blob_id = fields.CharField(max_length=64, null=True)
    sha256 = fields.CharField(max_length=64, null=True)
    size_bytes = fields.IntField(default=0, db_default=0)
    suffix = fields.CharField(max_length=8, default="", db_default="")
    extract_sealed: bytes | None = fields.BinaryField(null=True)
    look = fields.CharField(max_length=64, default="", db_default="")
    added_at: datetime = moment()
    removed_in: int | None = fields.IntField(null=True)

    class Meta:
        table = "report_part"
        unique_together = (("draft", "source_key"),)


class ThoughtReport(Model):
    """A report as handed in; a later version is a row of its own. Its pages are its draft's."""

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="thought_reports", on_delete=fields.RESTRICT
    )
    person_id: int
    draft: fields.ForeignKeyRelation[ReportDraft] = fields.ForeignKeyField(
        "models.ReportDraft", related_name="reports", on_delete=fields.RESTRICT
    )
    draft_id: int
    quarter = fields.CharField(max_length=6)
    version = fields.SmallIntField(default=1, db_default=1)
    state = fields.CharEnumField(ReportState, max_length=20)
    is_late = fields.BooleanField(default=False, db_default=False)
    pages = fields.SmallIntField()
    submitted_at: datetime = moment()
    reviewed_at: datetime | None = moment(null=True)

    class Meta:
        table = "thought_report"
        unique_together = (("person", "quarter", "version"),)
        indexes = (("quarter", "state"),)


class ReportReview(Model):
    """What a mentor or the branch said to a version. Rows are only added.

    ``reason_sealed`` holds the reviewer's own words, which the author gets as they are.
    ``for_mentor_id`` is the mentor in whose place a deputy answered; the reviewer is the deputy.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    report: fields.ForeignKeyRelation[ThoughtReport] = fields.ForeignKeyField(
        "models.ThoughtReport", related_name="reviews", on_delete=fields.RESTRICT
    )
    report_id: int
    reviewer: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="report_reviews", on_delete=fields.RESTRICT
    )
    reviewer_id: int
    as_mentor = fields.BooleanField()
    for_mentor_id: int | None = fields.IntField(null=True)
    decision = fields.CharEnumField(ReviewDecision, max_length=12)
    reason_sealed: bytes | None = fields.BinaryField(null=True)
    decided_at: datetime = moment()

    class Meta:
        table = "report_review"
