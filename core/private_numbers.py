"""Finds numbers that must not be kept in any text: ID numbers, bank cards, mobile phones. Pure.

Numbers are found however they are spaced or typed full width (docs/red-lines.md 7).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum

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


class PrivateNumber(StrEnum):
    """What was found."""

    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    PHONE = "phone"


def find(said: str) -> PrivateNumber | None:
    """Return the gravest number in a text that must not be kept, or None."""
    found: set[PrivateNumber] = set()
    for run in _RUN.finditer(unicodedata.normalize("NFKC", said)):
        if len(run[0]) >= _SHORTEST:
            found.update(_kinds(_GAP.split(run[0].upper())))
    order = (PrivateNumber.ID_NUMBER, PrivateNumber.BANK_CARD, PrivateNumber.PHONE)
    return next((kind for kind in order if kind in found), None)


def _kinds(pieces: Sequence[str]) -> Iterator[PrivateNumber]:
    """Yield what neighbouring pieces of digits make when put together."""
    for start in range(len(pieces)):
        joined, lengths = "", tuple[int, ...]()
        for piece in pieces[start : start + _LONGEST]:
            joined, lengths = joined + piece, (*lengths, len(piece))
            if len(joined) > _LONGEST:
                break
            if len(joined) >= _SHORTEST and (kind := _kind(joined, lengths)):
                yield kind


def _kind(digits: str, lengths: tuple[int, ...]) -> PrivateNumber | None:
    if _ID.fullmatch(digits) and _is_id(digits):
        return PrivateNumber.ID_NUMBER
    if _PHONE.fullmatch(digits) and lengths in _PHONE_PIECES:
        return PrivateNumber.PHONE
    is_card = _CARD.fullmatch(digits) and _passes_luhn(digits)
    if is_card and min(lengths[:-1], default=_SHORTEST_PIECE) >= _SHORTEST_PIECE:
        return PrivateNumber.BANK_CARD
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
