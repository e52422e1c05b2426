"""Forms by need, through the real router: 学习 长图, 看长图, 看文字, 听; long text in pieces."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from core import files
from core.clock import FrozenClock
from core.messages import Blob, Chat, Forward, MediaKind, OutPart, SendOutcome, Text
from models import Account, AuditLog, Delivery, Message, StudyProgress
from models.enums import Form
from plugins.delivery import bodies
from plugins.gateway import splitting
from plugins.gateway.words import SENTENCE_ENDS
from plugins.study import forms, library, recordings, service
from plugins.study.library import FOLDER, Library
from tests.plugins.mentoring.town import at
from tests.plugins.study.place import PIECES, Place, planted
from tests.plugins.study.reading import reviewed


class Listening(Place):
    """A place that hears files as well."""

    def __init__(self, clock: FrozenClock) -> None:
        self.blobs: list[Blob] = []
        super().__init__(clock)

    async def _send(self, chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
        self.blobs += [part for part in parts if isinstance(part, Blob)]
        return await super()._send(chat, parts)


@pytest_asyncio.fixture
async def town(
    database: str, keys: object, texts: object, clock: FrozenClock, tmp_path: Path
) -> AsyncIterator[Listening]:
    library.use(reviewed(PIECES))
    recordings.use(tmp_path)
    made = await planted(clock, kind=Listening)
    assert isinstance(made, Listening)
    yield made
    library.use(Library.load(FOLDER))
    recordings.use(FOLDER)


async def test_given_a_wish_for_pictures_when_learning_then_it_is_remembered_and_can_go_back(
    town: Listening,
) -> None:
    assert await town.says("王建国", "学习 长图") == (
        "记下了，以后学习给您发长图。想改回文字，回「学习 文字」。题想看图，做题时回「看长图」。\n"
        "党章第一课，1 分钟看完。\n1 看  2 做 3 道题"
    )
    assert (await Account.get(account_id="王建国")).study_form is Form.PICTURE
    assert await AuditLog.filter(action="study.form_preferred").count() == 1
    town.open()
    assert await town.talks("王建国", "学习", "1") == (
        "党章第一课，全文在图里。\n看完了。这些话的出处：《某条例》。\n想做 3 道题，回「答题」。"
    )
    assert [blob.kind for blob in town.blobs] == [MediaKind.IMAGE]
    assert (await StudyProgress.get()).sections_read == 2
    assert (await town.says("王建国", "学习 文字")).startswith("记下了，以后学习给您发文字。")
    assert (await Account.get(account_id="王建国")).study_form is None
    assert (await town.says("王建国", "1")).startswith("第一段。")
    assert len(town.blobs) == 1


async def test_given_a_question_when_its_picture_is_wanted_then_the_words_stay_beside_it(
    town: Listening,
) -> None:
    asked = await town.talks("王建国", "学习", "做 3 道题")
    assert await town.says("王建国", "长图") == asked
    assert [blob.kind for blob in town.blobs] == [MediaKind.IMAGE]
    assert (await town.says("王建国", "1")).startswith("对，是 1。")
    assert (await Account.get(account_id="王建国")).study_form is None


async def test_given_a_piece_when_seen_as_picture_or_words_once_then_nothing_is_remembered(
    town: Listening,
) -> None:
    await town.says("王建国", "学习")
    assert (await town.says("王建国", "看图")).startswith("党章第一课，全文在图里。")
    assert (await town.says("王建国", "文字")).startswith("第一段。")
    assert (await Account.get(account_id="王建国")).study_form is None


async def test_given_no_recording_when_a_piece_is_offered_then_there_is_nothing_to_hear(
    town: Listening,
) -> None:
    assert (await town.says("王建国", "学习")).endswith("1 看  2 做 3 道题")


async def test_given_a_recording_when_a_piece_is_offered_then_it_can_be_heard(
    town: Listening, tmp_path: Path
) -> None:
    (tmp_path / "charter.mp3").write_bytes(b"ID3 not really")
    recordings.use(tmp_path)
    assert (await town.says("王建国", "学习")).endswith("1 看  2 听  3 做 3 道题")
    assert (await town.says("王建国", "2")).startswith("党章第一课，录音在上面。")
    assert [blob.kind for blob in town.blobs] == [MediaKind.VOICE]
    assert await files.read(town.blobs[0].blob_id) == b"ID3 not really"
    assert (await StudyProgress.get()).sections_read == 2


async def test_given_a_recording_taken_away_when_heard_then_it_is_said(
    town: Listening, tmp_path: Path
) -> None:
    (tmp_path / "charter.mp3").write_bytes(b"ID3 not really")
    recordings.use(tmp_path)
    await town.says("王建国", "学习")
    (tmp_path / "charter.mp3").unlink()
    recordings.use(tmp_path)
    assert await town.says("王建国", "2") == "这一课还没有录音。回「看文字」或「看长图」。"


async def test_given_a_stranger_when_he_wants_pictures_for_good_then_he_gets_one_now(
    town: Listening,
) -> None:
    assert await town.says("过路人", "学习 长图") == (
        "您还没绑定，我记不住。这一课想看图，回「看长图」。"
    )
    assert "全文在图里" in await town.says("过路人", "看长图")


async def test_given_two_wishes_when_private_digests_are_planned_then_each_has_its_form(
    database: str, keys: object, texts: object, clock: FrozenClock
) -> None:
    library.use(reviewed(PIECES))
    town = await planted(clock, groups=())
    await town.says("王建国", "学习 长图")
    assert await service.plan_private_digests(slot_at=at(11, 23, 20), now=clock.now()) == 3
    assert await service.plan_private_digests(slot_at=at(11, 23, 20), now=clock.now()) == 0
    found: dict[int, list[type]] = {}
    for row in await Delivery.all():
        message = await Message.get(id=row.message_id)
        body = bodies.unseal(message.body_sealed, uid=message.uid)
        found[int(row.target.partition(":")[2])] = [type(part) for part in body.parts]
    assert found[town.people["王建国"].id] == [Text, Blob]
    assert found[town.people["陈玉梅"].id] == [Text]
    library.use(Library.load(FOLDER))


# The shortest limits of platforms of this kind are about 500; anything that holds one sentence.
@pytest.mark.parametrize("longest", [120, 500, splitting.LONGEST_TEXT])
def test_given_every_piece_when_cut_at_a_limit_then_no_sentence_is_cut(longest: int) -> None:
    for piece in Library.load(FOLDER).all:
        text = "\n\n".join(piece.sections)
        cut = list(splitting.pieces(text, longest))
        assert "".join(cut) == text
        for part in cut[:-1]:
            assert part.rstrip("」』”’）)》】")[-1:] in SENTENCE_ENDS, (piece.slug, part[-20:])


def test_given_a_forward_where_none_can_be_shown_when_sent_then_sections_stay_whole(
    texts: object,
) -> None:
    pieces = Library.load(FOLDER).all[:3]
    sections = [section for piece in pieces for section in piece.sections]
    card = forms._as_forward(pieces)
    runs = list(splitting.runs((card,), most_images=0))
    assert not any(isinstance(part, Forward) for run in runs for part in run)
    said = ["".join(part.text for part in run if isinstance(part, Text)) for run in runs]
    assert all(len(words) <= splitting.LONGEST_TEXT for words in said)
    assert all(any(section in words for words in said) for section in sections)


def test_given_a_long_section_when_sent_as_a_digest_then_each_message_ends_a_sentence() -> None:
    sentence = "先留考勤、工资条和聊天记录，原手机别换。"
    long = "\n".join([sentence * 100] * 5)
    runs = list(splitting.runs((Text(long),), most_images=9))
    assert len(runs) > 1
    for run in runs:
        words = "".join(part.text for part in run if isinstance(part, Text))
        assert words.rstrip("\n").endswith("。")
    assert sum(words.count(sentence) for words in ("".join(
        part.text for part in run if isinstance(part, Text)) for run in runs)) == 500  # fmt: skip
