"""The chat face of forms: 看长图, 看文字 for what is open, 学习 长图, 学习 文字 for good, 听."""

from dataclasses import replace

from core.conversation import Call, Command, Reply, Reveals, Say
from core.errors import Refusal
from models.enums import Form
from plugins.study import forms, preferences, queries, recordings, service, views, words
from plugins.study.library import Material


async def handle_prefer_picture(call: Call) -> Reply:
    """Send pieces as long pictures from now on (学习 长图)."""
    return await _prefer(call, Form.PICTURE, Say("study.form_picture_kept"))


async def handle_prefer_text(call: Call) -> Reply:
    """Send pieces as words again (学习 文字)."""
    return await _prefer(call, Form.TEXT, Say("study.form_text_kept"))


async def _prefer(call: Call, form: Form, said: Say) -> Reply:
    await preferences.prefer(actor=call.actor, form=form, now=call.now)
    place = await queries.next_piece(call.actor, call.today)
    if place is None:
        return Reply(says=(said,))
    offer = views.offer(place.piece, place.read)
    return replace(offer, says=(said, *offer.says))


async def handle_picture(call: Call) -> Reply:
    """Show what is open as a picture, once: the question of a quiz, or a whole piece."""
    question = call.question
    if question is not None and question.kind == "study.quiz":
        piece = await _of(call, str(question.data["material"]))
        index, right = int(question.data["question"]), int(question.data["right"])
        blobs = await forms.picture_of_question(piece, index)
        return replace(views.question(piece, index, right), blobs=blobs)
    piece, _ = await _open(call)
    return await as_picture(call, piece)


async def handle_text(call: Call) -> Reply:
    """Show what is open in words, once, from where one stopped."""
    piece, read = await _open(call)
    read = read if read < len(piece.sections) else 0
    await service.mark_read(actor=call.actor, material=piece.slug, sections=read + 1, now=call.now)
    return views.section(piece, read + 1)


async def as_picture(call: Call, piece: Material) -> Reply:
    """Show a whole piece as a long picture, its title and source beside it in words.

    A local piece stays as it was sent.
    """
    if piece.is_local:
        await service.mark_read(actor=call.actor, material=piece.slug, sections=1, now=call.now)
        return views.section(piece, 1)
    blobs = await forms.picture_of(piece)
    await _read_whole(call, piece)
    return views.whole(piece, Say("study.form_picture_asked", title=piece.title), blobs)


async def listen(call: Call, piece: Material) -> Reply:
    """Play the recording of a piece."""
    if forms.shown_as(Form.VOICE, call.chat.platform) is not Form.VOICE:
        raise Refusal("study.no_voice_here")
    if piece.voice is None and not recordings.has(piece.slug):
        raise Refusal("study.no_recording")
    blob = piece.voice or await recordings.blob_of(piece.slug)
    await _read_whole(call, piece)
    return views.whole(piece, Say("study.listening", title=piece.title), (blob,))


async def _read_whole(call: Call, piece: Material) -> None:
    count = len(piece.sections)
    await service.mark_read(actor=call.actor, material=piece.slug, sections=count, now=call.now)


async def _open(call: Call) -> tuple[Material, int]:
    """Return the piece that is open and how much of it was read; else the one to go on with."""
    question = call.question
    if question is not None and question.kind == "study.lesson":
        return await _of(call, str(question.data["material"])), int(question.data["read"])
    place = await queries.next_piece(call.actor, call.today)
    if place is None:
        raise Refusal("study.nothing_there")
    return place.piece, place.read


async def _of(call: Call, slug: str) -> Material:
    piece = await queries.shown(call.actor, call.chat, slug, call.today)
    if piece is None:
        raise Refusal("study.piece_gone")
    return piece


_PREFER = Command(
    name="study.prefer_picture",
    words=(words.PREFER_PICTURE,),
    aliases=words.PREFER_PICTURE_ALIASES,
    handler=handle_prefer_picture,
    summary="study.help_prefer_picture",
    reveals=Reveals.PUBLIC,
)

FORM_COMMANDS = (
    # The bare 长图 and 文字 are only understood: in a list of forms they choose one.
    replace(
        _PREFER,
        name="study.picture",
        words=(words.PICTURE,),
        aliases=words.PICTURE_ALIASES,
        handler=handle_picture,
        summary="study.help_picture",
    ),
    replace(
        _PREFER,
        name="study.text",
        words=(words.TEXT,),
        aliases=words.TEXT_ALIASES,
        handler=handle_text,
        summary="study.help_text",
    ),
    _PREFER,
    replace(
        _PREFER,
        name="study.prefer_text",
        words=(words.PREFER_TEXT,),
        aliases=words.PREFER_TEXT_ALIASES,
        handler=handle_prefer_text,
        summary="study.help_prefer_text",
    ),
)
