"""Cuts what is said into messages, since platforms take only so much at once."""

from collections.abc import Iterable, Iterator, Sequence

from core.messages import Blob, Forward, MediaKind, OutPart, Text
from plugins.gateway.words import CLAUSE_ENDS, CLOSING_MARKS, SENTENCE_ENDS

# DDBOT cuts at the same length; QQ itself refuses somewhat above it (docs/sources.md).
LONGEST_TEXT = 4_500


def pieces(text: str, longest: int = LONGEST_TEXT) -> Iterator[str]:
    """Yield ``text`` in pieces of at most ``longest`` characters; joined they are ``text`` again.

    Cuts after the last sentence that fits, with the quotation marks that close it, else after a
    comma, else anywhere.
    """
    while len(text) > longest:
        end = _cut(text, longest)
        yield text[:end]
        text = text[end:]
    if text:
        yield text


def _cut(text: str, longest: int) -> int:
    for marks in (SENTENCE_ENDS, CLAUSE_ENDS):
        for place in range(longest, 0, -1):
            if text[place - 1] in marks and (end := _closed(text, place)) <= longest:
                return end
    return longest


def _closed(text: str, place: int) -> int:
    """Return where the sentence ends whose mark stands before ``place``: after all that closes."""
    while place < len(text) and text[place] in CLOSING_MARKS:
        place += 1
    return place


def runs(parts: Sequence[OutPart], *, most_images: int) -> Iterator[list[OutPart]]:
    """Yield the parts of one message after another.

    Words of at most 4,500 characters with at most ``most_images`` pictures; files, voices, videos
    and forwards alone. Where ``most_images`` is 0 pictures go alone too, and forwards as the
    messages inside them.
    """
    run: list[OutPart] = []
    length = images = 0
    for part in _short(parts if most_images else _unfolded(parts)):
        is_image = isinstance(part, Blob) and part.kind is MediaKind.IMAGE
        is_alone = isinstance(part, Blob | Forward) and not is_image
        size = len(part.text) if isinstance(part, Text) else 0
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


def _unfolded(parts: Sequence[OutPart]) -> Iterator[OutPart]:
    for part in parts:
        if isinstance(part, Forward):
            for place, node in enumerate(part.nodes):
                yield from (Text("\n\n"), *node) if place else node
        else:
            yield part


def _short(parts: Iterable[OutPart]) -> Iterator[OutPart]:
    for part in parts:
        if isinstance(part, Text):
            yield from map(Text, pieces(part.text))
        else:
            yield part
