"""Who may reach the page's server, what it lets through, and what one page may see."""

import json
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from aiohttp import WSServerHandshakeError

from plugins.sandbox import Sandbox
from tests.plugins.sandbox.small_world import (
    CHEN,
    PNG,
    TOWN,
    VILLAGE,
    WANG,
    StandingClock,
)

LIMIT = 25 * 1024 * 1024


async def status(sandbox: Sandbox, path: str = "/", **headers: str) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.get(sandbox.address + path, headers=headers) as answer,
    ):
        return answer.status


async def upload(sandbox: Sandbox, content: bytes, origin: str) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{sandbox.address}/upload?name=a.png",
            data=BytesIO(content),
            headers={"Origin": origin},
        ) as answer,
    ):
        return answer.status, await answer.json() if answer.status == 200 else {}


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
async def test_given_the_own_name_when_asked_then_the_page_comes_with_strict_headers(
    lonely: Sandbox, name: str
) -> None:
    address = lonely.address.replace("127.0.0.1", name)
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert answer.status == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for rule in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil:80"])
@pytest.mark.parametrize("path", ["/", "/static/app.js", "/media/x", "/ws"])
async def test_given_a_foreign_host_when_asked_then_it_is_forbidden(
    lonely: Sandbox, host: str, path: str
) -> None:
    assert await status(lonely, path, Host=host) == 403


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://127.0.0.1"])
async def test_given_a_foreign_origin_when_the_socket_is_opened_then_it_is_refused(
    lonely: Sandbox, origin: str | None
) -> None:
    headers = {"Origin": origin} if origin else {}
    async with aiohttp.ClientSession() as session:
        with pytest.raises(WSServerHandshakeError) as refused:
            await session.ws_connect(f"{lonely.address}/ws", headers=headers)

    assert refused.value.status == 403


async def test_given_a_foreign_origin_when_it_uploads_then_it_is_refused(lonely: Sandbox) -> None:
    assert (await upload(lonely, PNG, "http://evil.example"))[0] == 403


async def test_given_a_file_at_the_limit_when_uploaded_then_one_byte_more_is_too_much(
    lonely: Sandbox,
) -> None:
    code, kept = await upload(lonely, bytes(LIMIT), lonely.address)
    assert (code, kept["size"]) == (200, LIMIT)
    assert await status(lonely, f"/media/{kept['media']}") == 200
    assert (await upload(lonely, bytes(LIMIT + 1), lonely.address))[0] == 413


async def test_given_a_page_disguised_as_a_picture_when_fetched_then_it_is_only_a_download(
    lonely: Sandbox,
) -> None:
    _, kept = await upload(lonely, b"<script>alert(1)</script>", lonely.address)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{lonely.address}/media/{kept['media']}") as answer,
    ):
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("path", ["/static/../room.py", "/static/%2e%2e/room.py", "/media/none"])
async def test_given_paths_outside_when_asked_then_nothing_is_found(
    lonely: Sandbox, path: str
) -> None:
    assert await status(lonely, path) in {403, 404}


class Page:
    """A page without a browser: frames in and out."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def ask(self, op: str, **fields: Any) -> None:
        await self._socket.send_str(json.dumps({"op": op, **fields}))

    async def answer(self, op: str) -> dict[str, Any]:
        while True:
            frame: dict[str, Any] = await self._socket.receive_json(timeout=5)
            if frame["op"] == op:
                return frame


async def open_page(session: aiohttp.ClientSession, sandbox: Sandbox) -> Page:
    headers = {"Origin": sandbox.address}
    return Page(await session.ws_connect(f"{sandbox.address}/ws", headers=headers))


async def test_given_a_page_when_it_is_somebody_then_only_his_chats_are_shown(
    lonely: Sandbox,
) -> None:
    await lonely.say(CHEN, "只给雁阵")
    async with aiohttp.ClientSession() as session:
        page = await open_page(session, lonely)
        await page.ask("be", person=WANG)
        shown = await page.answer("you")
        await lonely.say(CHEN, "再给雁阵")
        await lonely.say(CHEN, "大家好", group_id=VILLAGE)
        heard = await page.answer("message")

    assert [chat["key"] for chat in shown["chats"]] == [f"private-{WANG}", f"group-{VILLAGE}"]
    assert "只给雁阵" not in json.dumps(shown, ensure_ascii=False)
    assert heard["chat"] == f"group-{VILLAGE}"


@pytest.mark.parametrize(
    "asked",
    [
        {"op": "say", "chat": f"private-{CHEN}", "parts": [{"type": "text", "text": "冒充"}]},
        {"op": "say", "chat": f"group-{TOWN}", "parts": [{"type": "text", "text": "闯入"}]},
        {"op": "history", "chat": f"private-{CHEN}", "before": 9},
        {"op": "read", "chat": "nowhere"},
        {"op": "say", "chat": f"private-{WANG}", "parts": []},
        {"op": "say", "chat": f"private-{WANG}", "parts": [{"type": "image", "media": "none"}]},
        {"op": "say", "chat": f"private-{WANG}", "parts": [{"type": "text", "text": "长" * 5001}]},
        {"op": "jump", "name": "back"},
        {"op": "no such thing"},
        {},
    ],
)
async def test_given_a_page_when_it_asks_for_what_is_not_his_then_it_is_refused(
    lonely: Sandbox, asked: dict[str, Any]
) -> None:
    async with aiohttp.ClientSession() as session:
        page = await open_page(session, lonely)
        await page.ask("be", person=WANG)
        await page.ask(**{"op": "", **asked, "ref": "r"})
        refused = await page.answer("refused")

    assert (refused["why"], refused["ref"]) == ("malformed", "r")
    assert list(lonely.world.all_messages()) == []


async def test_given_a_recalled_message_when_a_page_looks_then_its_words_are_gone(
    lonely: Sandbox,
) -> None:
    message = await lonely.say(WANG, "说漏了")
    lonely.recall(message.message_id, WANG)
    async with aiohttp.ClientSession() as session:
        page = await open_page(session, lonely)
        await page.ask("be", person=WANG)
        shown = await page.answer("you")

    (view,) = shown["chats"][0]["messages"]
    assert (view["parts"], view["recalled_by"]) == ([], WANG)


async def test_given_a_jump_when_asked_then_the_clock_moves_there_once(
    lonely: Sandbox, clock: StandingClock
) -> None:
    async with aiohttp.ClientSession() as session:
        page = await open_page(session, lonely)
        await page.ask("be", person=WANG)
        first = await page.answer("clock")
        await page.ask("jump", name="monday-evening")
        moved = await page.answer("clock")
        while moved["busy"]:
            moved = await page.answer("clock")

    assert moved["now"] == first["jumps"]["monday-evening"]
    assert [jump.isoformat() for jump in clock.jumps] == [moved["now"]]


async def test_given_a_long_talk_when_older_ones_are_asked_then_they_come_in_pieces(
    lonely: Sandbox,
) -> None:
    for number in range(230):
        await lonely.say(WANG, str(number))
    async with aiohttp.ClientSession() as session:
        page = await open_page(session, lonely)
        await page.ask("be", person=WANG)
        chat = (await page.answer("you"))["chats"][0]
        await page.ask("history", chat=chat["key"], before=chat["messages"][0]["seq"])
        older = await page.answer("history")
        await page.ask("history", chat=chat["key"], before=older["messages"][0]["seq"])
        oldest = await page.answer("history")

    seqs = [m["seq"] for part in (oldest, older, chat) for m in part["messages"]]
    assert seqs == list(range(1, 231))
    assert (chat["has_more"], older["has_more"], oldest["has_more"]) == (True, True, False)
