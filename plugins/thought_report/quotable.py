"""What anybody may quote in a report: pieces of the library, and formulae from content/quotable.

Such clauses never count as the same as another's report. The library belongs to another room; the
composition root hands over how to read it.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import StartRefused
from plugins.thought_report.clauses import clauses_of

FILE = Path(__file__).resolve().parents[2] / "content" / "quotable" / "reports.toml"

# Title and text of every piece.
Pieces = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Quotable:
    """Clauses (their letters) that are free to quote; ``titles`` says from which piece."""

    titles: Mapping[str, str]
    formulae: frozenset[str]

    def __contains__(self, letters: str) -> bool:
        return letters in self.titles or letters in self.formulae


def _no_pieces() -> Pieces:
    return ()


_formulae: frozenset[str] = frozenset()
_pieces: Callable[[], Pieces] = _no_pieces
_built: tuple[Pieces, Quotable] | None = None


def use_library(pieces: Callable[[], Pieces]) -> None:
    """Take over how the pieces of the library are read; called anew at every look-up."""
    global _pieces
    _pieces = pieces


def load(path: Path = FILE) -> None:
    """Read the formulae; StartRefused ``start.text_broken`` names file and entry."""
    global _formulae, _built
    _formulae = frozenset(clause.letters for text in _texts(path) for clause in clauses_of(text))
    _built = None


def _texts(path: Path) -> list[str]:
    where = f"content/quotable/{path.name}"
    try:
        entries = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartRefused("start.text_broken", file=where, entry="", why=str(error)) from None
    for name, entry in entries.items():
        if not isinstance(entry, dict) or set(entry) != {"text", "note"}:
            raise StartRefused("start.text_broken", file=where, entry=name, why="text, note")
    return [str(entry["text"]) for entry in entries.values()]


def current() -> Quotable:
    """Return what may be quoted now; built anew when the library has changed."""
    global _built
    pieces = _pieces()
    if _built is None or _built[0] != pieces:
        titles = {
            clause.letters: title for title, text in reversed(pieces) for clause in clauses_of(text)
        }
        _built = pieces, Quotable(titles, _formulae)
    return _built[1]
