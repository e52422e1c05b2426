"""Writes docs/commands.md from the catalogue: the same values that dispatch and help use."""

from collections.abc import Iterable

from core.actors import Who
from core.conversation import Command, Place
from core.texts import render
from plugins.reception import words
from plugins.reception.catalogue import Catalogue

_HEAD = """# Commands

Generated from the catalogue by `plugins/reception/handbook.py`; a test checks that it is current,
and `YANZHEN_WRITE_DOCS=1 python -m pytest tests/plugins/reception/test_handbook.py` writes it anew.
In a group the bot must be mentioned, or the word begins with `/`. What somebody else may not use is
answered with the same words whether it exists or not.

| words | also understood | arguments | who | where | an answer shows at most | what it does |
|---|---|---|---|---|---|---|
"""


def commands_page(catalogue: Catalogue) -> str:
    """Return the page: one line a command, by room and in the order of its door."""
    return _HEAD + "".join(_line(command) for command in catalogue.commands)


def _line(command: Command) -> str:
    pattern = command.pattern if not command.words else None
    cells = (
        _quoted(command.words) if command.words else f"`{_escaped(pattern or '')}`",
        words.LIST_MARK.join(command.aliases),
        command.arguments,
        ", ".join(who.value for who in Who if who in command.who),
        "private, group" if command.place is Place.BOTH else "private",
        command.reveals.value,
        render(command.summary),
    )
    return f"| {' | '.join(map(_escaped, cells))} |\n"


def _quoted(said: Iterable[str]) -> str:
    return words.LIST_MARK.join(said)


def _escaped(cell: str) -> str:
    return cell.replace("\\|", "|").replace("|", "\\|").replace("\n", " ")
