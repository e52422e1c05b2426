"""The library: study materials as files with front matter, checked when they are read.

A material is one Markdown file under ``content/materials``; its shape is described in
``content/README.md``. Nothing is guessed: a broken file stops the start with file, line, key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import frontmatter
import yaml
from markdown_it import MarkdownIt
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.actors import Stage
from core.errors import Fault, StartRefused
from plugins.study.words import SECTION_MARK

FOLDER = Path(__file__).resolve().parents[2] / "content" / "materials"

# A push is at most 6 lines or about 120 characters (dialogues, voice, rule 1); the owner's ceiling
# for a push is 200 characters. A section stands alone in a bubble.
PUSH_CHARACTERS = 200
SECTION_CHARACTERS = 300
QUESTIONS = 3


def _one_line(text: str) -> str:
    if "\n" in text:
        raise ValueError("one line")
    return text.strip()


Line = Annotated[str, Field(min_length=1), AfterValidator(_one_line)]


class Question(BaseModel):
    """One quiz question. ``answer`` counts from 1."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    ask: Annotated[Line, Field(max_length=60)]
    options: Annotated[
        tuple[Annotated[Line, Field(max_length=20)], ...],
        Field(min_length=2, max_length=6, strict=False),
    ]
    answer: Annotated[int, Field(ge=1)]
    explain: Annotated[Line, Field(max_length=60)]

    @model_validator(mode="after")
    def _answer_is_there(self) -> "Question":
        if self.answer > len(self.options):
            raise ValueError("answer")
        return self


class _Front(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: Annotated[Line, Field(max_length=24)]
    series: Line
    order: Annotated[int, Field(ge=1)]
    audience: Annotated[
        frozenset[Annotated[Stage, Field(strict=False)]], Field(min_length=1, strict=False)
    ]
    public: bool
    tags: Annotated[tuple[Line, ...], Field(strict=False)] = ()
    source: Line
    source_date: date
    checked_on: date
    effective_from: date
    effective_until: date
    push: Annotated[str, Field(min_length=1, max_length=PUSH_CHARACTERS + 1)]
    quiz: Annotated[
        tuple[Question, ...],
        Field(min_length=QUESTIONS, max_length=QUESTIONS, strict=False),
    ]

    @model_validator(mode="after")
    def _dates_in_order(self) -> "_Front":
        if self.effective_until < self.effective_from:
            raise ValueError("effective_until")
        return self


@dataclass(frozen=True, slots=True)
class Material:
    """One study piece. ``sections`` are plain text, each a chat bubble."""

    slug: str
    title: str
    series: str
    order: int
    audience: frozenset[Stage]
    public: bool
    source: str
    source_date: date
    effective_from: date
    effective_until: date
    push: str
    sections: tuple[str, ...]
    quiz: tuple[Question, ...]

    def is_effective(self, day: date) -> bool:
        """Whether the piece may be shown on ``day``."""
        return self.effective_from <= day <= self.effective_until

    @property
    def minutes(self) -> int:
        """Reading time in whole minutes, at 300 characters a minute, at least 1."""
        return max(1, round(sum(map(len, self.sections)) / 300))


class Library:
    """All materials in teaching order: the first of each series, then the second of each."""

    def __init__(self, materials: Iterable[Material]) -> None:
        self._all = tuple(sorted(materials, key=lambda m: (m.order, m.series, m.slug)))
        self._by_slug = {material.slug: material for material in self._all}

    @classmethod
    def load(cls, folder: Path) -> "Library":
        """Read every Markdown file below ``folder``.

        Raises StartRefused ``start.material_broken`` with file, line, key.
        """
        materials = [_read(path, folder) for path in sorted(folder.rglob("*.md"))]
        places: dict[tuple[str, int], str] = {}
        for material in materials:
            place = (material.series, material.order)
            if place in places:
                raise StartRefused(
                    "start.material_broken", file=f"{material.slug}.md", line=1, setting="order"
                )
            places[place] = material.slug
        return cls(materials)

    def effective(self, day: date) -> tuple[Material, ...]:
        """Return what may be shown on ``day``, in teaching order."""
        return tuple(material for material in self._all if material.is_effective(day))

    def find(self, slug: str) -> Material | None:
        """Return a material, or None when it is gone from the library."""
        return self._by_slug.get(slug)

    def for_stage(self, stage: Stage | None, day: date) -> tuple[Material, ...]:
        """Return what concerns somebody at ``stage``; a stranger (None) gets the public pieces."""
        return tuple(
            material
            for material in self.effective(day)
            if (material.public if stage is None else stage in material.audience)
        )


def next_for_group(library: Library, day: date, pushed: Sequence[str]) -> Material | None:
    """Choose the digest of a group: the first it has not had, else the one it had longest ago.

    ``pushed`` are the slugs the group had, oldest first.
    """
    public = [material for material in library.effective(day) if material.public]
    latest = {slug: position for position, slug in enumerate(pushed)}
    return min(public, key=lambda material: latest.get(material.slug, -1), default=None)


def _read(path: Path, folder: Path) -> Material:
    name = path.relative_to(folder).as_posix()
    text = path.read_text("utf-8-sig")
    try:
        meta, body = frontmatter.parse(text)
        front = _Front.model_validate(meta)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise StartRefused("start.material_broken", file=name, line=line, setting="---") from None
    except ValidationError as error:
        key = str(error.errors()[0]["loc"][0]) if error.errors()[0]["loc"] else "quiz"
        raise StartRefused(
            "start.material_broken", file=name, line=_line_of(text, key), setting=key
        ) from None
    sections = tuple(filter(None, (plain(piece) for piece in SECTION_MARK.split(body))))
    if not sections or any(len(section) > SECTION_CHARACTERS for section in sections):
        raise StartRefused(
            "start.material_broken", file=name, line=len(text.splitlines()), setting="body"
        )
    return _material(path.stem, front, sections)


def _material(slug: str, front: _Front, sections: tuple[str, ...]) -> Material:
    return Material(
        slug=slug,
        title=front.title,
        series=front.series,
        order=front.order,
        audience=front.audience,
        public=front.public,
        source=front.source,
        source_date=front.source_date,
        effective_from=front.effective_from,
        effective_until=front.effective_until,
        push=front.push.strip(),
        sections=sections,
        quiz=front.quiz,
    )


def _line_of(text: str, key: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(f"{key}:"):
            return number
    return 1


def plain(markdown: str) -> str:
    """Return a piece of Markdown as chat text: paragraphs and numbered lists, no marks."""
    lines: list[str] = []
    counters: list[int] = []
    for token in MarkdownIt("js-default").parse(markdown):
        if token.type == "ordered_list_open":
            counters.append(int(token.attrs.get("start", 1)))
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            counters.pop()
        elif token.type == "bullet_list_open":
            counters.append(0)
        elif token.type == "inline":
            words = "".join(
                "\n" if child.type == "softbreak" else child.content
                for child in token.children or ()
            )
            number = counters[-1] if counters else 0
            lines.append(f"{number}. {words}" if number else words)
            if number:
                counters[-1] += 1
    return "\n".join(lines)


_library: Library | None = None


def use(library: Library) -> None:
    """Make ``library`` the library of this process."""
    global _library
    _library = library


def current() -> Library:
    """Return the library of this process; Fault when nothing was ever read."""
    if _library is None:
        raise Fault("the library was not read")
    return _library
