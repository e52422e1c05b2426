"""Where a line may end: Chinese rules for marks, and words and numbers that stay whole.

No closing mark begins a line, no opening one ends it, dashes and dots of two stay together (GB/T
15834, W3C clreq). A line may be a little ragged; nothing is squeezed.
"""

import re
from collections.abc import Callable, Iterator

CLOSING = frozenset("，。、；：？！）》」』】〕〉”’…—～·％%,.;:?!)]}")
OPENING = frozenset("（《「『【〔〈“‘([{")

# A word, a number with its marks, an address: whatever has no blank and is not East Asian.
_ATOM = re.compile(r"[!-~\u00a1-\u024f]+|—+|…+|[ \u3000]+|.", re.DOTALL)
# A last line shorter than this many characters is an orphan.
_ORPHAN = 3
_ROOM_TO_GIVE = 6

Measure = Callable[[str], float]


def lines_of(text: str, *, width: float, measure: Measure) -> list[str]:
    """Return one paragraph (no line ends inside) as lines at most ``width`` wide."""
    lines: list[list[str]] = []
    line: list[str] = []
    used = 0.0
    for cluster in _fitting(text, width, measure):
        size = measure(cluster)
        if line and used + measure(cluster.rstrip(" ")) > width:
            lines.append(line)
            line, used = [], 0.0
        if not line and lines:
            cluster = cluster.lstrip(" ")  # noqa: PLW2901  # a line never begins with a blank
            size = measure(cluster)
        if cluster:
            line.append(cluster)
            used += size
    lines.append(line)
    _feed_orphan(lines, width, measure)
    return ["".join(line).rstrip(" ") for line in lines if line]


def _fitting(text: str, width: float, measure: Measure) -> Iterator[str]:
    """Yield what stays together; what is wider than a line is cut anywhere."""
    for cluster in clusters(text):
        rest = cluster
        while measure(rest) > width and len(rest) > 1:
            end = len(rest) - 1
            while end > 1 and measure(rest[:end]) > width:
                end -= 1
            yield rest[:end]
            rest = rest[end:]
        yield rest


def clusters(text: str) -> Iterator[str]:
    """Yield the runs of ``text`` inside which no line may end; joined they are ``text`` again."""
    cluster = ""
    for atom in _ATOM.findall(text):
        is_glued = atom[0] in CLOSING or cluster[-1:] in OPENING
        if cluster and not is_glued and not atom.isspace():
            yield cluster
            cluster = ""
        cluster += atom
    if cluster:
        yield cluster


def _feed_orphan(lines: list[list[str]], width: float, measure: Measure) -> None:
    """Give a last line of one or two characters something from the line before."""
    if len(lines) < 2 or len(lines[-2]) <= _ROOM_TO_GIVE:  # noqa: PLR2004
        return
    while len("".join(lines[-1])) < _ORPHAN:
        if measure("".join(lines[-2][-1:] + lines[-1])) > width:
            return
        lines[-1].insert(0, lines[-2].pop())
