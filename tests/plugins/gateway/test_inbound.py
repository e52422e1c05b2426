"""Events of adapters into the one shape that the house knows."""

import contextlib
import itertools
from datetime import UTC, datetime

import pytest
from nonebot.adapters.onebot import v12
from nonebot.exception import IgnoredException

from core.messages import ChatKind, Media, MediaKind, Mention, Other, Text
from plugins.gateway import addressed, gate, inbound, onebot11_events
from plugins.gateway.rates import Pace
from tests.plugins.gateway.ends import GROUP, SECOND, SELF_ID, WORKER, at, message, quote, text

_ids = itertools.count(1)


async def read(*segments, group=None, **more):
    payload = gate.clean(message(*segments, group=group, **more))
    assert payload is not None
    incoming = await inbound.to_incoming(None, onebot11_events.event_of(payload))
    assert incoming is not None
    return incoming


async def test_given_a_private_message_when_it_is_read_then_all_is_there():
    incoming = await read(text(" 菜单 "), message_id=-5)
    assert incoming.chat.kind is ChatKind.PRIVATE
    assert (incoming.chat.platform, incoming.chat.self_id) == ("onebot11", SELF_ID)
    assert (incoming.chat.chat_id, incoming.sender_id) == (str(WORKER), str(WORKER))
    assert (incoming.message_id, incoming.words) == ("-5", "菜单")
    assert incoming.sent_at == datetime.fromtimestamp(SECOND, UTC)


@pytest.mark.parametrize(
    ("segments", "parts", "words"),
    [
        ([at(), text(" 本周")], (Text(" 本周"),), "本周"),
        ([text("本周 "), at()], (Text("本周 "),), "本周"),
        ([text(" "), at(), text(" "), at(), text("本周")], (Text("本周"),), "本周"),
        ([quote(), at(), text("/本周 上")], (Text("/本周 上"),), "本周 上"),
        ([text("／ 本周")], (Text("／ 本周"),), "本周"),
        ([at(), text("//x")], (Text("//x"),), "/x"),
        ([at()], (), ""),
        (
            [at(), text("联系"), at(7), text("了")],
            (Text("联系"), Mention("7"), Text("了")),
            "联系了",
        ),
        ([at(), at("all"), text("x")], (Mention("all"), Text("x")), "x"),
    ],
)
async def test_given_a_group_message_when_it_is_read_then_our_mention_and_the_slash_are_gone(
    segments, parts, words
):
    incoming = await read(*segments, group=GROUP)
    assert incoming.parts == parts
    assert incoming.words == words
    assert incoming.chat.chat_id == str(GROUP)


async def test_given_odd_characters_when_they_are_read_then_the_text_can_be_stored():
    incoming = await read(text("a\0b\ud800c"))
    assert incoming.parts == (Text("ab?c"),)
    incoming.words.encode()


def part(kind, **data):
    return {"type": kind, "data": data}


def named(name):
    return Media(MediaKind.FILE, name, None, "F")


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        (
            part("image", file="A.jpg", url="https://h.example/a", file_size="123", sub_type=0),
            Media(MediaKind.IMAGE, "A.jpg", "https://h.example/a", "A.jpg", 123),
        ),
        (part("image", file="A.gif", sub_type=1), Other("sticker")),
        (
            part("image", file="base64://QQ=="),
            Media(MediaKind.IMAGE, "", "base64://QQ==", "base64://QQ=="),
        ),
        (part("record", file="a.amr"), Media(MediaKind.VOICE, "a.amr", None, "a.amr")),
        (part("video", file="a.mp4"), Media(MediaKind.VIDEO, "a.mp4", None, "a.mp4")),
        (
            part("file", file="汇报.docx", file_id="/f-1", file_size=9),
            Media(MediaKind.FILE, "汇报.docx", None, "/f-1", 9),
        ),
        (part("file", name="../../etc/pass\twd\u202e", file_id="F"), named("passwd")),
        (part("file", name="C:\\a\\b.docx", file_id="F"), named("b.docx")),
        (part("file", name="长" * 500 + ".docx", file_id="F"), named("长" * 115 + ".docx")),
        (part("file", file_id="F", file_size="9" * 40), named("")),
        (part("face", id="14"), Other("sticker")),
        (part("mface", summary="[抱抱]"), Other("sticker")),
        (part("json", data="{}"), Other("json")),
        (part("dice"), Other("sticker")),
    ],
)  # fmt: skip
async def test_given_each_kind_of_part_when_it_is_read_then_it_is_what_it_is(segment, expected):
    assert (await read(segment)).parts == (expected,)


