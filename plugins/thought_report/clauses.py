"""Cuts a text into clauses and hashes them with a key: all that the index of reports is made of.

Pure. A clause is what stands between two marks; blanks, case and the width of characters do not
count. Short ones are left out, everybody writes them. The method is described in docs/overlap.md.
"""

import hashlib
import re
import struct
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

# Counts up whenever the same text would give other hashes.
ALGORITHM = 1
# Shorter clauses are common speech (measured: unrelated reports share none of this length).
LEAST_LETTERS = 8
# A report has about a hundred; a text of more is compared by its beginning.
MOST_CLAUSES = 1000

_BETWEEN = re.compile(r"[^，。！？；：,!?;:\n\r]+")
_BYTES = 8


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: ``letters`` is what is compared, ``start`` and ``end`` where it stands as typed."""

    letters: str
    start: int
    end: int


def clauses_of(text: str) -> tuple[Clause, ...]:
    """Return the first thousand clauses of ``text`` that are long enough, in their order."""
    found = (
        Clause(_letters(piece[0]), piece.start(), piece.end()) for piece in _BETWEEN.finditer(text)
    )
    long_enough = (clause for clause in found if len(clause.letters) >= LEAST_LETTERS)
    return tuple(islice(long_enough, MOST_CLAUSES))


def _letters(piece: str) -> str:
    folded = unicodedata.normalize("NFKC", piece).casefold()
    return "".join(character for character in folded if character.isalnum())


def hash_of(letters: str, *, key: bytes) -> int:
    """Return the hash of a clause: keyed blake2b, 64 bits, signed. Without the key it says nothing.

    A plain hash could be looked up from guessed sentences; a keyed one cannot.
    """
    digest = hashlib.blake2b(letters.encode(), key=key, digest_size=_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)


def hashes_of(clauses: Iterable[Clause], *, key: bytes) -> tuple[int, ...]:
    """Return the hashes of ``clauses`` in their order, the same one as often as it stands there."""
    return tuple(hash_of(clause.letters, key=key) for clause in clauses)


def packed(hashes: Sequence[int]) -> bytes:
    """Return hashes as bytes, 8 each, the same on every machine."""
    return struct.pack(f">{len(hashes)}q", *hashes)


def unpacked(data: bytes) -> tuple[int, ...]:
    """Return the hashes of ``packed``."""
    return struct.unpack(f">{len(data) // _BYTES}q", data)
