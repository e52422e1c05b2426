"""How hard a piece is to read and to hear: measures over plain text, with what is too much.

The measure is our own: no formula for Chinese made for grown-up readers on a phone is known to us.
It looks at the three things that published formulas agree on, length of sentences, length without
a pause, and share of uncommon characters, and its limits are where the pieces that came with the
program stand. Common are the 3,755 characters of GB/T 2312-1980, level 1; the list of 3,500 that
school teaches until the ninth year (curriculum for Chinese, 2022) lies almost wholly within it.
"""

from collections.abc import Iterator, Sequence

from core.conversation import Say
from plugins.study import words

# One sentence, counted in characters; a colon or a semicolon ends one, as the breath does.
SENTENCE_MOST = 45
# Without any mark in between.
CLAUSE_MOST = 22
# Over a whole body: characters a sentence on the average, and how many of a hundred may be long.
MEAN_MOST = 24
LONG_SENTENCE = 40
LONG_PERCENT = 10
# Of a hundred characters of the body, so many may be uncommon.
RARE_PERCENT = 1

# Rows of GB 2312 that hold level 1.
_COMMON_ROWS = range(0xB0, 0xD8)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text without their marks; empty ones are left out.

    A quotation longer than a sentence may be is left out as well: the words are not the writer's.
    """
    own = words.QUOTATION.sub(lambda one: "" if len(one[0]) > SENTENCE_MOST else one[0], text)
    return [one.strip() for one in words.SENTENCE_ENDS.split(own) if one.strip()]


def breath(text: str) -> Iterator[Say]:
    """Say which sentences of a paragraph nobody reads aloud in one go."""
    for one in sentences(text):
        if len(one) > SENTENCE_MOST:
            yield Say("study.hint_sentence", begin=one[:6], count=len(one), most=SENTENCE_MOST)
    for one in words.CLAUSE_ENDS.split(text):
        if len(one) > CLAUSE_MOST:
            yield Say("study.hint_clause", begin=one[:6], count=len(one), most=CLAUSE_MOST)


def level(bubbles: Sequence[str]) -> Iterator[Say]:
    """Say in what a whole body is too hard: its average sentence, its long ones, its characters."""
    lengths = [len(one) for bubble in bubbles for one in sentences(bubble)]
    if not lengths:
        return
    mean = round(sum(lengths) / len(lengths))
    if mean > MEAN_MOST:
        yield Say("study.hint_mean", count=mean, most=MEAN_MOST)
    long = sum(length > LONG_SENTENCE for length in lengths)
    if long * 100 > len(lengths) * LONG_PERCENT:
        yield Say("study.hint_many_long", count=long, most=LONG_SENTENCE)
    characters = "".join(bubbles)
    rare = [character for character in characters if _is_rare(character)]
    if len(rare) * 100 > len(characters) * RARE_PERCENT:
        yield Say("study.hint_rare", characters="".join(dict.fromkeys(rare)))


def _is_rare(character: str) -> bool:
    if not words.HAN.match(character):
        return False
    try:
        return character.encode("gb2312")[0] not in _COMMON_ROWS
    except UnicodeEncodeError:
        return True