async def test_given_two_events_when_anything_differs_then_their_keys_differ():
    base = {"message_id": 5, "time": SECOND}
    keys = {
        (await read(text("x"), **base)).key,
        (await read(text("x"), **base | {"message_id": 6})).key,
        (await read(text("x"), **base | {"time": SECOND + 1})).key,
        (await read(text("x"), sender=WORKER + 1, **base)).key,
        (await read(text("x"), group=GROUP, **base)).key,
        (await read(text("x"), self_id=10002, **base)).key,
        (await read(text("x"), group=GROUP, sender=WORKER + 1, **base)).key,
    }
    assert len(keys) == 7
    assert {len(key) for key in keys} == {64}
    assert (await read(text("别的字"), **base)).key in keys


class Adapter12:
    @classmethod
    def get_name(cls):
        return "OneBot V12"


class Bot12(v12.Bot):
    def __init__(self):
        self.adapter = Adapter12()
        self.self_id = "12001"


def event12(*segments, group=None, to_me=False, reply=None):
    body = {
        "id": str(next(_ids)),
        "time": datetime.fromtimestamp(SECOND, UTC),
        "type": "message",
        "detail_type": "private" if group is None else "group",
        "sub_type": "",
        "self": {"platform": "x", "user_id": "12001"},
        "message_id": "m1",
        "message": v12.Message(segments),
        "alt_message": "",
        "user_id": "20001",
        "to_me": to_me,
        "reply": reply,
    }
    if group is None:
        return v12.PrivateMessageEvent.model_validate(body)
    return v12.GroupMessageEvent.model_validate(body | {"group_id": group})


SEG = v12.MessageSegment
QUOTED = {"message_id": "m0", "user_id": "12001"}


@pytest.mark.parametrize(
    ("event", "passes"),
    [
        (event12(SEG.text("你好")), True),
        (event12(SEG.text("/本周"), group="5"), True),
        (event12(SEG.text("本周"), group="5"), False),
        (event12(SEG.text("本周"), group="5", to_me=True), True),
        (event12(SEG.text("本周"), group="5", to_me=True, reply=QUOTED), False),
        (
            event12(SEG.mention("12001"), SEG.text("本周"), group="5", to_me=True, reply=QUOTED),
            True,
        ),
    ],
)
async def test_given_an_event_of_another_adapter_when_it_is_judged_then_only_what_is_for_us_passes(
    event, passes
):
    with contextlib.nullcontext() if passes else pytest.raises(IgnoredException):
        await addressed.only_to_us(Bot12(), event)


async def test_given_a_sender_of_another_adapter_when_he_is_too_fast_then_he_is_ignored(
    monkeypatch,
):
    monkeypatch.setattr(addressed, "pace", Pace(per_minute=1, burst=3))
    for _ in range(3):
        await addressed.only_to_us(Bot12(), event12(SEG.text("你好")))
    with pytest.raises(IgnoredException):
        await addressed.only_to_us(Bot12(), event12(SEG.text("你好")))


async def test_given_a_message_of_another_adapter_when_it_is_read_then_it_has_the_same_shape():
    event = event12(
        SEG.mention("12001"), SEG.text(" /本周\0"), SEG.mention("7"), SEG.image("F1"),
        SEG.mention_all(), group="5",
    )  # fmt: skip
    incoming = await inbound.to_incoming(Bot12(), event)
    assert incoming is not None
    assert (incoming.chat.platform, incoming.chat.self_id) == ("onebot12", "12001")
    assert (incoming.chat.kind, incoming.chat.chat_id) == (ChatKind.GROUP, "5")
    assert (incoming.sender_id, incoming.message_id, incoming.words) == ("20001", "m1", "本周")
    assert incoming.sent_at == datetime.fromtimestamp(SECOND, UTC)
    assert incoming.parts == (
        Text(" /本周"),
        Mention("7"),
        Media(MediaKind.IMAGE, "", None, "F1"),
        Mention("all"),
    )
