"""Fetching what people sent, against a real server on loopback and a real end."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator
from types import MappingProxyType

import pytest
import pytest_asyncio
from aiohttp import web

from core import config
from core.database import run_tx
from core.errors import Fault, Refusal
from core.messages import Chat, ChatKind, Media, MediaKind
from plugins.gateway import downloads, fetching
from tests.plugins.gateway.ends import GROUP, SELF_ID, WORKER, failed, ok

CHAT = Chat("onebot11", SELF_ID, ChatKind.PRIVATE, str(WORKER))
IN_GROUP = Chat("onebot11", SELF_ID, ChatKind.GROUP, str(GROUP))
CONTENT = b"\xff\xd8" + b"x" * 1000
LIMIT = 2000


class Hosts:
    """A file host that does what its path says."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.asked: list[str] = []
        self.release = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        if request.path == "/slow":
            await self.release.wait()
        if request.path == "/endless":
            return await self.endless(request)
        if request.path == "/to":
            return web.Response(status=302, headers={"Location": request.query["where"]})
        return self.pages.get(request.path, web.Response)()

    pages = MappingProxyType({
        "/ok": lambda: web.Response(body=CONTENT),
        "/empty": lambda: web.Response(body=b""),
        "/big": lambda: web.Response(body=b"x" * (LIMIT + 1)),
        "/zipped": lambda: web.Response(body=CONTENT, headers={"Content-Encoding": "gzip"}),
        "/gone": lambda: web.Response(status=404, body=CONTENT),
    })  # fmt: skip

    async def endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b"x" * 1000)
        return response


@pytest_asyncio.fixture
async def host(settings) -> AsyncIterator[Hosts]:
    app = web.Application()
    runner = web.AppRunner(app, access_log=None)
    made = Hosts("")
    app.router.add_get("/{tail:.*}", made.handle)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    made.release.set()
    await runner.cleanup()


def image(url: str | None = None, **more: object) -> Media:
    return Media(MediaKind.IMAGE, "a.jpg", url=url, **more)


async def refused(media: Media, chat: Chat = CHAT) -> str:
    with pytest.raises(Refusal) as caught:
        await downloads.fetch(chat, media, limit_bytes=LIMIT)
    return caught.value.key


async def test_given_a_picture_when_it_is_fetched_then_its_bytes_come(host):
    assert await downloads.fetch(CHAT, image(f"{host.base}/ok"), limit_bytes=LIMIT) == CONTENT


async def test_given_an_encoding_when_it_is_fetched_then_nothing_is_unpacked(host):
    assert await downloads.fetch(CHAT, image(f"{host.base}/zipped"), limit_bytes=LIMIT) == CONTENT


@pytest.mark.parametrize("path", ["/big", "/endless"])
async def test_given_too_many_bytes_when_they_are_fetched_then_it_says_so(host, path):
    assert await refused(image(host.base + path)) == "file.too_big"


async def test_given_a_claim_of_too_many_bytes_when_it_is_fetched_then_nobody_is_asked(host):
    assert await refused(image(f"{host.base}/ok", size_bytes=LIMIT + 1)) == "file.too_big"
    assert host.asked == []


@pytest.mark.parametrize(
    "url",
    ["/gone", "/empty", "/to?where=/gone", "/to?where=file:///etc/passwd", "/to?where=ftp://x/"],
)
async def test_given_nothing_there_when_it_is_fetched_then_it_did_not_arrive(host, url):
    assert await refused(image(host.base + url)) == "file.not_arrived"


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "file:///etc/passwd",
        "/etc/passwd",
        "C:\\secret.txt",
        "ftp://127.0.0.1/a",
        "http://",
        "http://[::1",
        "http://user:word@127.0.0.1:{port}/ok",
        "http://0.0.0.0:{port}/ok",
        "http://[::ffff:127.0.0.1]:1/ok",
        "http://10.0.0.1/a",
        "http://192.168.1.1/a",
        "http://169.254.169.254/latest/meta-data",
        "http://100.64.0.1/a",
        "http://[fd00::1]/a",
        "http://[64:ff9b::7f00:1]/a",
        "http://[2002:7f00:1::]/a",
        "http://2130706433:{port}/ok",
        "http://0x7f.1:{port}/ok",
    ],
)
async def test_given_an_address_inside_when_it_is_fetched_then_it_is_not_visited(host, url):
    port = host.base.rpartition(":")[2]
    assert await refused(image(url and url.replace("{port}", port))) == "file.not_arrived"
    assert host.asked == []


async def test_given_a_redirect_to_loopback_when_it_is_fetched_then_it_is_not_followed(host):
    url = f"{host.base}/to?where={host.base}/ok"
    assert await refused(image(url)) == "file.not_arrived"
    assert host.asked == ["/to"]


