"""What must not be sent: ID numbers, bank cards, mobile phones, documents marked secret. Pure.

Numbers are found however they are spaced or typed full width. A hit means: not stored, not
answered, asked to be taken back (docs/red-lines.md 7).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum

from core.messages import InPart, Media, Text
from plugins.reception import words

# Check digits of the 18-digit citizen number (GB 11643-1999).
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_ID = re.compile(r"[1-8][0-9]{16}[0-9X]")
_PHONE = re.compile(r"(?:86)?1[3-9][0-9]{9}")
# UnionPay, Visa, MasterCard, JCB, Amex; 16 to 19 digits.
_CARD = re.compile(r"(?:62|60|4[0-9]|5[0-9]|3[57]|9[0-9])[0-9]{14,17}")

_RUN = re.compile(r"[0-9](?:[ \-]{0,2}[0-9X])*", re.IGNORECASE)
_GAP = re.compile(r"[ \-]+")
_SHORTEST, _LONGEST = 11, 19
# A card is written in groups of four, never with a piece of one or two digits inside.
_SHORTEST_PIECE = 3
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_PHONE_PIECES = frozenset({(11,), (3, 4, 4), (7, 4), (3, 8), (2, 11), (2, 3, 4, 4), (13,)})


class Unwanted(StrEnum):
    """What was found."""

    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    PHONE = "phone"
    SECRET = "secret"  # noqa: S105  # a mark on a document, not a password


def find(parts: Sequence[InPart]) -> Unwanted | None:
    """Return the gravest thing in a message that must not be sent, or None."""
    said = "\n".join(part.text for part in parts if isinstance(part, Text))
    media = [part.name for part in parts if isinstance(part, Media)]
    return _secret(said, media) or _number(said)


def _secret(said: str, media: Sequence[str]) -> Unwanted | None:
    captions = [said, *media] if media else []
    if any(words.SECRECY_CAPTIONS.search(caption) for caption in captions):
        return Unwanted.SECRET
    if any(mark.search(said) for mark in words.SECRECY_MARKS):
        return Unwanted.SECRET
    return None


def _number(said: str) -> Unwanted | None:
    found: set[Unwanted] = set()
    for run in _RUN.finditer(unicodedata.normalize("NFKC", said)):
        if len(run[0]) >= _SHORTEST:
            found.update(_kinds(_GAP.split(run[0].upper())))
    order = (Unwanted.ID_NUMBER, Unwanted.BANK_CARD, Unwanted.PHONE)
    return next((kind for kind in order if kind in found), None)


def _kinds(pieces: Sequence[str]) -> Iterator[Unwanted]:
    """Yield what neighbouring pieces of digits make when put together."""
    for start in range(len(pieces)):
        joined, lengths = "", tuple[int, ...]()
        for piece in pieces[start : start + _LONGEST]:
            joined, lengths = joined + piece, (*lengths, len(piece))
            if len(joined) > _LONGEST:
                break
            if len(joined) >= _SHORTEST and (kind := _kind(joined, lengths)):
                yield kind


def _kind(digits: str, lengths: tuple[int, ...]) -> Unwanted | None:
    if _ID.fullmatch(digits) and _is_id(digits):
        return Unwanted.ID_NUMBER
    if _PHONE.fullmatch(digits) and lengths in _PHONE_PIECES:
        return Unwanted.PHONE
    is_card = _CARD.fullmatch(digits) and _passes_luhn(digits)
    if is_card and min(lengths[:-1], default=_SHORTEST_PIECE) >= _SHORTEST_PIECE:
        return Unwanted.BANK_CARD
    return None


def _is_id(digits: str) -> bool:
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, digits, strict=False))
    return _FIRST_YEAR <= born.year <= _LAST_YEAR and _ID_CHECKS[total % 11] == digits[17]


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        total += sum(divmod(int(digit) * (1 + place % 2), 10))
    return total % 10 == 0
