"""What must not be sent: ID numbers, bank cards, mobile phones, documents marked secret. Pure.

A hit means: not stored, not answered, asked to be taken back (docs/red-lines.md 7). How numbers are
found is in ``core.private_numbers``.
"""

from collections.abc import Sequence
from enum import StrEnum

from core import private_numbers
from core.messages import InPart, Media, Text
from core.private_numbers import PrivateNumber
from plugins.reception import words


class Unwanted(StrEnum):
    """What was found."""

    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    PHONE = "phone"
    SECRET = "secret"  # noqa: S105  # a mark on a document, not a password


_NUMBERS = {
    PrivateNumber.ID_NUMBER: Unwanted.ID_NUMBER,
    PrivateNumber.BANK_CARD: Unwanted.BANK_CARD,
    PrivateNumber.PHONE: Unwanted.PHONE,
}


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
    found = private_numbers.find(said)
    return None if found is None else _NUMBERS[found]
