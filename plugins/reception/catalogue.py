"""The catalogue: every command of the house, found by what people type.

A look-up costs one to three dictionary look-ups and the patterns that begin with the same
character, however many commands there are.
"""

import difflib
import importlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.conversation import Command
from core.errors import Fault
from plugins.reception import reading

# Words nearer than this to what was typed are offered; two characters of which one fits are 0.5.
_NEAR = 0.5
_LONGEST_TYPO = 12
_WIDEST_RANGE = 128


@dataclass(frozen=True, slots=True)
class Match:
    """What a line means.

    ``rest`` is what stands behind the word, as typed; the whole line when a pattern fits it.
    ``is_whole`` says that the line is the word and nothing else; ``is_main`` that it is the word
    people are told, not one that is merely understood.
    """

    command: Command
    rest: str = ""
    is_whole: bool = True
    is_main: bool = True
    is_pattern: bool = False


class Catalogue:
    """All commands. Fault when two of them answer to one word, or share a name."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self.commands = tuple(commands)
        self._words: dict[str, tuple[Command, bool]] = {}
        self._patterns: dict[str, list[tuple[re.Pattern[str], Command]]] = defaultdict(list)
        self._anywhere: list[tuple[re.Pattern[str], Command]] = []
        self._by_character: dict[str, set[str]] = defaultdict(set)
        names: set[str] = set()
        for command in self.commands:
            if command.name in names:
                raise Fault(f"two commands are called {command.name}")
            names.add(command.name)
            self._take(command)

    def _take(self, command: Command) -> None:
        if not command.words and command.pattern is None:
            raise Fault(f"{command.name} has neither word nor pattern")
        for word in (*command.words, *command.aliases):
            key = reading.bare(word)
            if not key or key in self._words:
                raise Fault(f"{command.name} and another command share a word")
            self._words[key] = (command, word in command.words)
            for character in key:
                self._by_character[character].add(key)
        for word in command.words:
            # 推送 进度 is typed without its blank as well.
            self._words.setdefault(reading.bare(word).replace(" ", ""), (command, True))
        if command.pattern is not None:
            self._take_pattern(command, command.pattern)

    def _take_pattern(self, command: Command, pattern: str) -> None:
        entry = (re.compile(pattern), command)
        characters = first_characters(pattern)
        for character in characters or ():
            self._patterns[character].append(entry)
        if characters is None:
            self._anywhere.append(entry)

    def find(self, said: str) -> Match | None:
        """Return the command a whole line means: its word, its word with more, or a pattern."""
        text = reading.bare(said)
        if found := self._words.get(text):
            command, is_main = found
            inside = command.pattern is not None and re.fullmatch(command.pattern, text)
            return Match(command, text if inside else "", is_main=is_main)
        return self._with_rest(reading.line(said)) or self._by_pattern(text)

    def word(self, word: str) -> Command | None:
        """Return the command that answers to exactly this word."""
        found = self._words.get(word)
        return found[0] if found else None

    def _with_rest(self, said: str) -> Match | None:
        pieces = said.split(maxsplit=2)
        for count in (2, 1):
            if len(pieces) <= count:
                continue
            found = self._words.get(reading.bare(" ".join(pieces[:count])))
            if found is not None:
                rest = said.split(maxsplit=count)[count].strip()
                return Match(found[0], rest, is_whole=False, is_main=found[1])
        return None

    def _by_pattern(self, text: str) -> Match | None:
        for pattern, command in (*self._patterns.get(text[:1], ()), *self._anywhere):
            if pattern.fullmatch(text):
                return Match(command, text, is_pattern=True)
        return None

    def nearest(
        self, said: str, allowed: Callable[[Command], bool], limit: int = 3
    ) -> tuple[Command, ...]:
        """Return the commands whose words are nearest to what was typed, the nearest first."""
        text = reading.bare(said)
        best: dict[str, tuple[float, Command]] = {}
        for word in set().union(*(self._by_character.get(c, ()) for c in set(text))):
            score = _nearness(text, word)
            command = self._words[word][0]
            if score >= _NEAR and score > best.get(command.name, (0.0, command))[0]:
                best[command.name] = (score, command)
        ranked = sorted(best.values(), key=lambda item: (-item[0], item[1].name))
        return tuple(command for _, command in ranked if command.words and allowed(command))[:limit]


def _nearness(text: str, word: str) -> float:
    if len(word) > 1 and word in text:
        return 1 + len(word) / 100
    if len(text) > _LONGEST_TYPO:
        return 0.0
    return difflib.SequenceMatcher(None, text, word, autojunk=False).ratio()


# The parser of the standard library; the module is unlisted but has kept its shape for decades.
_parser: Any = importlib.import_module("re._parser")


def first_characters(pattern: str) -> frozenset[str] | None:
    """Return the characters with which a match can begin; None when that cannot be told."""
    characters, may_be_empty = _first(list(_parser.parse(pattern)))
    return None if may_be_empty or characters is None else characters


_First = tuple[frozenset[str] | None, bool]
_NOTHING: frozenset[str] = frozenset()


def _first(items: Sequence[Any]) -> _First:
    """Return the first characters of a sequence and whether it may match nothing."""
    found = _NOTHING
    for operation, argument in items:
        characters, may_be_empty = _first_of(str(operation), argument)
        if characters is None:
            return None, False
        found |= characters
        if not may_be_empty:
            return found, False
    return found, True


def _first_of(operation: str, argument: Any) -> _First:
    result: _First = (None, False)
    match operation:
        case "AT":
            result = _NOTHING, True
        case "LITERAL":
            result = frozenset(chr(argument)), False
        case "IN":
            result = _first_of_class(argument), False
        case "SUBPATTERN":
            result = _first(argument[-1])
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            characters, may_be_empty = _first(argument[2])
            result = characters, may_be_empty or argument[0] == 0
        case "BRANCH":
            result = _either([_first(branch) for branch in argument[1]])
    return result


def _either(branches: Sequence[_First]) -> _First:
    found: frozenset[str] = _NOTHING
    for characters, _ in branches:
        if characters is None:
            return None, False
        found |= characters
    return found, any(may_be_empty for _, may_be_empty in branches)


def _first_of_class(members: Sequence[tuple[Any, Any]]) -> frozenset[str] | None:
    found = _NOTHING
    for operation, argument in members:
        match str(operation):
            case "LITERAL":
                found |= {chr(argument)}
            case "RANGE" if argument[1] - argument[0] < _WIDEST_RANGE:
                found |= {chr(code) for code in range(argument[0], argument[1] + 1)}
            case "CATEGORY" if str(argument) == "CATEGORY_DIGIT":
                found |= frozenset("0123456789")
            case "CATEGORY" if str(argument) == "CATEGORY_SPACE":
                found |= frozenset(" \t\r\n")
            case _:
                return None
    return found
