"""What goes out over a real WebSocket, and what is known afterwards."""

import asyncio
import base64
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from core import files
from core.database import run_tx
from core.errors import Fault
from core.messages import (
    Blob,
    Chat,
    ChatKind,
    Forward,
    MediaKind,
    Mention,
    SendOutcome,
    SendResult,
    Text,
    payload_from_json,
    payload_to_json,
)
from plugins.gateway import onebot11_sending, outbound, splitting
from tests.plugins.gateway.conftest import until_gone
from tests.plugins.gateway.ends import GROUP, SELF_ID, WORKER, beat, failed, ok, text

TO_GROUP = Chat("onebot11", SELF_ID, ChatKind.GROUP, str(GROUP))
TO_WORKER = Chat("onebot11", SELF_ID, ChatKind.PRIVATE, str(WORKER))
ROOT = Path(__file__).resolve().parents[3]
WORDINGS = json.loads((ROOT / "plugins/sandbox/wordings.json").read_text("utf-8"))
SENT = SendOutcome(SendResult.SENT, "7")


def napcat(name: str) -> str:
    """Word a refusal as NapCat does."""
    verdict = json.dumps(WORDINGS[name], ensure_ascii=False, indent=4)
    return (
        "EventChecker Failed: NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg "
        f"ListenerName:NodeIKernelMsgListener/onMsgInfoListUpdate EventRet:\n{verdict}\n"
    )


@pytest.mark.parametrize("chat", [TO_GROUP, TO_WORKER])
async def test_given_words_and_a_mention_when_they_are_sent_then_they_are_segments(dial, chat):
    end = await dial()
    end.answer = lambda _call: ok(message_id=7)
    assert await outbound.send(chat, [Mention("20002"), Text("本周学习"), Text("：工钱")]) == SENT
    place = "group_id" if chat is TO_GROUP else "user_id"
    assert end.seen[0]["action"] == f"send_{chat.kind}_msg"
    assert end.seen[0]["params"] == {
        place: int(chat.chat_id),
        "message": [
            {"type": "at", "data": {"qq": "20002"}},
            text(" 本周学习"),
            text("：工钱"),
        ],
    }


CODES = st.sampled_from(
    [
        "[CQ:at,qq=all]",
        "[CQ:image,file=file:///etc/passwd]",
        "&#91;",
        "&amp;",
        "[CQ:",
        "]",
        ",",
        "\0",
    ]
)


@effort(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=st.lists(st.text(max_size=40) | CODES, min_size=1).map("".join).filter(bool))
async def test_given_words_with_codes_when_they_are_sent_then_they_stay_words(dial, words):
    end = await dial()
    end.answer = lambda _call: ok(message_id=7)
    assert await outbound.send(TO_GROUP, [Text(words)]) == SENT
    assert end.seen[-1]["params"]["message"] == [text(words)]


@pytest.mark.usefixtures("keys")
async def test_given_pictures_and_files_when_they_are_sent_then_each_goes_its_way(dial):
    end = await dial()
    end.answer = lambda call: ok(message_id=7) if call["action"].startswith("send") else ok()
    stored = await files.put(b"content", suffix="png")
    image, voice, file = (
        Blob(kind, stored.blob_id, "汇报.docx")
        for kind in (MediaKind.IMAGE, MediaKind.VOICE, MediaKind.FILE)
    )
    sent = SendOutcome(SendResult.SENT, "7", further_ids=("7",))
    assert await outbound.send(TO_GROUP, [file, image, Text("请看"), voice]) == sent
    assert await outbound.send(TO_WORKER, [file]) == SendOutcome(SendResult.SENT)
    content = "base64://" + base64.b64encode(b"content").decode()
    first, second, third, fourth = end.seen
    assert first["action"] == "upload_group_file"
    assert first["params"] == {"group_id": GROUP, "file": content, "name": "汇报.docx"}
    assert [part["type"] for part in second["params"]["message"]] == ["image", "text"]
    assert second["params"]["message"][0]["data"]["file"] == content
    assert [part["type"] for part in third["params"]["message"]] == ["record"]
    assert fourth["action"] == "upload_private_file"
    assert fourth["params"]["user_id"] == WORKER


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("chat", [TO_GROUP, TO_WORKER])
async def test_given_a_forward_when_it_is_sent_then_its_nodes_are_ours(dial, chat):
    end = await dial()
    end.answer = lambda _call: ok(message_id=7, forward_id="x")
    stored = await files.put(b"content", suffix="png")
    tricky = '"user_id": "\x00"'
    image = Blob(MediaKind.IMAGE, stored.blob_id, "a.png")
    forward = Forward(((Text(tricky),), (Text("二"), image)), "工钱")
    (again,) = payload_from_json(json.loads(json.dumps(payload_to_json((forward,)))))
    assert again == forward
    assert await outbound.send(chat, (forward,)) == SENT
    (call,) = end.seen
    assert call["action"] == f"send_{chat.kind}_forward_msg"
    nodes = [node["data"] for node in call["params"]["messages"]]
    assert [(node["user_id"], node["nickname"]) for node in nodes] == [(SELF_ID, "工钱")] * 2
    assert nodes[0]["content"] == [text(tricky)]
    assert [part["type"] for part in nodes[1]["content"]] == ["text", "image"]


