"""Runs alone in a process of its own: one document from stdin, its words as UTF-8 to stdout.

Started by ``core.inspection`` as a file with the suffix as its one argument, isolated, with nothing
of the project in reach. Ends with ``REFUSED`` for a damaged document, ``TOO_MANY_PAGES``, or
``ACTIVE`` for one that fetches or runs something when it is opened; whatever else goes wrong (out
of memory or time) ends in any other code.
"""

import io
import sys
from collections.abc import Iterator
from typing import Any

REFUSED = 3
TOO_MANY_PAGES = 5
ACTIVE = 6

# A report has two to five pages, config.toml takes 30; ten thousand are an attack.
MOST_PAGES = 60
# About fifty times a long report. What lies behind is not read.
MOST_CHARACTERS = 200_000

_MEMORY_BYTES = 768 * 1024 * 1024
_CPU_S = 10

_WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Links are only words with an address; these are fetched or run when Word opens the file.
_FETCHED = ("attachedTemplate", "oleObject", "frame", "subDocument", "package", "control")


class TooManyPages(Exception):
    """More pages than anybody writes."""


class Active(Exception):
    """The document fetches or runs something when it is opened."""


def limit() -> None:
    """Take away memory, processor time, files and processes; Windows has only the wall clock."""
    try:
        import resource  # noqa: PLC0415  # not there on Windows
    except ImportError:
        return
    limits = (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for which, most in limits:
        resource.setrlimit(which, (most, most))


def words_of_docx(data: bytes) -> str:
    """Return the words of a Word file, tables and text boxes included, a paragraph a line.

    Raises Active; whatever python-docx and lxml raise for a damaged one. lxml expands no entities
    here (python-docx switches them off), and nothing is written anywhere.
    """
    from docx import Document  # noqa: PLC0415  # only after the limits hold

    document = Document(io.BytesIO(data))
    for part in document.part.package.iter_parts():
        for link in part.rels.values():
            if link.is_external and link.reltype.endswith(_FETCHED):
                raise Active
    lines = ("".join(_runs(paragraph)) for paragraph in document.element.body.iter(f"{_WORDS}p"))
    return _within(lines)


def _runs(element: Any) -> Iterator[str]:
    """Yield the pieces of one paragraph; those of a paragraph inside it come by themselves."""
    for child in element:
        if child.tag == f"{_WORDS}t":
            yield child.text or ""
        elif child.tag in {f"{_WORDS}tab", f"{_WORDS}br", f"{_WORDS}cr"}:
            yield " "
        elif child.tag not in {f"{_WORDS}p", f"{_WORDS}del", _FALLBACK}:
            yield from _runs(child)


def words_of_pdf(data: bytes) -> str:
    """Return the words of a PDF, a page after another; none when its pages are pictures.

    Raises TooManyPages before a page is loaded, whatever pypdfium2 raises for a damaged one.
    """
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415  # no types; after limits

    document = pypdfium2.PdfDocument(data)
    if not 0 < len(document) <= MOST_PAGES:
        raise TooManyPages
    return _within(page.get_textpage().get_text_bounded() for page in document)


def _within(pieces: Iterator[str]) -> str:
    found: list[str] = []
    room = MOST_CHARACTERS
    for piece in pieces:
        if line := piece.replace("\0", "").strip():
            found.append(line[:room])
            room -= len(line)
        if room <= 0:
            break
    return "\n".join(found)


def main() -> int:
    """Read the document on stdin; return the exit code."""
    limit()
    data = sys.stdin.buffer.read()
    read = words_of_pdf if sys.argv[1:] == ["pdf"] else words_of_docx
    try:
        words = read(data)
    except TooManyPages:
        return TOO_MANY_PAGES
    except Active:
        return ACTIVE
    except Exception:  # noqa: BLE001  # any trouble with it is a refusal
        return REFUSED
    sys.stdout.buffer.write(words.encode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
