"""Finds in a grid of cells where the list begins and what each column is: titles, merged headers.

Guesses only, from the table in words; what is guessed is shown and confirmed before it counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.errors import Refusal
from core.inspection import Sheet
from plugins.roster import words

# Rows above the headers: a title, a line "filled in on", an empty one.
ROWS_ABOVE = 10
REQUIRED = (words.NAME, words.UNIT, words.STAGE)


@dataclass(frozen=True, slots=True)
class Headed:
    """A sheet whose headers were found. ``labels`` and ``meanings`` are by place, from 0.

    ``first`` is the index of the first row below the headers. A meaning that two columns have is
    the first one's, and in ``doubles``.
    """

    sheet: Sheet
    first: int
    labels: Mapping[int, str]
    meanings: Mapping[int, str]
    doubles: tuple[str, ...] = ()

    @property
    def lacking(self) -> tuple[str, ...]:
        """What every roster needs and no column says."""
        return tuple(name for name in REQUIRED if name not in self.meanings.values())


def find(sheets: Sequence[Sheet]) -> Headed:
    """Return the sheet and row that look most like the headers of a roster.

    Raises Refusal ``roster.no_headers`` when no row names people, nor any two other columns.
    """
    best: tuple[tuple[bool, int, int], Headed] | None = None
    for sheet in sheets:
        for headed in _candidates(sheet):
            meanings = set(headed.meanings.values())
            if len(meanings) < 2 and words.NAME not in meanings:  # noqa: PLR2004  # see above
                continue
            rank = (words.NAME in meanings, -len(headed.lacking), len(meanings))
            if best is None or rank > best[0]:
                best = (rank, headed)
    if best is None:
        raise Refusal("roster.no_headers", missing=words.LIST_MARK.join(REQUIRED))
    return best[1]


def _candidates(sheet: Sheet) -> Iterator[Headed]:
    for number, row in enumerate(sheet.rows[:ROWS_ABOVE]):
        labels = {place: [cell] for place, cell in enumerate(row) if words.bare(cell)}
        if len(labels) > 1 or len(row) == 1:
            yield _headed(sheet, number + 1, labels)
        below = sheet.rows[number + 1] if number + 1 < len(sheet.rows) else ()
        # A title alone in its row is no heading, however far it is merged.
        if len(labels) > 1 and _may_be_headers(below):
            yield _headed(sheet, number + 2, _two_rows(sheet, number, row, below))


def _may_be_headers(row: Sequence[str]) -> bool:
    """Whether a row can be the lower half of headers: it names columns and no person."""
    return any(words.meaning_of(cell) for cell in row) and not any(
        words.is_day(cell) or words.bare(cell) in words.STAGES for cell in row
    )


def _two_rows(
    sheet: Sheet, number: int, upper: Sequence[str], lower: Sequence[str]
) -> dict[int, list[str]]:
    """Return what headers of two rows may mean, the likeliest first."""
    found: dict[int, list[str]] = {}
    for place in range(max(len(upper), len(lower))):
        above = words.bare(upper[place]) if place < len(upper) else ""
        below = words.bare(lower[place]) if place < len(lower) else ""
        above = above or _spread(sheet, number, place, upper)
        # The lower one alone where it says enough (谈话时间), else both (申请入党 over 时间).
        names = list(dict.fromkeys((below, above + below))) if below else [above]
        if any(names):
            found[place] = names
    return found


def _spread(sheet: Sheet, number: int, place: int, row: Sequence[str]) -> str:
    """Return the label of a merged cell that reaches over ``place``."""
    for top, left, bottom, right in sheet.merged:
        if top <= number <= bottom and left <= place <= right and left < len(row):
            return words.bare(row[left])
    return ""


def _headed(sheet: Sheet, first: int, labels: Mapping[int, Sequence[str]]) -> Headed:
    meanings: dict[int, str] = {}
    doubles = []
    shown: dict[int, str] = {}
    for place, names in labels.items():
        barred = next((name for name in names if words.NEVER_READ.search(name)), None)
        said = next((name for name in names if words.meaning_of(name)), names[-1])
        shown[place] = words.bare(barred or said)
        meaning = None if barred else words.meaning_of(said)
        if meaning in meanings.values():
            doubles.append(str(meaning))
        elif meaning is not None:
            meanings[place] = meaning
    return Headed(sheet, first, shown, meanings, tuple(doubles))