@pytest.mark.usefixtures("keys")
async def test_given_many_pictures_when_they_are_sent_then_twenty_go_into_a_message(dial):
    end = await dial()
    end.answer = lambda _call: ok(message_id=7)
    stored = await files.put(b"x", suffix="png")
    await outbound.send(TO_GROUP, [Blob(MediaKind.IMAGE, stored.blob_id, "a.png")] * 45)
    assert [len(call["params"]["message"]) for call in end.seen] == [20, 20, 5]


async def test_given_long_words_when_they_are_sent_then_they_are_cut_at_sentences(dial):
    end = await dial()
    end.answer = lambda _call: ok(message_id=7)
    words = "这是一句话。" * 1600
    await outbound.send(TO_WORKER, [Text(words)])
    said = [call["params"]["message"][0]["data"]["text"] for call in end.seen]
    assert "".join(said) == words
    assert len(said) == 3
    assert all(len(part) <= splitting.LONGEST_TEXT and part.endswith("。") for part in said)


async def test_given_several_messages_when_all_arrive_then_each_of_them_is_named(dial):
    end = await dial()
    answers = [ok(message_id=7), ok(), ok(message_id=-9)]
    end.answer = lambda _call: answers.pop(0)
    outcome = await outbound.send(TO_WORKER, [Text("这是一句话。" * 1600)])
    assert outcome == SendOutcome(SendResult.SENT, "7", further_ids=("-9",))


@pytest.mark.usefixtures("keys")
async def test_given_one_body_to_many_chats_when_it_is_sent_then_it_is_written_once(
    dial, monkeypatch
):
    written: list[object] = []
    whole = onebot11_sending._piece
    monkeypatch.setattr(onebot11_sending, "_piece", lambda *a: written.append(a) or whole(*a))
    end = await dial()
    end.answer = lambda _call: ok(message_id=7)
    stored = await files.put(b"content", suffix="png")
    parts = (Text("看"), Blob(MediaKind.IMAGE, stored.blob_id, "a.png"))
    for _ in range(3):
        assert await outbound.send(TO_GROUP, parts) == SENT
        assert await outbound.send(TO_WORKER, parts) == SENT
    assert len(written) == 1
    assert [call["params"].get("user_id") for call in end.seen] == [None, WORKER] * 3
    assert len({json.dumps(call["params"]["message"]) for call in end.seen}) == 1
    # A list may say something else the second time, and so may another body at the same place.
    changing = [Text("一")]
    await outbound.send(TO_GROUP, changing)
    changing[0] = Text("二")
    await outbound.send(TO_GROUP, changing)
    assert end.seen[-1]["params"]["message"] == [text("二")]
    for number in range(50):
        await outbound.send(TO_GROUP, (Text(str(number)),))
    said = [call["params"]["message"] for call in end.seen[-50:]]
    assert said == [[text(str(number))] for number in range(50)]


