"""One source text in the form that is wanted: short text, picture, forward, file or voice."""

from collections.abc import Mapping, Sequence

from core import files, pictures
from core.messages import Blob, Forward, MediaKind, OutPart, Text
from core.texts import render
from models.enums import Form
from plugins.study import cards
from plugins.study.library import Material

# NapCat sends thirty nodes and fails at eighty (NapCatQQ issue 885).
MOST_NODES = 30
_FULL = "onebot11"
_ANYWHERE = frozenset({Form.TEXT, Form.PICTURE})
_BAD_IN_NAMES = '\\/:*?"<>|\r\n\t'


def shown_as(wanted: Form, platform: str) -> Form:
    """Return the form in which ``platform`` can show what is ``wanted``; words where it cannot."""
    return wanted if platform == _FULL or wanted in _ANYWHERE else Form.TEXT


async def parts(
    pieces: Sequence[Material], form: Form, *, voices: Mapping[str, Blob] | None = None
) -> tuple[OutPart, ...]:
    """Return a digest of ``pieces`` in ``form``; without a recording a voice becomes text.

    ``voices`` are recordings by slug. Draws and stores files: never inside a transaction.
    """
    found = voices or {}
    if form is Form.PICTURE:
        return await _as_pictures(pieces)
    if form is Form.FORWARD:
        return (_as_forward(pieces),)
    if form is Form.FILE:
        return await _as_file(pieces)
    recorded = tuple(found[piece.slug] for piece in pieces if piece.slug in found)
    words = Text("\n\n".join(map(digest_text, pieces)))
    return (words, *recorded) if form is Form.VOICE else (words,)


def digest_text(piece: Material) -> str:
    """Return the short text of a piece as a group sees it (dialogues 3.2)."""
    return render("study.digest", title=piece.title, push=piece.push, count=len(piece.quiz))


async def picture_of(piece: Material) -> tuple[Blob, ...]:
    """Return the picture of a piece that somebody asked for; a line of text goes beside it."""
    return await pictures.blobs_of(cards.lesson(piece), name=piece.slug)


async def picture_of_question(piece: Material, index: int) -> tuple[Blob, ...]:
    """Return the picture of question ``index`` (from 0); its words go out beside it as ever."""
    return await pictures.blobs_of(cards.question(piece, index), name=f"{piece.slug}-{index + 1}")


async def _as_pictures(pieces: Sequence[Material]) -> tuple[OutPart, ...]:
    drawn = [
        blob
        for piece in pieces
        for blob in await pictures.blobs_of(cards.lesson(piece), name=piece.slug)
    ]
    return (Text(render("study.form_picture", title=titles(pieces))), *drawn)


def titles(pieces: Sequence[Material]) -> str:
    """Return the titles of ``pieces`` in one line."""
    return "；".join(piece.title for piece in pieces)


def _as_forward(pieces: Sequence[Material]) -> Forward:
    nodes = [text for piece in pieces for text in _nodes(piece)]
    if len(nodes) > MOST_NODES:
        nodes = [*nodes[: MOST_NODES - 1], "\n\n".join(nodes[MOST_NODES - 1 :])]
    return Forward(tuple((Text(node),) for node in nodes), titles(pieces))


def _nodes(piece: Material) -> tuple[str, ...]:
    ending = render("study.form_ending", count=len(piece.quiz))
    return (
        f"{piece.title}\n{piece.push}",
        *piece.sections,
        f"{cards.source_line(piece)}\n{ending}",
    )


async def _as_file(pieces: Sequence[Material]) -> tuple[OutPart, ...]:
    whole = "\n\n\n".join("\n\n".join(_nodes(piece)) for piece in pieces)
    # A byte order mark and Windows line ends: Notepad and old phones read both.
    data = whole.replace("\n", "\r\n").encode("utf-8-sig")
    stored = await files.put(data, suffix="txt")
    name = titles(pieces).translate({ord(mark): " " for mark in _BAD_IN_NAMES})[:60].strip()
    said = Text(render("study.form_file", title=titles(pieces)))
    return (said, Blob(MediaKind.FILE, stored.blob_id, f"{name}.txt"))
