"""Reads a line as people type it: bare words, lone numbers, courtesy. Pure."""

import re
import unicodedata
from collections.abc import Sequence

from core.messages import InPart, Other, Text
from plugins.reception import words

_PICTOGRAMS = re.compile(r"[\s\u200d\ufe0f\u2600-\u27bf\U0001f000-\U0001faff]+")


def line(said: str) -> str:
    """Return a line without a leading slash and without the brackets around a copied word."""
    said = said.strip().removeprefix("/").lstrip()
    if said.startswith(words.OPENING):
        said = said[1:].replace(words.CLOSING, "", 1)
    return said.strip()


def bare(said: str) -> str:
    """Return a line as whole words are compared: one form of each character, no end marks."""
    return unicodedata.normalize("NFKC", line(said)).strip(words.END_MARKS)


def number(said: str) -> int | None:
    """Return the lone number a line is (1, １, 一, ①, 选1, 第1个), or None."""
    found = words.LONE_NUMBER.fullmatch(bare(said).strip("()[]:"))
    if found is None:
        return None
    digits = found[1]
    return words.NUMERALS.get(digits) or (int(digits) if digits.isdecimal() else None)


def is_courtesy(said: str, parts: Sequence[InPart]) -> bool:
    """Whether a message is only polite: a thank-you, a sticker, a pictogram."""
    if any(not isinstance(part, Text | Other) for part in parts):
        return False
    text = bare(said)
    if text:
        return text.casefold() in words.COURTESY or _PICTOGRAMS.fullmatch(text) is not None
    others = [part for part in parts if isinstance(part, Other)]
    return bool(others) and all(part.kind == "sticker" for part in others)


def danger(said: str) -> bool:
    """Whether somebody seems to be in danger."""
    if len(said) <= words.SHORT_TEXT:
        return words.DANGER.search(said) is not None
    return words.DANGER_IN_LONG_TEXT.search(said) is not None
