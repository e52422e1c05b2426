"""Nothing that anybody says comes into any log, over the real path and at every level."""

import io
import logging
import sys
import threading
from collections.abc import Iterator

import loguru
import pytest

from core import logs
from core.messages import Chat, ChatKind, Incoming, Text
from plugins.gateway import outbound
from tests.plugins.gateway.conftest import Dial, Heard
from tests.plugins.gateway.ends import (
    GROUP,
    SELF_ID,
    WORKER,
    at,
    failed,
    message,
    notice,
    ok,
    quote,
    text,
)

CANARY = "金丝雀"
PHONE = "13800138000"
LEVELS = ["TRACE", "DEBUG", "INFO", "SUCCESS", "WARNING", "ERROR", "CRITICAL"]


@pytest.fixture(autouse=True)
def _sinks() -> Iterator[None]:
    root = logging.getLogger()
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    kept, level = root.handlers[:], root.level
    yield
    logs.setup(None, "INFO")
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(capture=False)
    root.handlers[:] = kept
    root.setLevel(level)


def said(words: str) -> str:
    return f"{words}{CANARY}{PHONE}"


async def converse(dial: Dial, heard: Heard) -> None:
    """Let everything pass that people can say, and everything that ends can answer."""
    end = await dial()
    chat = {"sender": {"user_id": WORKER, "nickname": CANARY, "card": PHONE}}
    await end.emit(
        message(text(said("闲聊")), group=GROUP) | chat,
        message(at(), text(said("本周")), group=GROUP) | chat,
        message(quote(), text(said("菜单"))) | chat,
        message({"type": "file", "data": {"file": said("汇报"), "file_id": CANARY}}) | chat,
        message({"type": CANARY, "data": {CANARY: PHONE}}) | chat,
        message(text(said("自己"))) | {"post_type": "message_sent", "target_id": WORKER},
        message(text(CANARY)) | {"time": CANARY},
        notice("friend_add", user_id=WORKER, comment=CANARY),
        notice(CANARY, user_id=WORKER),
        {"post_type": "request", "self_id": int(SELF_ID), "comment": said("加我")},
        {"echo": CANARY, "data": CANARY},
        {"post_type": "message", "self_id": 10002, "message": CANARY},
    )
    await end.raw(CANARY)
    await end.raw('{"post_type": "message", "message": "' + CANARY)
    await end.emit(message(text("完了"), sender=WORKER + 1))
    while (await heard.next()).words != "完了":
        pass
    here = Chat("onebot11", SELF_ID, ChatKind.PRIVATE, str(WORKER))
    for answer in (ok(message_id=1, said=CANARY), failed(1200, CANARY), failed(1400, CANARY)):
        end.answer = lambda _call, answer=answer: answer
        await outbound.send(here, [Text(said("答复"))])
    end.cut()


@pytest.mark.parametrize("level", LEVELS)
async def test_given_any_level_when_people_talk_then_our_log_holds_none_of_it(
    dial, heard: Heard, tmp_path, level
):
    console = io.StringIO()
    logs.setup(tmp_path / "logs", level, console=console)
    logging.getLogger().setLevel(logging.DEBUG)

    async def fail(incoming: Incoming) -> None:
        if "菜单" in incoming.words:
            raise ValueError(incoming.words)

    heard.before = fail
    await converse(dial, heard)
    file = tmp_path / "logs" / "yanzhen.log"
    written = console.getvalue() + (file.read_text("utf-8") if file.exists() else "")
    assert CANARY not in written
    assert PHONE not in written
    if level != "CRITICAL":
        assert "ValueError" in written


async def test_given_a_bare_sink_when_people_talk_then_nonebot_itself_writes_none_of_it(
    dial, heard: Heard, capsys
):
    lines: list[str] = []
    loguru.logger.add(lines.append, level=0, backtrace=True, diagnose=True)
    await converse(dial, heard)
    written = "".join(lines)
    assert "nonebot" in written
    assert CANARY not in written
    assert PHONE not in written
    printed = capsys.readouterr()
    assert CANARY not in printed.out + printed.err
