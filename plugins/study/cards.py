"""What the pictures of a lesson and of a quiz question say. Pure; the look is core.pictures'."""

import re

from core.pictures import Break, Item, Page, Paragraph
from core.texts import render
from plugins.study.library import Material

_NUMBERED = re.compile(r"(\d{1,2})\. (.+)")


def lesson(piece: Material) -> Page:
    """Return the whole piece as one page: title, sections, source and date in small print."""
    blocks: list[Paragraph | Item | Break] = []
    for place, section in enumerate(piece.sections):
        if place:
            blocks.append(Break())
        blocks += [_block(line) for line in section.split("\n") if line.strip()]
    footer = (
        source_line(piece),
        render("study.card_hint", count=len(piece.quiz)),
    )
    above = render("study.card_above", series=piece.series)
    return Page(piece.title, tuple(blocks), footer, above)


def source_line(piece: Material) -> str:
    """Return the source of a piece with the day from which it holds."""
    on = piece.source_date
    return render("study.card_source", source=piece.source, year=on.year, on=on)


def _block(line: str) -> Paragraph | Item:
    found = _NUMBERED.fullmatch(line)
    return Item(int(found[1]), found[2]) if found else Paragraph(line)


def question(piece: Material, index: int) -> Page:
    """Return question ``index`` (from 0) of a piece with its numbered options."""
    asked = piece.quiz[index]
    above = render(
        "study.card_question", number=index + 1, count=len(piece.quiz), title=piece.title
    )
    items = tuple(Item(number, words) for number, words in enumerate(asked.options, 1))
    return Page(asked.ask, items, (render("study.card_answer"),), above)
