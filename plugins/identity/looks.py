"""Leaves the row of every look at something personal (谁看过): who, when, in what office, at what.

The one place that writes ``read_log``; its owner may ask for every row. Codes and ids only.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from core.actors import Actor
from core.database import require_tx
from core.periods import Quarter
from models import ReadLog

# The summary of everything kept about somebody (查档).
DOSSIER = "dossier"
# The log of contacts with somebody, and the facts drawn from it for an inspection.
CONTACTS = "contacts"
INSPECTION = "inspection"
# A row of the numbers of a branch, taken out as a file (明细).
FIGURES = "figures"
# A line in a list that was taken out (台账), and an official form filled with what is known of him.
LEDGER = "ledger"
FORM = "form"
# The words of a help case, by whoever took it.
ASSISTANCE = "assistance"
# A report of a quarter, read in chat, and the same taken out as a file.
REPORT_PREFIX = "thought_report:"
EXPORT_PREFIX = "export:"
# Passages of it, beside another report that has the same ones.
OVERLAP_PREFIX = "report_overlap:"


# Rows written by one statement; SQLite takes some 32,000 values.
_BATCH = 1000


class Office(StrEnum):
    """In what office somebody looked; the owner reads it in words."""

    MENTOR = "mentor"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    LIAISON = "inflow"
    TOWNSHIP = "township"


def at_report(quarter: Quarter | str) -> str:
    """Return the code of a look at the report of a quarter."""
    return f"{REPORT_PREFIX}{quarter}"


def at_export(quarter: Quarter | str) -> str:
    """Return the code of taking the report of a quarter out as a file."""
    return f"{EXPORT_PREFIX}{quarter}"


def at_overlap(quarter: Quarter | str) -> str:
    """Return the code of a look at passages of the report of a quarter, beside another's."""
    return f"{OVERLAP_PREFIX}{quarter}"


async def note_all(
    *, reader: Actor, person_ids: Sequence[int], office: Office, what: str, now: datetime
) -> None:
    """Note a look at each of many people in the caller's transaction, none at oneself."""
    require_tx()
    rows = [
        ReadLog(
            at=now,
            person_id=person_id,
            reader_id=reader.person_id,
            reader_role=office.value,
            what=what,
        )
        for person_id in person_ids
        if reader.person_id is not None and person_id != reader.person_id
    ]
    if rows:
        await ReadLog.bulk_create(rows, batch_size=_BATCH)


async def note(*, reader: Actor, person_id: int, office: Office, what: str, now: datetime) -> None:
    """Note one look in the caller's transaction; a look at oneself leaves no row."""
    require_tx()
    if reader.person_id is None or reader.person_id == person_id:
        return
    await ReadLog.create(
        at=now,
        person_id=person_id,
        reader_id=reader.person_id,
        reader_role=office.value,
        what=what,
    )
