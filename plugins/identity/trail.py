"""The audit log about one person: what was done to his rows, and what stays of it when he goes."""

from collections.abc import Sequence

from tortoise.queryset import QuerySet

from core.database import require_tx
from models import AuditLog


def about(person_id: int) -> QuerySet[AuditLog]:
    """Return what was done about a person as such, oldest first."""
    return AuditLog.filter(subject_kind="person", subject_id=person_id).order_by("id")


async def blank(subject_kind: str, ids: Sequence[int]) -> None:
    """Leave of what was done to rows only that it was: who, when, which row; no detail.

    Inside the caller's transaction; running it twice is harmless.
    """
    require_tx()
    if ids:
        rows = AuditLog.filter(subject_kind=subject_kind, subject_id__in=list(ids))
        await rows.update(detail={})
