"""Ways into the console: one-time links, and the sessions that come of them."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from models.fields import moment
from models.org import Account


class ConsoleLink(Model):
    """A link that opens the console once. Only the SHA-256 of its token is kept.

    ``person_id`` is who stood behind the account when it was asked for: the link of an account that
    changed hands since opens nothing.
    """

    id = fields.IntField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="console_links", on_delete=fields.CASCADE
    )
    account_id: int
    person_id: int = fields.IntField()
    made_at: datetime = moment()
    expires_at: datetime = moment(db_index=True)
    used_at: datetime | None = moment(null=True)

    class Meta:
        table = "console_link"


class ConsoleSession(Model):
    """Somebody signed in, in one browser. Only the SHA-256 of the cookie is kept.

    ``seen_at`` is the last use, to the minute. A session that has ended has no row.
    """

    id = fields.IntField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="console_sessions", on_delete=fields.CASCADE
    )
    account_id: int
    person_id: int = fields.IntField()
    begun_at: datetime = moment()
    seen_at: datetime = moment()
    ends_at: datetime = moment(db_index=True)

    class Meta:
        table = "console_session"
