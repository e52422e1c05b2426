"""Registering what is switched on, starting, and sending through other adapters."""

import os
import stat

import pytest
from nonebot.adapters.onebot import v12
from nonebot.adapters.onebot.v12.exception import ActionFailedWithRetcode, NetworkError

from core import config, files
from core.errors import StartRefused
from core.messages import Blob, Chat, ChatKind, MediaKind, Mention, SendOutcome, SendResult, Text
from plugins.gateway import adapters, lifecycle, onebot11, signals, uniseg_sending
from tests.plugins.gateway.test_inbound import Bot12

GROUP12 = Chat("onebot12", "12001", ChatKind.GROUP, "5")


class Driver:
    def __init__(self):
        self.registered = []

    def register_adapter(self, adapter):
        self.registered.append(adapter)


def test_given_the_switches_when_adapters_are_registered_then_only_what_is_on_is(settings):
    driver = Driver()
    adapters.register(driver, config.Settings(platforms={"onebot12": True, "milky": False}))
    assert driver.registered == [onebot11.Adapter, v12.Adapter]
    adapters.register(driver := Driver(), config.Settings(platforms={"onebot11": False}))
    assert driver.registered == []


@pytest.mark.parametrize("name", ["milky", "nowhere"])
def test_given_a_platform_that_is_missing_when_it_is_switched_on_then_the_start_is_refused(name):
    with pytest.raises(StartRefused) as caught:
        adapters.register(Driver(), config.Settings(platforms={name: True}))
    assert (caught.value.key, caught.value.fields) == ("start.platform_missing", {"name": name})


def test_given_names_of_adapters_when_they_are_asked_for_then_ours_come():
    assert adapters.name_of("OneBot V11") == "onebot11"
    assert adapters.name_of("Some Thing") == "something"


async def test_given_a_first_start_when_the_gateway_starts_then_the_token_is_made(settings):
    await lifecycle.start()
    kept = settings.data_dir / "secrets" / "onebot11_token"
    assert len(kept.read_text()) > 40
    if os.name != "nt":
        assert stat.S_IMODE(kept.stat().st_mode) & 0o077 == 0
    hooks = len(signals.notices._listeners)
    await lifecycle.stop()
    assert len(signals.notices._listeners) == hooks - 1


class Speaking(Bot12):
    def __init__(self, *answers):
        super().__init__()
        self.answers = list(answers)
        self.said = []

    async def call_api(self, api, **data):
        self.said.append((api, data))
        answer = self.answers.pop(0) if self.answers else {"message_id": "m9", "time": 1.0}
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_given_words_when_they_go_by_uniseg_then_codes_stay_words():
    bot = Speaking()
    outcome = await uniseg_sending.send(
        bot, GROUP12, [Mention("7"), Text("[CQ:at,qq=all]"), Mention("all")]
    )
    assert outcome == SendOutcome(SendResult.SENT, "m9")
    (api, data) = bot.said[0]
    assert api == "send_message"
    assert [part.type for part in data["message"]] == ["mention", "text", "mention_all"]
    assert data["message"][1].data["text"] == "[CQ:at,qq=all]"
    assert (data["detail_type"], data["group_id"]) == ("group", "5")


async def test_given_an_adapter_uniseg_does_not_know_when_something_goes_then_it_is_rejected():
    bot = Speaking()
    bot.adapter = type("A", (), {"get_name": staticmethod(lambda: "Nowhere")})()
    with pytest.warns(RuntimeWarning):
        outcome = await uniseg_sending.send(bot, GROUP12, [Text("x")])
    assert outcome == SendOutcome(SendResult.REJECTED, reason="unsupported")


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (NetworkError("x"), SendResult.UNKNOWN),
        (TimeoutError(), SendResult.UNKNOWN),
        (ActionFailedWithRetcode("failed", 35001, "已被禁言", None), SendResult.REJECTED),
    ],
)
async def test_given_trouble_when_something_goes_by_uniseg_then_it_is_known_for_what_it_is(
    error, result
):
    outcome = await uniseg_sending.send(Speaking(error), GROUP12, [Text("x")])
    assert (outcome.result, outcome.message_id) == (result, None)


@pytest.mark.usefixtures("keys")
async def test_given_several_messages_when_one_fails_by_uniseg_then_the_whole_is_unknown():
    stored = await files.put(b"x", suffix="png")
    image = Blob(MediaKind.IMAGE, stored.blob_id, "a.png")
    bot = Speaking({"message_id": "m1"}, NetworkError("x"))
    outcome = await uniseg_sending.send(bot, GROUP12, [Text("x"), image])
    assert outcome == SendOutcome(SendResult.UNKNOWN, "m1", "partial")
    assert [api for api, _ in bot.said] == ["send_message", "upload_file"]


async def test_given_a_message_when_it_is_recalled_by_uniseg_then_the_end_is_told():
    bot = Speaking({})
    assert await uniseg_sending.recall(bot, GROUP12, "m1")
    assert bot.said == [("delete_message", {"message_id": "m1"})]
    failing = Speaking(NetworkError("x"))
    assert not await uniseg_sending.recall(failing, GROUP12, "m1")
