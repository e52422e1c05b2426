"""Help that somebody asked for (求助): apart from the way into the Party, closed by the person."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from models.enums import HelpKind, HelpState
from models.fields import moment
from models.org import Person

# Cases on which somebody still has to act.
OPEN_HELP = frozenset({HelpState.OPEN, HelpState.TAKEN, HelpState.DONE})


class AssistanceCase(Model):
    """One thing somebody needs help with; his words are sealed, at most 200 characters.

    ``opened_by_id`` is the person, or the mentor who asked for him after his yes. ``taken_by_id``
    is who promised to act. ``done_at`` is when he said it is done; only the person's own answer
    closes the case or takes it back (``confirmed_at``). For somebody without an account whoever
    asked for him, or the secretary, may take it back: ``withdrawn_by_id`` with his reason, sealed.
    ``source_key`` is the message that opened it: told twice it is one case.
    """

    id = fields.IntField(primary_key=True)
    uid = fields.CharField(max_length=32, unique=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="assistance_cases", on_delete=fields.RESTRICT
    )
    person_id: int
    kind = fields.CharEnumField(HelpKind, max_length=12)
    words_sealed: bytes = fields.BinaryField()
    state = fields.CharEnumField(HelpState, max_length=12)
    opened_by_id: int = fields.IntField()
    opened_at: datetime = moment()
    taken_by_id: int | None = fields.IntField(null=True)
    taken_at: datetime | None = moment(null=True)
    asked_at: datetime | None = moment(null=True)
    done_at: datetime | None = moment(null=True)
    confirmed_at: datetime | None = moment(null=True)
    withdrawn_by_id: int | None = fields.IntField(null=True)
    withdrawn_reason_sealed: bytes | None = fields.BinaryField(null=True)
    source_key = fields.CharField(max_length=80, unique=True)

    class Meta:
        table = "assistance_case"
        indexes = (("person", "state"), ("state", "taken_at"))