@pytest.mark.usefixtures("keys")
async def test_given_large_bodies_when_they_were_sent_then_nothing_of_them_is_kept(dial):
    end = await dial()
    end.answer = lambda _call: ok(message_id=7)
    onebot11_sending._kept.clear()
    stored = await files.put(b"x" * onebot11_sending._LARGEST_KEPT, suffix="png")
    await outbound.send(TO_GROUP, (Blob(MediaKind.IMAGE, stored.blob_id, "a.png"),))
    assert (len(onebot11_sending._kept), len(onebot11_sending._under_way)) == (0, 0)
    for number in range(onebot11_sending._MOST_KEPT + 4):
        await outbound.send(TO_GROUP, (Text(str(number)),))
    assert len(onebot11_sending._kept) == onebot11_sending._MOST_KEPT
    assert len(onebot11_sending._under_way) == onebot11_sending._MOST_KEPT


async def test_given_short_parts_when_they_are_too_long_together_then_they_are_two_messages(dial):
    end = await dial()
    end.answer = lambda _call: ok(message_id=7)
    await outbound.send(TO_WORKER, [Text("甲" * 3000), Text("乙" * 3000), Text("丙")])
    assert [len(call["params"]["message"]) for call in end.seen] == [1, 2]


async def test_given_nobody_connected_when_something_is_sent_then_it_is_not_sent(dial, adapter):
    assert await outbound.send(TO_GROUP, [Text("x")]) == SendOutcome(
        SendResult.NOT_SENT, reason="offline"
    )
    anybody = Chat("onebot11", "", ChatKind.GROUP, str(GROUP))
    assert (await outbound.send(anybody, [Text("x")])).reason == "offline"
    end = await dial()
    await end.close()
    await until_gone(adapter)
    outcome = await outbound.send(TO_GROUP, [Text("x")])
    assert (outcome.result, outcome.reason) == (SendResult.NOT_SENT, "offline")
    assert outbound.connected("onebot11") == ()


async def test_given_another_account_connected_when_ours_is_asked_for_then_it_is_not_sent(dial):
    end = await dial("10002")
    outcome = await outbound.send(TO_GROUP, [Text("x")])
    assert (outcome.result, outcome.reason) == (SendResult.NOT_SENT, "offline")
    assert outbound.connected("onebot11") == ("10002",)
    assert end.seen == []


async def test_given_an_account_thrown_out_when_something_is_sent_then_it_is_not_sent(
    dial, adapter
):
    end = await dial()
    await end.emit(beat(online=False))
    while adapter.links[SELF_ID].is_online:  # noqa: ASYNC110
        await asyncio.sleep(0)
    outcome = await outbound.send(TO_GROUP, [Text("x")])
    assert (outcome.result, outcome.reason) == (SendResult.NOT_SENT, "offline")


async def test_given_a_send_in_flight_when_the_connection_breaks_then_it_is_unknown_at_once(dial):
    end = await dial()
    sending = asyncio.create_task(outbound.send(TO_GROUP, [Text("x")]))
    await end.next_call()
    end.cut()
    assert await asyncio.wait_for(sending, 30) == SendOutcome(
        SendResult.UNKNOWN, reason="disconnect"
    )


async def test_given_no_answer_when_the_time_is_over_then_it_is_unknown(dial, adapter, monkeypatch):
    await dial()
    monkeypatch.setattr(adapter.config, "api_timeout", 0.01)
    sending = outbound.send(TO_GROUP, [Text("x")])
    assert await asyncio.wait_for(sending, 20) == SendOutcome(SendResult.UNKNOWN, reason="timeout")


REJECTED, UNKNOWN = SendResult.REJECTED, SendResult.UNKNOWN


