"""Sources that misbehave cost one line of the log; the others are looked at all the same."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from core import config, crypto
from core.actors import Actor, Grant, RoleKind
from core.addresses import STRICT, Rules
from core.clock import FrozenClock
from core.conversation import Call, Open, Reply
from core.errors import Refusal
from core.messages import Chat, ChatKind, Text
from core.texts import current
from models import AuditLog, FeedItem, FeedSource, LocalMaterial, Unit
from models.enums import FeedItemState, MaterialState, UnitKind
from plugins.study import feed_commands, feed_fetching, feeds

pytestmark = pytest.mark.usefixtures("database", "texts", "keys")
GOOD = (
    '<rss version="2.0"><channel><item><title>冬天用电</title><link>https://a.example/1</link>'
    "</item></channel></rss>"
).encode()
ZEROS = b"\0" * (64 * 1024 * 1024)
PRIVATE = Chat("onebot11", "1", ChatKind.PRIVATE, "77")
SUMMARY = "宿舍里别用大功率电器，插座别串着插，人走断电。"


class Misbehaving:
    """A server with one way to misbehave at each path."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.let_go = asyncio.Event()
        self.base = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        way = request.path.strip("/")
        if way == "slow":
            await self.let_go.wait()
        if way == "endless":
            return await self._endless(request)
        if way.startswith("to_"):
            return web.Response(status=302, headers={"Location": self._target(way)})
        if way == "tagged" and request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return self._plain(way)

    def _target(self, way: str) -> str:
        return {
            "to_good": "/good",
            "to_loop": "/to_loop",
            "to_loopback": "http://127.0.0.1:9/",
            "to_private": "http://10.0.0.1/",
            "to_metadata": "http://169.254.169.254/latest",
            "to_file": "file:///etc/passwd",
        }[way]

    def _plain(self, way: str) -> web.Response:
        packed = {
            "gzip": (gzip.compress(GOOD), "gzip"),
            "deflate": (zlib.compress(GOOD), "deflate"),
            "raw": (zlib.compress(GOOD, wbits=-15), "deflate"),
            "bomb": (gzip.compress(ZEROS), "gzip"),
            "odd": (b"x", "br"),
            "lies": (b"not packed", "gzip"),
        }.get(way)
        if packed:
            return web.Response(body=packed[0], headers={"Content-Encoding": packed[1]})
        head = {"ETag": '"1"', "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT"}
        body = {
            "broken": GOOD[:-9], "empty": b"", "html": b"<html></html>",
            "gbk": GOOD.decode().encode("gb18030"), "garbled": b"<rss>\xff\xff\x81</rss>",
        }.get(way, GOOD)  # fmt: skip
        status = 500 if way == "500" else 200
        kind = "image/png" if way == "picture" else "application/xml"
        return web.Response(body=body, status=status, headers=head, content_type=kind)

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while not self.let_go.is_set():
            await response.write(b"<a>" * 30_000)
        return response


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Misbehaving]:
    made = Misbehaving()
    application = web.Application()
    application.router.add_get("/{way}", made.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    made.base = f"http://127.0.0.1:{port}"
    here = Rules(schemes=frozenset({"http"}), ports=frozenset({80}), here=frozenset({port}))
    monkeypatch.setattr(feed_fetching, "rules", here)
    yield made
    made.let_go.set()
    await runner.cleanup()


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    noted: list[dict[str, object]] = []
    monkeypatch.setattr(
        feeds.log, "warning", lambda event, **fields: noted.append({"event": event} | fields)
    )
    return noted


def watch(settings: config.Settings, server: Misbehaving, *ways: str) -> None:
    sources = {way: f"{server.base}/{way}" for way in ways}
    section = settings.feeds.model_copy(update={"sources": sources})
    config.use(settings.model_copy(update={"feeds": section}))


@pytest.mark.parametrize(
    "case",
    [
        ("endless", "too_big"),
        ("bomb", "too_big"),
        ("odd", "packing"),
        ("lies", "packing"),
        ("to_loop", "redirects"),
        ("to_loopback", "address"),
        ("to_private", "address"),
        ("to_metadata", "address"),
        ("to_file", "address"),
        ("500", "status_500"),
        ("broken", "broken"),
        ("empty", "empty"),
        ("html", "no_feed"),
        ("garbled", "charset"),
    ],
)
async def test_given_a_source_that_misbehaves_when_looked_at_then_one_line_says_so(
    server, settings, clock, lines, case
) -> None:
    way, code = case
    watch(settings, server, way, "good")
    assert await feeds.look(clock.now()) == 1
    (line,) = lines
    assert (line["event"], line["name"], line["code"]) == ("feed_not_read", way, code)
    assert await FeedSource.filter(name=way, problem=code, failures=1).exists()
    assert (await FeedItem.get()).source == "good"


async def test_given_a_slow_source_when_the_time_is_over_then_the_others_are_read(
    server, settings, clock, lines, monkeypatch
) -> None:
    monkeypatch.setattr(feed_fetching, "TOTAL_S", 2.0)
    watch(settings, server, "slow", "good")
    assert await feeds.look(clock.now()) == 1
    assert [line["code"] for line in lines] == ["timeout"]


@pytest.mark.parametrize("way", ["gzip", "deflate", "raw", "picture", "to_good", "gbk"])
async def test_given_any_usual_way_when_looked_at_then_the_title_is_there(
    server, settings, clock, lines, way
) -> None:
    watch(settings, server, way)
    assert (await feeds.look(clock.now()), lines) == (1, [])
    assert server.asked[0].headers["User-Agent"] == "Yanzhen"


async def test_given_our_own_rules_when_this_machine_is_named_then_it_is_not_asked(
    server, settings, clock, lines, monkeypatch
) -> None:
    monkeypatch.setattr(feed_fetching, "rules", STRICT)
    watch(settings, server, "good")
    assert await feeds.look(clock.now()) == 0
    assert (server.asked, lines[0]["code"]) == ([], "address")


async def test_given_a_name_that_leads_inside_when_looked_at_then_it_is_not_dialled(
    server, settings, clock, lines, monkeypatch
) -> None:
    port = int(server.base.rpartition(":")[2])
    rules = Rules(schemes=frozenset({"http"}), ports=frozenset({port}))
    monkeypatch.setattr(feed_fetching, "rules", rules)
    server.base = f"http://localhost:{port}"
    watch(settings, server, "good")
    await feeds.look(clock.now())
    assert (server.asked, lines[0]["code"]) == ([], "address")


async def test_given_nothing_new_when_asked_again_then_the_server_says_so_in_short(
    server, settings, clock: FrozenClock, lines
) -> None:
    watch(settings, server, "tagged")
    assert await feeds.look(clock.now()) == 1
    assert await feeds.look(clock.now()) == 0
    assert len(server.asked) == 1
    clock.advance_to(clock.now() + timedelta(hours=6))
    assert await feeds.look(clock.now()) == 0
    assert server.asked[1].headers["If-None-Match"] == '"1"'
    assert "If-Modified-Since" in server.asked[1].headers
    assert ((await FeedSource.get()).etag, lines) == ('"1"', [])


async def test_given_failures_when_they_go_on_then_the_pause_grows_up_to_a_day(
    server, settings, clock: FrozenClock
) -> None:
    watch(settings, server, "500")
    pauses = []
    for _ in range(9):
        await feeds.look(clock.now())
        due = (await FeedSource.get()).next_look_at
        assert due is not None
        pauses.append((due - clock.now()) / timedelta(minutes=30))
        clock.advance_to(due)
    assert pauses == [1, 2, 4, 8, 16, 32, 48, 48, 48]


async def test_given_titles_nobody_wanted_when_they_are_old_then_they_are_forgotten(
    server, settings, clock: FrozenClock
) -> None:
    watch(settings, server, "good")
    await feeds.look(clock.now())
    watch(settings, server)
    await feeds.look(clock.now() + timedelta(days=59))
    assert await FeedItem.all().count() == 1
    await feeds.look(clock.now() + timedelta(days=61))
    assert await FeedItem.all().count() == 0


async def clerk(clock: FrozenClock) -> Actor:
    unit = await Unit.create(
        name="柳河乡", kind=UnitKind.TOWNSHIP, path="/1/", created_at=clock.now()
    )
    grant = Grant(RoleKind.TOWNSHIP_CLERK, unit.id, "/1/")
    return Actor(account_id=1, person_id=5, grants=(grant,))


def call(actor: Actor, now, reply: Reply | None = None, choice=None, text: str = "") -> Call:
    question = Open(reply.ask.kind, reply.ask.data, now) if reply and reply.ask else None
    return Call(
        actor=actor, chat=PRIVATE, sender_id="77", now=now, question=question, choice=choice,
        parts=(Text(text),),
    )  # fmt: skip


def chosen(reply: Reply, number: int) -> object:
    assert reply.ask is not None
    return reply.ask.options[number - 1].value


async def test_given_a_title_when_two_sentences_are_written_then_a_second_person_may_review(
    server, settings, clock
) -> None:
    watch(settings, server, "good")
    await feeds.look(clock.now())
    actor, now = await clerk(clock), clock.now()
    listed = await feed_commands.handle_feeds(call(actor, now))
    shown = await feed_commands.continue_list(call(actor, now, listed, chosen(listed, 1)))
    assert "https://a.example/1" in current().render(shown.says[0])
    asked = await feed_commands.continue_item(call(actor, now, shown, chosen(shown, 1)))
    with pytest.raises(Refusal, match="feed_summary_length"):
        await feed_commands.continue_summary(call(actor, now, asked, text="太短"))
    await feed_commands.continue_summary(call(actor, now, asked, text=SUMMARY))
    made = await LocalMaterial.get()
    assert (made.title, made.link, made.source) == ("冬天用电", "https://a.example/1", "good")
    assert (made.state, made.proposed_by_id) == (MaterialState.WAITING, 5)
    body = crypto.unseal(made.body_sealed, place=f"local_material.body:{made.uid}")
    assert json.loads(body) == [{"t": "text", "text": SUMMARY}]
    assert (await AuditLog.get()).action == "study.feed_taken"
    with pytest.raises(Refusal, match="feed_decided"):
        await feeds.take(actor=actor, item=made.feed_item_id, summary=SUMMARY, now=now)


async def test_given_a_title_when_it_is_dropped_then_it_does_not_come_back(
    server, settings, clock
) -> None:
    watch(settings, server, "good")
    await feeds.look(clock.now())
    actor, now = await clerk(clock), clock.now()
    listed = await feed_commands.handle_feeds(call(actor, now))
    shown = await feed_commands.continue_list(call(actor, now, listed, chosen(listed, 1)))
    await feed_commands.continue_item(call(actor, now, shown, chosen(shown, 2)))
    assert await feeds.look(now + timedelta(hours=6)) == 0
    assert await feeds.open_items(actor) == ()
    dropped = await FeedItem.get()
    assert dropped.state is FeedItemState.DISMISSED
    assert dropped.found_at == now + timedelta(hours=6)


async def test_given_somebody_without_office_when_titles_are_asked_for_then_there_are_none(
    server, settings, clock
) -> None:
    watch(settings, server, "good")
    await feeds.look(clock.now())
    assert await feeds.open_items(Actor()) == ()
    with pytest.raises(Refusal):
        await feeds.dismiss(actor=Actor(), item=(await FeedItem.get()).id, now=clock.now())
