"""The consent notices of content/consent: what people read before they say yes or no.

One file a version, named after it; the one with the last name is in use. A decision keeps the
version, so a file that was ever answered stays as it is.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.actors import ConsentKind
from core.config import ROOT
from core.errors import Fault, StartRefused

FOLDER = ROOT / "content" / "consent"


@dataclass(frozen=True, slots=True)
class Notice:
    """One consent: what is said at once, and the whole text."""

    short: str
    full: str


@dataclass(frozen=True, slots=True)
class ConsentTexts:
    """The two notices of one version."""

    version: str
    notices: Mapping[ConsentKind, Notice]


def load(folder: Path = FOLDER) -> ConsentTexts:
    """Read the newest version.

    Raises StartRefused ``start.file_missing`` when there is none, and ``start.text_broken`` naming
    file and entry.
    """
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise StartRefused("start.file_missing", file="content/consent/*.toml")
    path = files[-1]
    where = f"content/consent/{path.name}"
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartRefused("start.text_broken", file=where, entry="", why=str(error)) from None
    notices = {}
    for kind in ConsentKind:
        entry = data.get(kind.value)
        if not isinstance(entry, dict) or not {"short", "full"} <= set(entry):
            raise StartRefused("start.text_broken", file=where, entry=kind.value, why="short, full")
        notices[kind] = Notice(str(entry["short"]).strip(), str(entry["full"]).strip())
    return ConsentTexts(path.stem, notices)


_texts: ConsentTexts | None = None


def use(texts: ConsentTexts | None) -> None:
    """Make ``texts`` the notices of this process."""
    global _texts
    _texts = texts


def current() -> ConsentTexts:
    """Return the notices of this process; Fault when they were not read."""
    if _texts is None:
        raise Fault("the consent texts were not read")
    return _texts
