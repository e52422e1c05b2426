"""Words that stand for one row alone: whoever reads one knows whose it is and what it was.

Every person, unit and group has a rare character of his own; a second character before it says of
what it is the word. No sentence of the bot and no piece of the library has any of them.
"""

import re

_PEOPLE = "砚磬缦岫榆桉楠栩棠梓樱槿沅沁洵涵淇湘滢漪澜炜"
_UNITS = "蓁菘葭蒹薤蘅翀芾"

NAME, REPORT, NOTE, HELP, CITY, EMPLOYER = "沈", "榫", "笺", "薪", "汀", "坊"
COURSE, CORRECTION, REASON, RETURNED = "课", "讹", "缓", "缮"
UNIT, GROUP, PIECE, PUSH = "岙", "幢", "榜", "檄"
# What a person said or wrote, or what somebody wrote about him: never for totals.
WORDS = frozenset({REPORT, NOTE, HELP, EMPLOYER, CORRECTION, REASON, RETURNED})
_TOKEN = re.compile(
    f"([{NAME}{REPORT}{NOTE}{HELP}{CITY}{EMPLOYER}{COURSE}{CORRECTION}{REASON}{RETURNED}{UNIT}{GROUP}{PIECE}{PUSH}])([{_PEOPLE}{_UNITS}])"
)

Token = tuple[str, int]


def of_person(kind: str, number: int) -> str:
    """The word of that kind for a person; a name is a name of three characters."""
    return f"{kind}{_PEOPLE[number]}{'清' if kind == NAME else ''}"


def of_unit(kind: str, number: int) -> str:
    """The word of that kind for a unit: its own name, its group's, its piece's."""
    return f"{kind}{_UNITS[number]}{'里' if kind == UNIT else ''}"


def found(text: str) -> set[Token]:
    """Every token in a text: of what it is the word, and the number of the person or unit."""
    tokens = set()
    for kind, char in _TOKEN.findall(text):
        place = _UNITS if kind in {UNIT, GROUP, PIECE, PUSH} else _PEOPLE
        if char in place:
            tokens.add((kind, place.index(char)))
    return tokens
