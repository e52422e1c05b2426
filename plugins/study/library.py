"""The library: study materials as files with front matter, checked when they are read.

A material is one Markdown file under ``content/materials``; its shape is described in
``content/README.md``. Nothing is guessed: a broken file stops the start with file, line, key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from core.actors import Stage
from core.clock import at_local
from core.errors import Fault, StartRefused
from core.messages import Blob
from plugins.study.front_matter import Front, Question, examine
from plugins.study.words import CITY_END

FOLDER = Path(__file__).resolve().parents[2] / "content" / "materials"

# What the slug of a piece that somebody brought in chat begins with; the rest is its uid.
LOCAL = "local:"


@dataclass(frozen=True, slots=True)
class Material:
    """One study piece. ``sections`` are plain text, each a chat bubble.

    ``cities`` are without 市; none of them means everywhere. ``trades`` are words to search by.
    A local piece may have no questions, a ``link`` to where the original stands, and files.
    ``voice`` is what somebody of a unit recorded of it, on the shelf of that unit.
    """

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
    tags: tuple[str, ...] = ()
    cities: frozenset[str] = frozenset()
    trades: tuple[str, ...] = ()
    reviewed_by: str = ""
    reviewed_on: date | None = None
    link: str = ""
    voice: Blob | None = None
    attachments: tuple[Blob, ...] = ()

    def __hash__(self) -> int:
        """Hash the slug alone: planning asks once a group, and a whole text is long."""
        return hash(self.slug)

    @property
    def is_local(self) -> bool:
        """Whether somebody in charge brought the piece in chat."""
        return self.slug.startswith(LOCAL)

    @property
    def is_reviewed(self) -> bool:
        """Whether its front matter says that a second person has read it and signed for it."""
        return bool(self.reviewed_by) and self.reviewed_on is not None

    def is_effective(self, day: date) -> bool:
        """Whether ``day`` lies within the days of the piece."""
        return self.effective_from <= day <= self.effective_until

    @property
    def ends_at(self) -> datetime:
        """The moment at which the last day of the piece is over."""
        return at_local(self.effective_until + timedelta(days=1), 0)

    def concerns(self, city: str) -> bool:
        """Whether the piece is for somebody in ``city``; empty when the city is not known."""
        return not self.cities or bare_city(city) in self.cities

    @property
    def minutes(self) -> int:
        """Reading time in whole minutes, at 300 characters a minute, at least 1."""
        return max(1, round(sum(map(len, self.sections)) / 300))


class Library:
    """All materials in teaching order: the first of each series, then the second of each."""

    def __init__(self, materials: Iterable[Material]) -> None:
        self._all = tuple(sorted(materials, key=lambda m: (m.order, m.series, m.slug)))
        self._by_slug = {material.slug: material for material in self._all}
        self.names_cities = any(material.cities for material in self._all)

    @classmethod
    def load(cls, folder: Path) -> "Library":
        """Read every Markdown file below ``folder``.

        Raises StartRefused ``start.material_broken`` with file, line, key.
        """
        materials: list[Material] = []
        places: set[tuple[str, int]] = set()
        slugs: set[str] = set()
        for path in sorted(folder.rglob("*.md")):
            material = _read(path, folder)
            place = (material.series, material.order)
            if place in places:
                raise _broken(path, folder, line=1, key="order")
            if material.slug in slugs:
                raise _broken(path, folder, line=1, key=path.name)
            places.add(place)
            slugs.add(material.slug)
            materials.append(material)
        return cls(materials)

    @property
    def all(self) -> tuple[Material, ...]:
        """Everything in teaching order, whether it may be shown or not."""
        return self._all

    def effective(self, day: date) -> tuple[Material, ...]:
        """Return what may be shown on ``day``, in teaching order."""
        return tuple(material for material in self._all if material.is_effective(day))

    def public(self, day: date, city: str = "") -> tuple[Material, ...]:
        """Return what may be said in a group of ``city`` on ``day``, in teaching order."""
        return tuple(m for m in self.effective(day) if m.public and m.concerns(city))

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

    def for_person(self, stage: Stage | None, city: str, day: date) -> tuple[Material, ...]:
        """Return what concerns somebody at ``stage`` in ``city`` (empty when it is not known)."""
        return tuple(m for m in self.for_stage(stage, day) if m.concerns(city))


def next_for_group(
    library: Library, day: date, pushed: Sequence[str], city: str = ""
) -> Material | None:
    """Choose the digest of a group: the first it has not had, else the one it had longest ago.

    ``pushed`` are the slugs the group had, oldest first; ``city`` is where its unit is.
    """
    latest = {slug: position for position, slug in enumerate(pushed)}
    return min(
        library.public(day, city),
        key=lambda material: latest.get(material.slug, -1),
        default=None,
    )


def of_the_week(library: Library, day: date) -> Material | None:
    """Return the public piece of the week for whoever has no group: the next one every week."""
    public = library.public(day)
    return public[(day.toordinal() // 7) % len(public)] if public else None


def bare_city(city: str) -> str:
    """Return a city as pieces name it: 南港 for 南港市."""
    return city.strip().removesuffix(CITY_END)


def _broken(path: Path, folder: Path, *, line: int, key: str) -> StartRefused:
    name = path.relative_to(folder).as_posix()
    return StartRefused("start.material_broken", file=name, line=line, setting=key)


def _read(path: Path, folder: Path) -> Material:
    examined = examine(path.read_bytes())
    if examined.front is None or examined.problems:
        first = examined.problems[0]
        raise _broken(path, folder, line=first.line, key=first.key)
    return _material(path.stem, examined.front, examined.sections)


def _material(slug: str, front: Front, sections: tuple[str, ...]) -> Material:
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
        tags=front.tags,
        cities=frozenset(map(bare_city, front.cities)),
        trades=front.trades,
        reviewed_by=front.reviewed_by or "",
        reviewed_on=front.reviewed_on,
    )


def pieces() -> tuple[tuple[str, str], ...]:
    """Return title and whole text of every piece, for rooms that must know what was taught."""
    return tuple((piece.title, "\n".join((piece.push, *piece.sections))) for piece in current().all)


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
