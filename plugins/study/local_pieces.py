"""Local pieces as the library knows them: a row of LocalMaterial read as a piece, and back.

The body is sealed JSON of outgoing parts: words and files, in the order in which they were sent.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core import crypto
from core.actors import Stage
from core.clock import local_day
from core.messages import Blob, OutPart, Text, payload_from_json, payload_to_json
from core.texts import render
from models import LocalMaterial, Person, Unit
from models.enums import MaterialState
from plugins.study.front_matter import SECTION_CHARACTERS
from plugins.study.library import LOCAL, Material

# A push is at most about 120 characters and 6 lines (dialogues, voice, rule 1).
_PUSH_CHARACTERS, _PUSH_LINES = 120, 5
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]?")


@dataclass(frozen=True, slots=True)
class Brought:
    """A local piece as those in charge see it: while it is put together, looked at, or listed.

    ``by`` is who brings it in, for ``unit``; ``reason`` is why it was sent back, if it was.
    """

    uid: str
    title: str
    words: str
    files: tuple[Blob, ...]
    link: str
    source: str
    source_on: date | None
    until: date
    state: MaterialState
    voice_of: str
    by: str
    unit: str
    reason: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it yet."""
        return not (self.words or self.files or self.link)


async def brought(row: LocalMaterial) -> Brought:
    """Return a row with the names that go with it, unsealed."""
    person = await Person.get_or_none(id=row.proposed_by_id)
    unit = await Unit.get(id=row.unit_id)
    sealed = row.return_reason_sealed
    return Brought(
        uid=row.uid, title=row.title, words=words_of(row), files=files_of(row), link=row.link,
        source=row.source, source_on=row.source_on, until=row.effective_until, state=row.state,
        voice_of=row.voice_of, by=person.name if person else "", unit=unit.name,
        reason=crypto.unseal_text(sealed, place=reason_place(row.uid)) if sealed else "",
    )  # fmt: skip


def reason_place(uid: str) -> str:
    """Return the place that the reason of a return is sealed for."""
    return f"local_material.return_reason:{uid}"


def seal_body(parts: Sequence[OutPart], *, uid: str) -> bytes:
    """Return the body of the row with ``uid``, sealed."""
    packed = json.dumps(payload_to_json(tuple(parts)), ensure_ascii=False).encode()
    return crypto.seal(packed, place=f"local_material.body:{uid}")


def body_of(row: LocalMaterial) -> tuple[OutPart, ...]:
    """Return the words and files of a row."""
    opened = crypto.unseal(row.body_sealed, place=f"local_material.body:{row.uid}")
    return tuple(payload_from_json(json.loads(opened)))


def files_of(row: LocalMaterial) -> tuple[Blob, ...]:
    """Return the files of a row, in the order in which they were sent."""
    return tuple(part for part in body_of(row) if isinstance(part, Blob))


def words_of(row: LocalMaterial) -> str:
    """Return the words of a row, a message a line."""
    return "\n".join(part.text for part in body_of(row) if isinstance(part, Text)).strip()


def as_piece(row: LocalMaterial) -> Material:
    """Return a row as a piece: it comes before those of the library, for everybody of its unit."""
    words, files = words_of(row), files_of(row)
    since = local_day(row.reviewed_at or row.proposed_at)
    return Material(
        slug=f"{LOCAL}{row.uid}",
        title=row.title,
        series=render("study.local_series"),
        order=0,
        audience=frozenset(Stage),
        public=True,
        source=row.source,
        source_date=row.source_on or local_day(row.proposed_at),
        effective_from=since,
        effective_until=row.effective_until,
        push=_push(words, len(files)),
        sections=tuple(_bubbles(words)) or (_files(len(files)),),
        quiz=(),
        link=row.link,
        attachments=files,
    )


async def on(line: Sequence[int], today: date) -> tuple[Sequence[Material], Mapping[str, Blob]]:
    """Return the approved pieces of the units ``line`` that are in force, and their recordings.

    Recordings are by the slug of the piece; of two that of the later unit of ``line`` counts.
    """
    rows = await LocalMaterial.filter(
        unit_id__in=list(line), state=MaterialState.APPROVED, effective_until__gte=today
    ).order_by("reviewed_at", "id")
    spoken = sorted((row for row in rows if row.voice_of), key=lambda row: line.index(row.unit_id))
    recorded = {row.voice_of: blob for row in spoken for blob in files_of(row)}
    return tuple(as_piece(row) for row in rows if not row.voice_of), recorded


async def voices(units: Collection[int] | None, today: date) -> dict[int, dict[str, Blob]]:
    """Return the recordings of library pieces by unit and slug; of all units when it is None."""
    rows = LocalMaterial.filter(state=MaterialState.APPROVED, effective_until__gte=today).exclude(
        voice_of=""
    )
    if units is not None:
        rows = rows.filter(unit_id__in=list(units))
    found: dict[int, dict[str, Blob]] = {}
    for row in await rows.order_by("reviewed_at", "id"):
        for recording in files_of(row):
            found.setdefault(row.unit_id, {})[row.voice_of] = recording
    return found


async def find(slug: str) -> LocalMaterial | None:
    """Return the row of a local piece by its slug, in whatever state it is."""
    if not slug.startswith(LOCAL):
        return None
    return await LocalMaterial.get_or_none(uid=slug.removeprefix(LOCAL))


def _files(count: int) -> str:
    return render("study.local_files", count=count)


def _push(words: str, files: int) -> str:
    if not words:
        return _files(files)
    if len(words) <= _PUSH_CHARACTERS and words.count("\n") < _PUSH_LINES:
        return words
    short = ""
    for sentence in _sentences(" ".join(words.split())):
        if len(short) + len(sentence) > _PUSH_CHARACTERS:
            break
        short += sentence
    return short or f"{words[: _PUSH_CHARACTERS - 1]}…"


def _bubbles(words: str) -> Iterator[str]:
    """Split words into bubbles at the ends of sentences."""
    bubble = ""
    for sentence in _sentences(words):
        if bubble and len(bubble) + len(sentence) > SECTION_CHARACTERS:
            yield bubble.strip()
            bubble = ""
        bubble += sentence
    if bubble.strip():
        yield bubble.strip()


def _sentences(words: str) -> Iterator[str]:
    """Return sentences; one that is longer than a bubble is cut where it has to be."""
    for found in _SENTENCE.findall(words):
        for start in range(0, len(found), SECTION_CHARACTERS):
            yield found[start : start + SECTION_CHARACTERS]
