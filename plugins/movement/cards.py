"""The set of cards that is sent before leaving (行前教育): files by version, read at start.

One folder of ``content/cards`` is one version, the newest by name is in use; a journey keeps the
version it was told of. Nothing is guessed: a broken file stops the start.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import frontmatter
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.clock import local_day
from core.config import ROOT
from core.conversation import Say
from core.errors import Fault, StartRefused
from core.pictures import Page, Paragraph
from core.texts import Texts, current, placeholders_of, render

FOLDER = ROOT / "content" / "cards"
# What a card may leave open: names of those in charge, the branch, the days of two quarters.
PLACEHOLDERS = frozenset({"mentor", "secretary", "unit", "closes", "next_closes"})
# One bubble on a small phone, and numbers to answer with.
BODY_MOST = 220
MOST = 5
EXPIRES_WITHIN = timedelta(days=60)

# The name of the one text of which a card is made.
_BODY = "body"
_NAME = re.compile(r"(?P<number>[1-9])-[a-z-]+\.md")


class _Front(BaseModel):
    """The keys of a card, as in content/README.md."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    label: Annotated[str, Field(min_length=1, max_length=6)]
    title: Annotated[str, Field(min_length=1, max_length=16)]
    source: Annotated[str, Field(min_length=1)]
    source_date: date
    checked_on: date
    reviewed_by: str | None = None
    reviewed_on: date | None = None
    effective_until: date


@dataclass(frozen=True, slots=True)
class Card:
    """One card. ``body`` still has its placeholders, see ``PLACEHOLDERS``."""

    label: str
    title: str
    source: str
    source_date: date
    effective_until: date
    is_reviewed: bool
    body: str

    def words(self, fields: Mapping[str, object]) -> str:
        """Return the body filled with ``fields``."""
        return Texts({_BODY: self.body}).render(Say(_BODY, **fields))


@dataclass(frozen=True, slots=True)
class CardSet:
    """The cards of one version, in their order."""

    version: str
    cards: tuple[Card, ...]


class Shelf:
    """All versions there are, the newest last."""

    def __init__(self, sets: Sequence[CardSet]) -> None:
        self._sets = {one.version: one for one in sets}
        self.newest = sets[-1]

    def of(self, version: str) -> CardSet:
        """Return the cards of a version, the newest when that one is gone."""
        return self._sets.get(version, self.newest)

    @property
    def all(self) -> tuple[CardSet, ...]:
        """Every version, the oldest first."""
        return tuple(self._sets.values())


def load(folder: Path) -> Shelf:
    """Read every version below ``folder``.

    Raises StartRefused ``start.file_missing`` without any, ``movement.card_broken`` naming the
    file and the key.
    """
    versions = sorted(path for path in folder.glob("*") if path.is_dir())
    sets = [CardSet(path.name, _cards(path)) for path in versions]
    if not sets or not sets[-1].cards:
        raise StartRefused("start.file_missing", file="content/cards")
    return Shelf(sets)


def _cards(folder: Path) -> tuple[Card, ...]:
    paths = sorted(folder.glob("*.md"))
    if len(paths) > MOST:
        raise _broken(paths[MOST], "number")
    return tuple(_read(path, number) for number, path in enumerate(paths, 1))


def _read(path: Path, number: int) -> Card:
    found = _NAME.fullmatch(path.name)
    if found is None or int(found["number"]) != number:
        raise _broken(path, "number")
    try:
        meta, body = frontmatter.parse(path.read_text("utf-8-sig"))
        front = _Front.model_validate(meta)
    except (UnicodeDecodeError, yaml.YAMLError):
        raise _broken(path, "---") from None
    except ValidationError as error:
        raise _broken(path, str(error.errors()[0]["loc"][0])) from None
    body = body.strip()
    if not 0 < len(body) <= BODY_MOST or not _is_fillable(body):
        raise _broken(path, "body")
    if (front.reviewed_by is None) != (front.reviewed_on is None):
        raise _broken(path, "reviewed_on")
    return Card(
        label=front.label,
        title=front.title,
        source=front.source,
        source_date=front.source_date,
        effective_until=front.effective_until,
        is_reviewed=front.reviewed_by is not None,
        body=body,
    )


def _is_fillable(body: str) -> bool:
    try:
        return placeholders_of(body) <= PLACEHOLDERS
    except ValueError:
        return False


def _broken(path: Path, key: str) -> StartRefused:
    place = f"{path.parent.name}/{path.name}"
    return StartRefused("movement.card_broken", file=f"content/cards/{place}", setting=key)


def page(card: Card, fields: Mapping[str, object]) -> Page:
    """Return a card as a page to be drawn: its words, its source in small print."""
    lines = tuple(Paragraph(line) for line in card.words(fields).splitlines() if line)
    on = card.source_date
    footer = render("movement.card_source", source=card.source, year=on.year, on=on)
    return Page(card.title, lines, (footer,), render("movement.card_above"))


async def check(_arguments: Sequence[str], now: datetime) -> tuple[str, ...]:
    """Return what there is to say about the cards in use: no review, days over or near."""
    newest, today = load(FOLDER).newest, local_day(now)
    said = []
    for number, card in enumerate(newest.cards, 1):
        if not card.is_reviewed:
            said.append(Say("movement.check_unreviewed", number=number, title=card.title))
        if card.effective_until < today + EXPIRES_WITHIN:
            until = card.effective_until
            said.append(Say("movement.check_expiry", number=number, until=until, today=today))
    total = Say("movement.check_total", version=newest.version, count=len(newest.cards))
    return tuple(current().render(say) for say in (*said, total))


_shelf: Shelf | None = None


def use(shelf: Shelf) -> None:
    """Make ``shelf`` the cards of this process."""
    global _shelf
    _shelf = shelf


def shelf() -> Shelf:
    """Return the cards of this process; Fault before they were read."""
    if _shelf is None:
        raise Fault("the cards were not read")
    return _shelf