async def test_given_a_name_that_means_loopback_when_it_is_dialled_then_it_is_refused(
    host, monkeypatch
):
    async def resolve(*_args: object, **_more: object) -> list[dict[str, object]]:
        port = int(host.base.rpartition(":")[2])
        return [
            {"hostname": "files.example", "host": "127.0.0.1", "port": port,
             "family": socket.AF_INET, "proto": 0, "flags": 0},
        ]  # fmt: skip

    monkeypatch.setattr("aiohttp.resolver.ThreadedResolver.resolve", resolve)
    monkeypatch.setattr("aiohttp.resolver.DefaultResolver.resolve", resolve)
    url = host.base.replace("127.0.0.1", "files.example") + "/ok"
    assert await refused(image(url)) == "file.not_arrived"
    assert host.asked == []


async def test_given_our_own_port_when_it_is_named_then_it_is_not_visited(host, settings):
    port = int(host.base.rpartition(":")[2])
    config.use(settings.model_copy(update={"web": config.Web(port=port)}))
    assert await refused(image(f"{host.base}/ok")) == "file.not_arrived"
    assert host.asked == []


@pytest.mark.parametrize(
    ("host_", "allowed"),
    [
        ("8.8.8.8", True),
        ("2400:3200::1", True),
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("::1", False),
        ("::", False),
        ("0.0.0.0", False),  # noqa: S104
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("169.254.1.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("fe80::1%eth0", False),
        ("64:ff9b::8.8.8.8", False),
        ("2002:808:808::1", False),
    ],
)
def test_given_each_kind_of_address_when_it_is_dialled_then_only_public_ones_pass(
    settings, host_, allowed
):
    assert fetching._is_allowed(host_, 443, may_be_here=False) is allowed


async def test_given_bytes_in_the_message_when_they_are_fetched_then_they_are_unpacked():
    encoded = base64.b64encode(CONTENT).decode()
    for url in (f"base64://{encoded}", f"data:image/jpeg;base64,{encoded}"):
        assert await downloads.fetch(CHAT, image(url), limit_bytes=LIMIT) == CONTENT
    assert await downloads.fetch(CHAT, image("data:,a%20b"), limit_bytes=LIMIT) == b"a b"


@pytest.mark.parametrize("head", ["base64://", "data:image/png;base64,", "data:,"])
async def test_given_too_many_bytes_in_the_message_when_they_are_fetched_then_it_says_so(head):
    assert await refused(image(head + "AAAA" * LIMIT)) == "file.too_big"


@pytest.mark.parametrize("url", ["base64://***", "base64://A", "base64://", "data:;base64,*"])
async def test_given_broken_bytes_when_they_are_fetched_then_they_did_not_arrive(url):
    assert await refused(image(url)) == "file.not_arrived"


async def test_given_a_slow_host_when_the_time_is_over_then_it_did_not_arrive(host, monkeypatch):
    monkeypatch.setattr(downloads, "TIME_LIMIT_S", 0.05)
    assert await refused(image(f"{host.base}/slow")) == "file.not_arrived"


async def test_given_an_address_that_ran_out_when_it_is_fetched_then_the_end_is_asked_for_another(
    host, dial
):
    end = await dial()
    end.answer = lambda _call: ok(url=f"{host.base}/ok", file="/a/b.jpg")
    media = image(f"{host.base}/gone", file_id="A.jpg")
    assert await downloads.fetch(CHAT, media, limit_bytes=LIMIT) == CONTENT
    assert (end.seen[0]["action"], end.seen[0]["params"]) == ("get_image", {"file": "A.jpg"})


@pytest.mark.parametrize(
    ("chat", "kind", "actions"),
    [
        (CHAT, MediaKind.VOICE, ["get_record", "get_file"]),
        (CHAT, MediaKind.VIDEO, ["get_file"]),
        (CHAT, MediaKind.FILE, ["get_private_file_url", "get_file"]),
        (IN_GROUP, MediaKind.FILE, ["get_group_file_url", "get_file"]),
    ],
)
async def test_given_no_address_when_it_is_fetched_then_the_end_is_asked_in_turn(
    dial, chat, kind, actions
):
    end = await dial()
    encoded = base64.b64encode(CONTENT).decode()
    end.answer = lambda call: (
        ok(base64=encoded, file="/x") if call["action"] == "get_file" else failed(1200)
    )
    media = Media(kind, "a", file_id="F")
    assert await downloads.fetch(chat, media, limit_bytes=LIMIT) == CONTENT
    assert end.actions() == actions


async def test_given_an_end_that_names_a_path_when_it_is_asked_then_no_path_is_read(dial, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    end = await dial()
    end.answer = lambda _call: ok(file=str(secret), url=f"file://{secret}")
    assert await refused(image(None, file_id="F")) == "file.not_arrived"


async def test_given_nobody_connected_when_there_is_no_address_then_it_did_not_arrive(adapter):
    assert await refused(image(None, file_id="F")) == "file.not_arrived"


async def test_given_a_transaction_when_something_is_fetched_then_it_is_a_fault(host, database):
    async def work() -> None:
        with pytest.raises(Fault):
            await downloads.fetch(CHAT, image(f"{host.base}/ok"), limit_bytes=LIMIT)

    await run_tx(work)
    assert host.asked == []
