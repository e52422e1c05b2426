"""Which parts of a thought report stand in its text. Pure; a hint to its reader, never a verdict.

A report has a salutation, a body, a close, a signature and a date (domain notes 3.1, [S41] [S44]).
What is only on a photo or in a voice message is not looked for.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from plugins.thought_report import part_words

# Where people put things: the salutation opens, close, signature and date end a report.
_HEAD = 80
_CLOSE_TAIL = 160
_TAIL = 60
# Less than this beside salutation, close, signature and date is no body yet.
_LEAST_BODY = 15


class Part(StrEnum):
    """A part of a report, in the order in which it is named to its reader."""

    SALUTATION = "salutation"
    BODY = "body"
    CLOSE = "close"
    SIGNATURE = "signature"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Parts:
    """What was seen in a text. ``characters`` are those of all its pages, blanks aside."""

    characters: int
    seen: frozenset[Part]

    @property
    def missing(self) -> tuple[Part, ...]:
        """What was not seen, in the order of ``Part``."""
        return tuple(part for part in Part if part not in self.seen)


def parts_of(texts: Sequence[str], *, author: str) -> Parts | None:
    """Return the parts in ``texts``, the readable pages in their order; None when none is readable.

    ``author`` is the name that counts as a signature at the end.
    """
    text = _tight("\n".join(texts))
    if not text:
        return None
    tail = text[-_TAIL:]
    found = {
        Part.SALUTATION: part_words.SALUTATION.search(text[:_HEAD]) is not None,
        Part.CLOSE: part_words.CLOSE.search(text[-_CLOSE_TAIL:]) is not None,
        Part.SIGNATURE: _is_signed(tail, _tight(author)),
        Part.DATE: part_words.DATE.search(tail) is not None,
        Part.BODY: _body_length(text, _tight(author)) >= _LEAST_BODY,
    }
    seen = frozenset(part for part, is_there in found.items() if is_there)
    return Parts(len(text.replace("\n", "")), seen)


def _tight(text: str) -> str:
    """Return text in one form of each character, without blanks; lines stay lines."""
    lines = unicodedata.normalize("NFKC", text).splitlines()
    return "\n".join(tight for line in lines if (tight := "".join(line.split())))


def _is_signed(tail: str, author: str) -> bool:
    if part_words.SIGNED_AS.search(tail):
        return True
    ending = part_words.DATE.sub("", tail).rstrip("\n,.;，。；、()（）")
    return bool(author) and ending.endswith(author)


def _body_length(text: str, author: str) -> int:
    bare = part_words.SALUTATION.sub("", text, count=1)
    for pattern in (part_words.DATE, part_words.CLOSE):
        bare = pattern.sub("", bare)
    bare = bare.removesuffix(author)
    return sum(character.isalnum() for character in bare)
