"""What a storm comes to: the counts of one seed, and their sum over many."""

from dataclasses import dataclass, field, fields


@dataclass
class Verdict:
    """The accounts of one seed, or of many. ``complaints`` is empty when all is as it must be."""

    seeds: int = 0
    deliveries: int = 0
    shown_once: int = 0
    unknown_with_evidence: int = 0
    unknown_without: int = 0
    drops_found: int = 0
    drops_not_verifiable: int = 0
    refused: int = 0
    expired: int = 0
    taken_back: int = 0
    not_owed: int = 0
    sends: int = 0
    faults: int = 0
    kills: int = 0
    cuts: int = 0
    jumps: int = 0
    orders_failed: int = 0
    transitions: int = 0
    duplicates: int = 0
    lost: int = 0
    complaints: list[str] = field(default_factory=list)

    def blame(self, what: str) -> None:
        """Write down something that must not be."""
        self.complaints.append(what)

    def add(self, other: "Verdict") -> None:
        """Add another's counts and complaints to our own."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    def table(self) -> str:
        """Return the counts as lines for people."""
        names = [each.name for each in fields(self) if each.name != "complaints"]
        return "\n".join(f"{name.replace('_', ' '):24} {getattr(self, name):9,}" for name in names)
