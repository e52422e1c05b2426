"""What may be shown to whom: the pieces reviewed for a unit, and those that were brought in there.

Unreviewed material is on no shelf. Somebody away from home has the shelf of his home unit, and what
the unit that looks after him there has read, unless his home unit holds it back. Whoever belongs to
no unit sees what a township or county of this house let go and none of them holds back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from core.actors import Actor
from core.messages import Blob, Chat
from models import Group
from plugins.study import library, local_pieces, reviews
from plugins.study.library import Library
from plugins.study.reviews import Verdicts, line_of


class UnitShelves:
    """The library as each unit may get it, worked out once for each: for planning many groups."""

    def __init__(
        self, verdicts: Verdicts, voices: Mapping[int, Mapping[str, Blob]] | None = None
    ) -> None:
        self.verdicts = verdicts
        self._voices = voices or {}
        self._base = library.current()
        self._by_path: dict[str, Library] = {}
        self._by_those: dict[frozenset[int], Library] = {}

    def of(self, path: str) -> Library:
        """Return what may go out to the unit with tree path ``path``."""
        found = self._by_path.get(path)
        if found is None:
            # Most units have said nothing: what holds for them is worked out once.
            those = self.verdicts.units.intersection(line_of(path))
            if those not in self._by_those:
                slugs = reviews.allowed(self.verdicts, those, self._base)
                self._by_those[those] = _cut(self._base, slugs)
            found = self._by_path[path] = self._by_those[those]
        return found

    def voice(self, path: str, slug: str) -> Blob | None:
        """Return the recording of a piece for a unit: its own, else the nearest above."""
        heard = (self._voices.get(unit, {}).get(slug) for unit in reversed(line_of(path)))
        return next((blob for blob in heard if blob is not None), None)

    def unread(self, path: str, day: date) -> int:
        """Return how many pieces nobody on the line of ``path`` has read."""
        return len(reviews.waiting(self.verdicts, line_of(path), day))


async def of_all_units(today: date) -> UnitShelves:
    """Read all reviews, and the recordings that are in force, once."""
    return UnitShelves(await reviews.read(), await local_pieces.voices(None, today))


async def of_unit(path: str, today: date) -> Library:
    """Return what may go out to the groups of one unit."""
    line = line_of(path)
    slugs = reviews.allowed(await reviews.read(line), line, library.current())
    return await _with(_cut(library.current(), slugs), line, today)


async def of_actor(actor: Actor, today: date) -> Library:
    """Return what somebody may be shown in private."""
    base = library.current()
    if not actor.home_path:
        verdicts = await reviews.read_for_strangers()
        return _cut(base, reviews.allowed_to_strangers(verdicts, base))
    home, away = line_of(actor.home_path), line_of(actor.inflow_path)
    verdicts = await reviews.read({*home, *away})
    slugs = reviews.allowed(verdicts, home, base)
    if away:
        theirs = reviews.allowed(verdicts, away, base)
        slugs |= {slug for slug in theirs if verdicts.held.get(slug, frozenset()).isdisjoint(home)}
    return await _with(_cut(base, slugs), (*away, *home), today)


async def of_chat(actor: Actor, chat: Chat, today: date) -> Library:
    """Return what may be shown in a chat: one's own shelf, or that of the group's unit."""
    if chat.is_private:
        return await of_actor(actor, today)
    group = await (
        Group.filter(platform=chat.platform, chat_id=chat.chat_id, is_active=True)
        .prefetch_related("unit")
        .first()
    )
    return await (of_actor(Actor(), today) if group is None else of_unit(group.unit.path, today))


@lru_cache(maxsize=256)
def _cut(base: Library, slugs: frozenset[str]) -> Library:
    if len(slugs) == len(base.all):
        return base
    return Library(piece for piece in base.all if piece.slug in slugs)


async def _with(shelf: Library, line: Sequence[int], today: date) -> Library:
    """Add what units on ``line`` brought in; of two recordings that of the later unit counts."""
    own, recorded = await local_pieces.on(line, today)
    if not (own or recorded):
        return shelf
    known = [
        replace(piece, voice=recorded[piece.slug]) if piece.slug in recorded else piece
        for piece in shelf.all
    ]
    return Library([*known, *own])
