"""What is for us, on raw payloads."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.gateway import gate
from plugins.gateway.gate import Kind
from tests.plugins.gateway.ends import (
    GROUP,
    SELF_ID,
    at,
    beat,
    message,
    notice,
    quote,
    text,
)

IMAGE = {"type": "image", "data": {"file": "a.jpg", "url": "https://x.example/a.jpg"}}


def kind(payload: object) -> Kind:
    return gate.kind_of(payload, SELF_ID, int(SELF_ID))


@pytest.mark.parametrize(
    "segments",
    [
        [at(), text(" 本周")],
        [at(int(SELF_ID)), text("本周")],
        [text("  "), at(), text("本周")],
        [text("本周 "), at()],
        [text("本周"), at(), text(" \n")],
        [at("30001"), text("看看"), at()],
        [quote(), at(), text("本周")],
        [quote(), text(" "), at(), text("本周")],
        [text("/本周")],
        [text("  ／本周")],
        [quote(), text("/本周")],
        [text("/"), IMAGE],
        [at(), IMAGE],
    ],
)
def test_given_a_group_message_to_us_when_it_is_judged_then_it_passes(segments):
    assert kind(message(*segments, group=GROUP)) is Kind.MESSAGE


@pytest.mark.parametrize(
    "segments",
    [
        [],
        [text("本周")],
        [text("")],
        [quote(), text("本周")],
        [quote()],
        [at("30001"), text("/本周")],
        [at("all"), text("开会")],
        [text("问问"), at(), text("行不行")],
        [at("30001"), at(), text("行不行")],
        [at("1000"), text("本周")],
        [at("100011"), text("本周")],
        [text("a/b")],
        [IMAGE],
        [{"type": "face", "data": {"id": "1"}}],
        [{"type": "at"}],
        [{"data": {}}],
        ["/本周"],
        [None, at()],
        [{"type": ["at"], "data": {"qq": SELF_ID}}],
        [{"type": "text", "data": {"text": 1}}],
    ],
)
def test_given_group_chatter_when_it_is_judged_then_it_is_refused(segments):
    payload = message(group=GROUP) | {"message": segments}
    assert kind(payload) is Kind.REFUSED


@pytest.mark.parametrize(
    ("words", "passes"),
    [
        (f"[CQ:at,qq={SELF_ID}] 本周", True),
        (f"本周[CQ:at,qq={SELF_ID}]", True),
        (f"[CQ:reply,id=3][CQ:at,qq={SELF_ID}] 本周", True),
        ("[CQ:reply,id=3]/本周", True),
        ("/本周", True),
        (" ／本周", True),
        ("[CQ:reply,id=3]本周", False),
        (f"问问[CQ:at,qq={SELF_ID}]行不行", False),
        (f"[CQ:at,qq={SELF_ID}1] 本周", False),
        (f"&#91;CQ:at,qq={SELF_ID}&#93; 本周", False),
        ("本周", False),
        ("", False),
    ],
)
def test_given_an_end_that_writes_strings_when_it_is_judged_then_it_is_the_same(words, passes):
    payload = message(group=GROUP) | {"message": words}
    assert kind(payload) is (Kind.MESSAGE if passes else Kind.REFUSED)


def test_given_a_private_message_when_it_is_judged_then_it_passes():
    assert kind(message(text("你好"))) is Kind.MESSAGE


@pytest.mark.parametrize("group", [None, GROUP])
def test_given_our_own_message_when_it_is_judged_then_it_is_refused(group):
    payload = message(at(), text("/本周"), group=group, sender=int(SELF_ID))
    assert kind(payload) is Kind.REFUSED


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (message(text("x")) | {"post_type": "message_sent"}, Kind.OWN),
        (notice("friend_add", user_id=5), Kind.NOTICE),
        (beat(online=True), Kind.BEAT),
        ({"post_type": "request", "self_id": int(SELF_ID)}, Kind.REFUSED),
        ({"post_type": "novelty", "self_id": int(SELF_ID)}, Kind.REFUSED),
        ({"echo": "1.1", "status": "ok"}, Kind.ANSWER),
        ({"status": "ok"}, Kind.GARBAGE),
        ({"post_type": "message"}, Kind.GARBAGE),
        ({"post_type": ["message"], "self_id": int(SELF_ID)}, Kind.GARBAGE),
        (message(text("x"), self_id=10002), Kind.GARBAGE),
        (message(text("x"), message_type="channel"), Kind.GARBAGE),
        (message(group=GROUP) | {"message": {"type": "text"}}, Kind.GARBAGE),
        ([], Kind.GARBAGE),
        ("菜单", Kind.GARBAGE),
        (None, Kind.GARBAGE),
        (7, Kind.GARBAGE),
    ],
)
def test_given_any_other_payload_when_it_is_judged_then_it_is_known_for_what_it_is(
    payload, expected
):
    assert kind(payload) is expected


@pytest.mark.parametrize(
    "broken",
    [
        {"user_id": "20001"},
        {"user_id": True},
        {"user_id": None},
        {"user_id": 1 << 70},
        {"message_id": 1.5},
        {"time": -1},
        {"time": 10**12},
        {"time": "1795395600"},
        {"message": []},
        {"message": [text("x")] * 501},
        {"message": {"type": "text"}},
        {"message": None},
        {"message_type": "group"},
        {"message_type": "group", "group_id": "500001"},
    ],
)
def test_given_a_broken_message_when_it_is_cleaned_then_nothing_is_left(broken):
    assert gate.clean(message(text("x")) | broken) is None


def test_given_a_message_when_it_is_cleaned_then_names_and_quotes_stay_behind():
    payload = message(quote(99), at(), text("本周"), IMAGE, group=GROUP, extra={"a": 1})
    cleaned = gate.clean(payload)
    assert cleaned is not None
    written = json.dumps(cleaned, ensure_ascii=False)
    assert [segment["type"] for segment in cleaned["message"]] == ["at", "text", "image"]
    for gone in ("王建国", "extra", "99", "nickname"):
        assert gone not in written


def test_given_parts_we_do_not_read_when_they_are_cleaned_then_only_their_kind_is_left():
    strange = [
        {"type": "json", "data": {"data": "{秘密}"}},
        {"type": "不是词", "data": {"x": 1}},
        {"type": "text", "data": {"text": ["x"]}},
        {"type": "image", "data": {"file": {"a": 1}, "url": "https://x.example/a"}},
        {"type": 3, "data": {}},
        "x",
    ]
    assert list(gate.clean_segments(strange)) == [
        {"type": "json", "data": {}},
        {"type": "unknown", "data": {}},
        {"type": "image", "data": {"url": "https://x.example/a"}},
    ]


said = st.text(max_size=12) | st.sampled_from(
    ["/本周", "／本周", '"private"', '"at"', '"echo"', "[CQ:at,qq=10001]", '"message_type":"group"']
)
segments = st.lists(
    st.one_of(
        said.map(text),
        st.sampled_from([at(), at(int(SELF_ID)), at(30001), at("all"), quote(), IMAGE]),
        said.map(
            lambda words: {
                "type": "forward",
                "data": {"content": [message(text(words), group=GROUP)]},
            }
        ),
    ),
    max_size=4,
)


@given(
    segments=segments,
    group=st.sampled_from([None, GROUP]),
    post=st.sampled_from(["message", "message_sent", "notice"]),
    is_string=st.booleans(),
    is_ascii=st.booleans(),
    is_answer=st.booleans(),
)
def test_given_any_event_when_it_is_chatter_unread_then_it_is_refused_when_read(
    segments, group, post, *, is_string, is_ascii, is_answer
):
    payload = message(*segments, group=group, post_type=post)
    if is_string:
        payload["message"] = "".join(str(segment["data"].get("text", "")) for segment in segments)
    if is_answer:
        payload = {"status": "ok", "data": {"messages": [payload]}, "echo": "1.1"}
    frame = json.dumps(payload, ensure_ascii=is_ascii, separators=(",", ":"))
    if gate.is_chatter(frame):
        assert kind(json.loads(frame)) is Kind.REFUSED


FORWARD = {"type": "forward", "data": {"content": [message(text("闲聊"), group=GROUP)]}}


@pytest.mark.parametrize(
    "payload",
    [
        message(at(), text("本周"), group=GROUP),
        message(text("/本周"), group=GROUP),
        message(text("／本周"), group=GROUP),
        message(group=GROUP) | {"message": f"[CQ:at,qq={SELF_ID}]本周"},
        message(FORWARD),
        message(text("自己"), group=GROUP, post_type="message_sent"),
        {"status": "ok", "data": {"messages": [message(text("闲聊"), group=GROUP)]}, "echo": "1"},
    ],
)
def test_given_what_may_be_for_us_when_it_is_unread_then_it_is_not_thrown_away(payload):
    frame = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    assert not gate.is_chatter(frame)


def test_given_an_escaped_slash_when_it_is_unread_then_it_is_not_thrown_away():
    frame = json.dumps(message(text("／本周"), group=GROUP), separators=(",", ":"))
    assert not gate.is_chatter(frame)


def test_given_plain_chatter_when_it_is_unread_then_it_is_known_at_once():
    frame = json.dumps(
        message(text("吃了没"), group=GROUP), ensure_ascii=False, separators=(",", ":")
    )
    assert gate.is_chatter(frame)


leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
words = st.sampled_from(
    ["type", "data", "text", "qq", "at", "reply", "message", "group", "private", SELF_ID, "/x"]
)
trees = st.recursive(
    leaves | words,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(words | st.text(), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(
    post=st.sampled_from(["message", "message_sent", "notice", "meta_event"]),
    place=st.sampled_from(["group", "private"]) | trees,
    fields=st.dictionaries(
        st.sampled_from(["message", "user_id", "group_id", "message_id", "time", "notice_type"]),
        trees,
    ),
)
def test_given_any_shape_when_it_is_judged_and_cleaned_then_nothing_raises(post, place, fields):
    payload = {"self_id": int(SELF_ID), "post_type": post, "message_type": place, **fields}
    if kind(payload) is Kind.MESSAGE:
        gate.clean(payload)
