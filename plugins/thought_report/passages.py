"""Puts passages of two texts side by side where their clauses are equal. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plugins.thought_report.clauses import Clause, clauses_of

# A passage as it is shown: enough to recognize it, a chat bubble and no page.
MOST_CHARACTERS = 60
# A changed clause between two equal ones belongs to the passage.
_LONGEST_STEP = 2


@dataclass(frozen=True, slots=True)
class Passage:
    """The same passage in two texts, as it was typed in each. ``clauses`` are equal in both."""

    here: str
    there: str
    clauses: int


def shared(here: str, there: str, *, most: int) -> tuple[Passage, ...]:
    """Return the ``most`` passages with most equal clauses, in the order of ``here``."""
    ours, theirs = clauses_of(here), clauses_of(there)
    runs = sorted(_runs(ours, theirs), key=lambda run: -len(run))[:most]
    return tuple(
        Passage(
            here=_cut(here, ours[run[0][0]], ours[run[-1][0]]),
            there=_cut(there, theirs[run[0][1]], theirs[run[-1][1]]),
            clauses=len(run),
        )
        for run in sorted(runs)
    )


def _runs(ours: Sequence[Clause], theirs: Sequence[Clause]) -> Iterator[list[tuple[int, int]]]:
    """Yield runs of pairs of places with equal clauses; no clause of ours is in two runs."""
    places = defaultdict(list)
    for place, clause in enumerate(theirs):
        places[clause.letters].append(place)
    start = 0
    while start < len(ours):
        found = [_run_from(ours, theirs, start, place) for place in places[ours[start].letters]]
        if found:
            run = max(found, key=len)
            yield run
            start = run[-1][0]
        start += 1


def _run_from(
    ours: Sequence[Clause], theirs: Sequence[Clause], start: int, place: int
) -> list[tuple[int, int]]:
    run = [(start, place)]
    while step := _step(ours, theirs, *run[-1]):
        run.append((run[-1][0] + step, run[-1][1] + step))
    return run


def _step(ours: Sequence[Clause], theirs: Sequence[Clause], start: int, place: int) -> int:
    """Return how far on both texts agree again, 0 when they part."""
    for step in range(1, _LONGEST_STEP + 1):
        if start + step >= len(ours) or place + step >= len(theirs):
            return 0
        if ours[start + step].letters == theirs[place + step].letters:
            return step
    return 0


def _cut(text: str, first: Clause, last: Clause) -> str:
    passage = " ".join(text[first.start : last.end].split())
    if len(passage) <= MOST_CHARACTERS:
        return passage
    return f"{passage[:MOST_CHARACTERS]}……"
