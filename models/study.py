"""What was pushed to whom, and what people learned. The library itself is files."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from models.enums import Evidence
from models.fields import moment
from models.org import Group, Person


class Push(Model):
    """The digest of one group at one of its hours; the unique key makes planning repeatable."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="pushes", on_delete=fields.RESTRICT
    )
    group_id: int
    slot_at: datetime = moment()
    material = fields.CharField(max_length=80)
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
    """Study hours by kind of evidence; one row a person, material and kind."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="study_records", on_delete=fields.RESTRICT
    )
    person_id: int
    material = fields.CharField(max_length=80)
    evidence = fields.CharEnumField(Evidence, max_length=16)
    hours_tenths = fields.IntField(description="study hours in tenths, so that sums stay exact")
    earned_at: datetime = moment()

    class Meta:
        table = "study_record"
        unique_together = (("person", "material", "evidence"),)
