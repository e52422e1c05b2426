"""The eight states of a delivery and the ways between them, as one table (docs/adr/0004)."""

from collections.abc import Mapping

from core.errors import Fault
from models.enums import DeliveryState as S

NEXT: Mapping[S, frozenset[S]] = {
    # cancelled also straight away: whoever plans may take back what nobody has claimed
    S.DUE: frozenset({S.LEASED, S.EXPIRED, S.CANCELLED}),
    # claimed, nothing written: it may still turn out to be no longer owed, too late, or to have
    # nobody to go to; else it is written, or given back
    S.LEASED: frozenset({S.SENDING, S.DUE, S.EXPIRED, S.CANCELLED, S.REJECTED}),
    S.SENDING: frozenset({S.SENT, S.DUE, S.REJECTED, S.UNKNOWN}),
    # the platform confirmed it, and its own history does not have it: a person has to look
    S.SENT: frozenset({S.UNKNOWN}),
    # by a person alone, once the group speaks again (补发)
    S.REJECTED: frozenset({S.DUE}),
    # by evidence of the platform, or by a person: 补发, 当作已发
    S.UNKNOWN: frozenset({S.SENT, S.DUE}),
    S.EXPIRED: frozenset(),
    S.CANCELLED: frozenset(),
}

# What is over without anybody's help: such rows are receipts and are pruned one day.
FINAL = frozenset({S.SENT, S.REJECTED, S.EXPIRED, S.CANCELLED})


def require(old: S, new: S) -> None:
    """Fault when no delivery may go from ``old`` to ``new``."""
    if new not in NEXT[old]:
        raise Fault(f"no delivery goes from {old.value} to {new.value}")


def sources(new: S) -> frozenset[S]:
    """Return the states from which ``new`` may be reached."""
    return frozenset(old for old, nexts in NEXT.items() if new in nexts)