@pytest.mark.parametrize(
    ("answer", "result", "reason"),
    [
        (failed(1200, napcat("muted")), REJECTED, "muted"),
        (failed(1200, napcat("not_friend")), REJECTED, "not_friend"),
        (failed(1200, napcat("removed")), REJECTED, "removed"),
        (failed(1200, napcat("at_all_used_up")), REJECTED, "at_all_used_up"),
        (failed(1200, 'EventRet: {"result": 120, "errMsg": ""}'), REJECTED, "muted"),
        (failed(1200, 'EventRet: {"result": 110, "errMsg": ""}'), REJECTED, "removed"),
        (failed(100, "", "消息发送失败，群已被解散"), REJECTED, "removed"),
        (failed(100, "", "您不是该群的群成员"), REJECTED, "removed"),
        (failed(1200, 'Timeout: EventRet:\n{"result": 0, "errMsg": ""}'), UNKNOWN, "timeout"),
        (failed(1200, 'EventChecker Failed: {"result": 1, "errMsg": "x"}'), UNKNOWN, "ambiguous"),
        (failed(1200), UNKNOWN, "ambiguous"),
        (failed(-1, "", "发送超时"), UNKNOWN, "timeout"),
        (failed(1404, "不支持的API"), REJECTED, "refused"),
        (failed(1400, "message is empty"), REJECTED, "refused"),
        ({"status": "async", "retcode": 1}, UNKNOWN, "async"),
    ],
)
async def test_given_each_refusal_when_something_is_sent_then_it_is_known_for_what_it_is(
    dial, answer, result, reason
):
    end = await dial()
    end.answer = lambda _call: answer
    assert await outbound.send(TO_GROUP, [Text("x")]) == SendOutcome(result, reason=reason)


async def test_given_several_messages_when_the_second_fails_then_the_whole_is_unknown(dial):
    end = await dial()
    answers = [ok(message_id=7), failed(1200, napcat("muted"))]
    end.answer = lambda _call: answers.pop(0)
    outcome = await outbound.send(TO_WORKER, [Text("甲" * 6000)])
    assert outcome == SendOutcome(SendResult.UNKNOWN, "7", "partial")
    assert answers == []


@pytest.mark.parametrize("chat_id", ["", "x", "１２", "1" * 30, "1;2"])
async def test_given_an_id_that_is_no_number_when_something_is_sent_then_it_is_rejected(
    dial, chat_id
):
    end = await dial()
    outcome = await outbound.send(Chat("onebot11", "", ChatKind.GROUP, chat_id), [Text("x")])
    assert (outcome.result, outcome.reason) == (SendResult.REJECTED, "refused")
    assert end.seen == []


async def test_given_a_transaction_when_something_is_sent_or_recalled_then_it_is_a_fault(
    dial, database
):
    end = await dial()

    async def work() -> None:
        with pytest.raises(Fault):
            await outbound.send(TO_GROUP, [Text("x")])
        with pytest.raises(Fault):
            await outbound.recall(TO_GROUP, "7")

    await run_tx(work)
    assert end.seen == []


async def test_given_no_parts_when_they_are_sent_then_it_is_a_fault(dial):
    await dial()
    with pytest.raises(Fault):
        await outbound.send(TO_GROUP, [])


async def test_given_any_account_when_several_are_connected_then_one_that_is_in_speaks(dial):
    onebot11_sending.forget_lists()
    first, second = await dial(), await dial("10002")
    first.answer = lambda call: {"status": "ok", "retcode": 0, "data": [{"group_id": 5}]}
    second.answer = lambda call: (
        {"status": "ok", "retcode": 0, "data": [{"group_id": GROUP}]}
        if call["action"] == "get_group_list"
        else ok(message_id=7)
    )
    anybody = Chat("onebot11", "", ChatKind.GROUP, str(GROUP))
    assert await outbound.send(anybody, [Text("x")]) == SENT
    assert await outbound.send(anybody, [Text("x")]) == SENT
    assert first.actions() == ["get_group_list"]
    assert second.actions() == ["get_group_list", "send_group_msg", "send_group_msg"]


async def test_given_any_account_when_none_knows_the_person_then_it_is_rejected(dial):
    onebot11_sending.forget_lists()
    for account in (SELF_ID, "10002"):
        end = await dial(account)
        end.answer = lambda _call: {"status": "ok", "retcode": 0, "data": []}
    anybody = Chat("onebot11", "", ChatKind.PRIVATE, str(WORKER))
    outcome = await outbound.send(anybody, [Text("x")])
    assert (outcome.result, outcome.reason) == (SendResult.REJECTED, "not_friend")


