"""Finds pieces (搜) by words: an index of two-character grams, in memory. Pure.

The index only narrows down who is looked at; whether a word really stands in a piece is decided by
looking. So it says the same on every database.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from plugins.study import words
from plugins.study.library import Library, Material

RESULTS_MOST = 6
# When no piece holds every word, those that hold at least half of the grams are shown.
_HALF = 2
_LONGEST_QUERY = 60


@dataclass(frozen=True, slots=True)
class Document:
    """What is searched of one piece: its fields in the order in which they count."""

    key: str
    fields: tuple[str, ...]


def plain_form(text: str) -> str:
    """Return text as it is compared: one form of each character, small letters, no blanks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return folded.replace(" ", "")


def _grams(text: str) -> set[str]:
    return {pair for pair in set(map(str.__add__, text, text[1:])) if pair.isalnum()}


def words_of(query: str) -> tuple[str, ...]:
    """Return the words of what was asked, without those of asking (怎么办)."""
    folded = unicodedata.normalize("NFKC", query[:_LONGEST_QUERY]).casefold()
    bare = "".join(c if c.isalnum() else " " for c in words.ASKING.sub(" ", folded))
    return tuple(bare.split())


class Index:
    """Documents by their grams, in the order in which they were given."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._keys = [document.key for document in documents]
        self._fields = [tuple(map(plain_form, document.fields)) for document in documents]
        self._holders: dict[str, list[int]] = defaultdict(list)
        for number, fields in enumerate(self._fields):
            for gram in set().union(*map(_grams, fields)):
                self._holders[gram].append(number)

    def find(
        self, query: str, allowed: Callable[[str], bool], limit: int = RESULTS_MOST
    ) -> tuple[str, ...]:
        """Return the keys that fit best: a word in an earlier field counts before a later one."""
        wanted = words_of(query)
        if not wanted:
            return ()
        found = sorted(
            (rank, number)
            for number in self._candidates(wanted)
            if (rank := self._rank(number, wanted)) is not None and allowed(self._keys[number])
        )
        ranked = [number for _, number in found] or self._nearly(wanted, allowed)
        return tuple(self._keys[number] for number in ranked[:limit])

    def _candidates(self, wanted: Sequence[str]) -> Sequence[int]:
        """Return the holders of the rarest gram; all, when there are single characters only."""
        grams = set().union(*map(_grams, wanted))
        if not grams:
            return range(len(self._keys))
        return min((self._holders.get(gram, []) for gram in grams), key=len)

    def _rank(self, number: int, wanted: Sequence[str]) -> tuple[int, ...] | None:
        """Return the field of each word, the worst first; None when one stands nowhere."""
        places = []
        for word in wanted:
            place = next(
                (place for place, text in enumerate(self._fields[number]) if word in text), None
            )
            if place is None:
                return None
            places.append(place)
        return tuple(sorted(places, reverse=True))

    def _nearly(self, wanted: Sequence[str], allowed: Callable[[str], bool]) -> list[int]:
        grams = set().union(*map(_grams, wanted))
        held = Counter(number for gram in grams for number in self._holders.get(gram, ()))
        near = [
            (-count, number)
            for number, count in held.items()
            if count * _HALF >= len(grams) and allowed(self._keys[number])
        ]
        return [number for _, number in sorted(near)]


def index_of(pieces: Iterable[Material]) -> Index:
    """Return the index of pieces: title, tags, what a group sees, the bubbles."""
    return Index(
        [
            Document(
                piece.slug,
                (
                    piece.title,
                    "\n".join((piece.series, *piece.tags, *piece.trades, *sorted(piece.cities))),
                    piece.push,
                    "\n".join(piece.sections),
                ),
            )
            for piece in pieces
        ]
    )


_built: tuple[Library, Index] | None = None


def current(library: Library) -> Index:
    """Return the index of ``library``, built when it is first asked for."""
    global _built
    if _built is None or _built[0] is not library:
        _built = (library, index_of(library.all))
    return _built[1]
