"""Cuts what is said into messages, since platforms take only so much at once."""

from collections.abc import Iterator, Sequence

from core.messages import Blob, MediaKind, OutPart, Text
from plugins.gateway.words import CLAUSE_ENDS, SENTENCE_ENDS

# DDBOT cuts at the same length; QQ itself refuses somewhat above it (docs/sources.md).
LONGEST_TEXT = 4_500


def pieces(text: str, longest: int = LONGEST_TEXT) -> Iterator[str]:
    """Yield ``text`` in pieces of at most ``longest`` characters; joined they are ``text`` again.

    Cuts after the last sentence that fits, else after a comma, else anywhere.
    """
    while len(text) > longest:
        end = _cut(text[:longest])
        yield text[:end]
        text = text[end:]
    if text:
        yield text


def _cut(head: str) -> int:
    for marks in (SENTENCE_ENDS, CLAUSE_ENDS):
        if end := max(head.rfind(mark) for mark in marks) + 1:
            return end
    return len(head)


def runs(parts: Sequence[OutPart], *, most_images: int) -> Iterator[list[OutPart]]:
    """Yield the parts of one message after another.

    Words of at most 4,500 characters with at most ``most_images`` pictures; files, voices and
    videos alone, and pictures too when ``most_images`` is 0.
    """
    run: list[OutPart] = []
    length = images = 0
    for part in _short(parts):
        is_alone = isinstance(part, Blob) and part.kind is not MediaKind.IMAGE
        size = len(part.text) if isinstance(part, Text) else 0
        is_image = isinstance(part, Blob)
        is_full = length + size > LONGEST_TEXT or images + is_image > most_images
        if run and (is_alone or is_full):
            yield run
            run, length, images = [], 0, 0
        run.append(part)
        length, images = length + size, images + is_image
        if is_alone:
            yield run
            run, length, images = [], 0, 0
    if run:
        yield run


def _short(parts: Sequence[OutPart]) -> Iterator[OutPart]:
    for part in parts:
        if isinstance(part, Text):
            yield from map(Text, pieces(part.text))
        else:
            yield part