async def test_given_any_account_when_a_list_cannot_be_had_then_the_doubtful_one_tries(dial):
    onebot11_sending.forget_lists()
    first, second = await dial(), await dial("10002")
    first.answer = lambda call: (
        failed(1200) if call["action"] == "get_friend_list" else ok(message_id=7)
    )
    second.answer = lambda _call: {"status": "ok", "retcode": 0, "data": []}
    anybody = Chat("onebot11", "", ChatKind.PRIVATE, str(WORKER))
    assert await outbound.send(anybody, [Text("x")]) == SENT
    assert first.actions() == ["get_friend_list", "send_private_msg"]


async def test_given_any_account_when_one_is_connected_then_it_speaks_without_asking(dial):
    end = await dial("10002")
    end.answer = lambda _call: ok(message_id=7)
    anybody = Chat("onebot11", "", ChatKind.PRIVATE, str(WORKER))
    assert await outbound.send(anybody, [Text("x")]) == SENT
    assert end.actions() == ["send_private_msg"]


async def test_given_a_message_of_ours_when_it_is_recalled_then_the_end_is_told(dial):
    end = await dial()
    end.answer = lambda _call: ok()
    assert await outbound.recall(TO_GROUP, "-7")
    assert end.seen[0]["params"] == {"message_id": -7}
    end.answer = lambda _call: failed(1200, napcat("too_late"))
    assert not await outbound.recall(TO_GROUP, "7")
    assert not await outbound.recall(TO_GROUP, "x")
    assert not await outbound.recall(Chat("onebot11", "10002", ChatKind.GROUP, "5"), "7")


def groups(count: int) -> list[Chat]:
    return [Chat("onebot11", SELF_ID, ChatKind.GROUP, str(GROUP + n)) for n in range(count)]


async def test_given_a_crowd_when_it_is_sent_then_all_is_written_before_the_first_answer(dial):
    end = await dial()
    body = (Text("本周学习"),)
    sending = asyncio.create_task(outbound.send_many([(chat, body) for chat in groups(5)]))
    calls = [await end.next_call() for _ in range(5)]
    assert [call["params"]["group_id"] for call in calls] == [GROUP + n for n in range(5)]
    for number, call in enumerate(calls):
        await end.emit({**ok(message_id=number + 1), "echo": call["echo"]})
    outcomes = await asyncio.wait_for(sending, 20)
    assert outcomes == [SendOutcome(SendResult.SENT, str(n + 1)) for n in range(5)]


async def test_given_a_crowd_when_each_fares_differently_then_each_is_known_for_what_it_is(
    dial, adapter, monkeypatch
):
    end = await dial()
    monkeypatch.setattr(adapter.config, "api_timeout", 0.3)
    answers = {GROUP: ok(message_id=7), GROUP + 1: failed(1200, napcat("muted")), GROUP + 2: None}
    end.answer = lambda call: answers.get(call["params"]["group_id"], ok(message_id=9))
    nobody = Chat("onebot11", "3889000009", ChatKind.GROUP, str(GROUP))
    nonsense = Chat("onebot11", SELF_ID, ChatKind.GROUP, "x")
    long = (Text("长。" * 4000),)
    wanted = [(chat, (Text("x"),)) for chat in (*groups(3), nobody, nonsense)]
    outcomes = await outbound.send_many([*wanted, (groups(4)[3], long)])
    assert [(one.result, one.reason) for one in outcomes] == [
        (SendResult.SENT, None),
        (REJECTED, "muted"),
        (UNKNOWN, "timeout"),
        (SendResult.NOT_SENT, "offline"),
        (REJECTED, "refused"),
        (SendResult.SENT, None),
    ]
    assert len(outcomes[-1].further_ids) >= 1


async def test_given_a_crowd_in_flight_when_the_connection_breaks_then_all_of_it_is_unknown(dial):
    end = await dial()
    sending = asyncio.create_task(outbound.send_many([(c, (Text("x"),)) for c in groups(3)]))
    await end.next_call()
    end.cut()
    outcomes = await asyncio.wait_for(sending, 30)
    assert {one.result for one in outcomes} <= {UNKNOWN, SendResult.NOT_SENT}
    assert outcomes[0] == SendOutcome(UNKNOWN, reason="disconnect")
