"""Finds text that two pieces share; a reader who meets a sentence again stops reading."""

from collections.abc import Iterator

from core.conversation import Say
from plugins.study import words

# So many characters in a row, marks and blanks left out, are no coincidence. Counted from the
# beginning of a clause, so that a long library stays a small index.
RUN = 16


class Echoes:
    """What the pieces seen so far say. Feed it every paragraph, file by file."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._told: set[tuple[str, str]] = set()

    def found(self, name: str, text: str) -> Iterator[Say]:
        """Say what ``text`` of the file ``name`` repeats of another file, once for two files."""
        for line in text.splitlines():
            for run in _runs(line):
                other = self._first.setdefault(run, name)
                if other != name and (other, name) not in self._told:
                    self._told.add((other, name))
                    yield Say("study.hint_echo", begin=run[:6], other=other)


def _runs(line: str) -> Iterator[str]:
    kept, starts = "", []
    for clause in words.CLAUSE_ENDS.split(line):
        starts.append(len(kept))
        kept += "".join(words.SPOKEN.findall(clause))
    for start in dict.fromkeys(starts):
        if len(kept) - start >= RUN:
            yield kept[start : start + RUN]
