"""A delivery as its claim returns it: what has to be known to judge, send and settle it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Claimed:
    """One leased row of the ledger."""

    id: int
    message_id: int
    purpose: str
    target: str
    self_id: str | None
    check: str | None
    reference: Mapping[str, Any] | None
    expires_at: datetime | None
    attempts: int
    priority: int
    not_before: datetime
    order_at: datetime
    in_quiet_hours: bool

    @property
    def place(self) -> tuple[int, datetime, int]:
        """Where it stands in the line: lower goes first."""
        return (self.priority, self.order_at, self.id)


def claimed(row: Mapping[str, Any]) -> Claimed:
    """Return a raw row of either database as a value."""
    reference = row["reference"]
    expires_at = row["expires_at"]
    return Claimed(
        id=int(row["id"]),
        message_id=int(row["message_id"]),
        purpose=str(row["purpose"]),
        target=str(row["target"]),
        self_id=row["self_id"],
        check=row["check"],
        reference=json.loads(reference) if isinstance(reference, str) else reference,
        expires_at=None if expires_at is None else _moment(expires_at),
        attempts=int(row["attempts"]),
        priority=int(row["priority"]),
        not_before=_moment(row["not_before"]),
        order_at=_moment(row["order_at"] or row["not_before"]),
        in_quiet_hours=bool(row["in_quiet_hours"]),
    )


def _moment(value: datetime | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
