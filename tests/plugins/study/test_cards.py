"""Pictures of pieces and questions, and every form of a digest, on the pieces that are shipped."""

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from core import config, files, pictures
from core.messages import Blob, Forward, MediaKind, Text
from core.pictures import drawing, fonts, line_breaking
from models.enums import Form
from plugins.gateway.splitting import runs
from plugins.study import cards, forms, library
from plugins.study.library import Material

pytestmark = pytest.mark.usefixtures("texts", "keys")
ROOT = Path(__file__).resolve().parents[3]
PIECES = tuple(library.Library.load(library.FOLDER)._all)


def drawn_words(page: pictures.Page) -> Iterator[str]:
    yield from (row.text for row in drawing.rows_of(page))


def pages() -> Iterator[pictures.Page]:
    for piece in PIECES:
        yield cards.lesson(piece)
        yield from (cards.question(piece, index) for index in range(len(piece.quiz)))


def test_given_every_piece_when_it_is_laid_out_then_the_font_has_every_character() -> None:
    known = set(TTFont(fonts.FILE).getBestCmap())
    for page in pages():
        for line in drawn_words(page):
            assert fonts.REPLACEMENT not in line
            assert {mark for mark in line if ord(mark) not in known} == set()


def test_given_every_piece_when_it_is_laid_out_then_lines_keep_the_rules() -> None:
    for page in pages():
        for row in drawing.rows_of(page):
            assert row.text[:1] not in line_breaking.CLOSING or not row.text
            assert row.text[-1:] not in line_breaking.OPENING or not row.text
            used = fonts.sized(row.style.size).getlength(row.text) + row.indent
            assert used <= drawing.WIDTH - 2 * drawing._MARGIN


def test_given_every_piece_when_it_is_drawn_then_nothing_is_lost() -> None:
    for piece in PIECES:
        shown = "".join("".join(drawn_words(cards.lesson(piece))).split())
        for section in piece.sections:
            for line in section.split("\n"):
                words = "".join(line.split())
                assert words in shown or words.partition(".")[2] in shown


@pytest.mark.parametrize("piece", PIECES[:4], ids=lambda piece: piece.slug)
def test_given_a_piece_when_it_is_drawn_then_it_is_small_and_always_the_same(
    piece: Material,
) -> None:
    (data,) = pictures.draw(cards.lesson(piece))
    assert pictures.draw(cards.lesson(piece)) == (data,)
    image = Image.open(io.BytesIO(data))
    assert image.width == 1080
    assert 600 < image.height <= drawing.MOST_HEIGHT
    assert len(data) < 300_000


async def test_given_a_piece_when_it_is_wanted_twice_then_it_is_drawn_once(
    monkeypatch: pytest.MonkeyPatch, settings: config.Settings
) -> None:
    drawn: list[pictures.Page] = []
    monkeypatch.setattr(
        "core.pictures.keeping.draw", lambda page: drawn.append(page) or drawing.draw(page)
    )
    first = await forms.picture_of(PIECES[0])
    assert first == await forms.picture_of(PIECES[0])
    assert len(drawn) == 1
    # A restart knows the pictures of before; one that is gone is drawn again.
    pictures.keeping._known.clear()
    assert await forms.picture_of(PIECES[0]) == first
    assert len(drawn) == 1
    blob = first[0]
    assert isinstance(blob, Blob)
    await files.delete(blob.blob_id)
    again = (await forms.picture_of(PIECES[0]))[0]
    assert isinstance(again, Blob)
    assert len(drawn) == 2
    assert (await files.read(again.blob_id))[:4] == b"\x89PNG"


async def test_given_a_digest_when_a_form_is_asked_then_words_stand_beside_it() -> None:
    pieces = PIECES[:2]
    text = await forms.parts(pieces, Form.TEXT)
    assert text == (Text("\n\n".join(forms.digest_text(piece) for piece in pieces)),)
    picture = await forms.parts(pieces, Form.PICTURE)
    assert isinstance(picture[0], Text)
    assert [part.kind for part in picture[1:] if isinstance(part, Blob)] == [MediaKind.IMAGE] * 2
    said, file = await forms.parts(pieces[:1], Form.FILE)
    assert isinstance(said, Text)
    assert isinstance(file, Blob)
    assert file.name == f"{pieces[0].title}.txt"
    content = await files.read(file.blob_id)
    assert content.startswith(b"\xef\xbb\xbf")
    for section in pieces[0].sections:
        assert section.replace("\n", "\r\n") in content.decode("utf-8-sig")


async def test_given_no_recording_when_a_voice_is_asked_then_it_is_text() -> None:
    piece = PIECES[0]
    assert await forms.parts([piece], Form.VOICE) == await forms.parts([piece], Form.TEXT)
    voice = Blob(MediaKind.VOICE, "a" * 32, "a.amr")
    said = await forms.parts([piece], Form.VOICE, voices={piece.slug: voice})
    assert said == (Text(forms.digest_text(piece)), voice)


async def test_given_many_pieces_when_forwarded_then_nodes_are_few_and_nothing_is_lost() -> None:
    (forward,) = await forms.parts(PIECES[:12], Form.FORWARD)
    assert isinstance(forward, Forward)
    assert len(forward.nodes) == forms.MOST_NODES
    words = "\n".join(p.text for node in forward.nodes for p in node if isinstance(p, Text))
    assert all(section in words for piece in PIECES[:12] for section in piece.sections)


def test_given_a_platform_without_forwards_when_asked_then_it_gets_words() -> None:
    assert forms.shown_as(Form.FORWARD, "onebot11") is Form.FORWARD
    assert forms.shown_as(Form.FORWARD, "qq") is Form.TEXT
    assert forms.shown_as(Form.PICTURE, "qq") is Form.PICTURE


def test_given_every_piece_when_its_text_is_sent_then_no_sentence_is_cut() -> None:
    whole = "\n".join(section for piece in PIECES for section in piece.sections) * 3
    sent = [run[0].text for run in runs([Text(whole)], most_images=20) if isinstance(run[0], Text)]
    assert "".join(sent) == whole
    assert len(sent) > 1
    assert all(piece[-1] in "。？」\n；" for piece in sent[:-1])
    assert all(piece[0] not in "」”）" for piece in sent)


def test_given_a_folder_when_asked_then_the_samples_of_the_readme_are_drawn() -> None:
    folder = os.environ.get("YANZHEN_SCREENSHOTS")
    piece = next(piece for piece in PIECES if piece.slug == "unpaid-wages")
    samples = {"lesson-card": cards.lesson(piece), "quiz-card": cards.question(piece, 2)}
    for name, page in samples.items():
        (data,) = pictures.draw(page)
        assert hashlib.sha256(data).hexdigest()
        if folder:
            (Path(folder) / f"{name}.png").write_bytes(data)
