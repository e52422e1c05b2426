"""Where pieces lead: words to answer with that a command must have, lessons that must exist."""

import re
from collections.abc import Collection, Iterator, Sequence

from core.conversation import Command, Say
from plugins.study import words


def dead_words(text: str, commands: Sequence[Command]) -> Iterator[Say]:
    """Say which words a reader is told to answer with although nothing answers to them.

    Without any commands no word is held to be dead: the catalogue is not known.
    """
    if not commands:
        return
    for found in words.REPLY_WORD.finditer(text):
        for word in words.QUOTED.findall(found["words"]):
            if not any(_answers(command, word) for command in commands):
                yield Say("study.hint_dead_word", word=word)


def _answers(command: Command, said: str) -> bool:
    known = (*command.words, *command.aliases)
    if said in known or (command.pattern and re.fullmatch(command.pattern, said)):
        return True
    return bool(command.arguments) and said.split(maxsplit=1)[0] in known


def dead_titles(text: str, titles: Collection[str]) -> Iterator[Say]:
    """Say which lessons are named although no piece has that title."""
    for found in words.OTHER_PIECE.finditer(text):
        if found["title"] not in titles:
            yield Say("study.hint_dead_title", title=found["title"])
