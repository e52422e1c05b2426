"""柳河乡 with its real pages: the house serves on a port of its own, people come by their links."""

import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest_asyncio

from core.actors import Actor
from core.clock import FrozenClock
from core.messages import Chat, ChatKind
from models import Account
from plugins import console
from plugins.identity import queries as identity
from plugins.reception import COMMANDS, CONTINUATIONS, desk
from plugins.study import library
from tests.conftest import HOUSE
from tests.plugins.console.county import County, plant
from tests.plugins.study.reading import reviewed

LINK = re.compile(r"https?://[^\s]+/console/in/([\w-]+)")
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
_MARK = re.compile(r'name="mark" value="([0-9a-f]+)"')


@dataclass
class Answer:
    """What a browser got."""

    status: int
    text: str
    headers: dict[str, str]
    url: str
    body: bytes = b""


class Browser:
    """A browser without scripts: keeps cookies, follows redirects, says where it comes from."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self._client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.csrf = ""

    async def get(self, path: str, **headers: str) -> Answer:
        async with self._client.get(
            f"{self.origin}/console{path}", headers=headers, timeout=aiohttp.ClientTimeout(20)
        ) as answer:
            return await self._taken(answer)

    async def post(
        self, path: str, *, origin: str | None = "", follow: bool = True, **form: str
    ) -> Answer:
        headers = {} if origin is None else {"Origin": origin or self.origin}
        async with self._client.post(
            f"{self.origin}/console{path}",
            data=form,
            headers=headers,
            allow_redirects=follow,
            timeout=aiohttp.ClientTimeout(20),
        ) as answer:
            return await self._taken(answer)

    async def upload(self, path: str, data: bytes, *, csrf: str, origin: str = "") -> Answer:
        """Send a file as a form in a browser does."""
        form = aiohttp.FormData()
        form.add_field("csrf", csrf)
        form.add_field(
            "file", io.BytesIO(data), filename="名单.xlsx", content_type="application/octet-stream"
        )
        async with self._client.post(
            f"{self.origin}/console{path}",
            data=form,
            headers={"Origin": origin or self.origin},
            timeout=aiohttp.ClientTimeout(20),
        ) as answer:
            return await self._taken(answer)

    async def _taken(self, answer: aiohttp.ClientResponse) -> Answer:
        body = await answer.read()
        text = body.decode("utf-8", "replace")
        if found := _CSRF.search(text):
            self.csrf = found[1]
        headers = {name.lower(): value for name, value in answer.headers.items()}
        headers["set-cookie"] = " | ".join(answer.headers.getall("Set-Cookie", []))
        return Answer(answer.status, text, headers, str(answer.url), body)

    async def press(self, token: str) -> Answer:
        """Open a link and press its button."""
        shown = await self.get(f"/in/{token}")
        mark = _MARK.search(shown.text)
        if mark is None:
            return shown
        return await self.post("/in", token=token, mark=mark[1])

    def cookies(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in self._client.cookie_jar}

    async def close(self) -> None:
        await self._client.close()


class Pages:
    """The served console and those who come to it."""

    def __init__(self, county: County, port: int) -> None:
        self.county = county
        self.port = port
        self._open: list[Browser] = []

    def browser(self) -> Browser:
        made = Browser(self.port)
        self._open.append(made)
        return made

    async def link(self, name: str) -> str:
        """Ask for a link in chat, as people do; return its token."""
        said = await self.county.town.says(name, "打开网页")
        found = LINK.search(said)
        assert found, said
        return found[1]

    async def enter(self, name: str) -> Browser:
        """Come in by the link that the bot gives in private chat."""
        browser = self.browser()
        answer = await browser.press(await self.link(name))
        assert answer.status == 200, answer.text
        return browser

    async def actor(self, name: str) -> Actor:
        """Return somebody as his private chat knows him."""
        account = await Account.get(person__name=name)
        chat = Chat(account.platform, account.self_id, ChatKind.PRIVATE, account.account_id)
        now = self.county.town.clock.now()
        return (await identity.who_is(chat, account.account_id, now)).actor

    async def close(self) -> None:
        for browser in self._open:
            await browser.close()


@pytest_asyncio.fixture
async def county(
    database: str, keys: object, texts: object, clock: FrozenClock
) -> AsyncIterator[County]:
    library.use(reviewed())
    made = await plant(clock)
    desk.open_desk((*COMMANDS, *console.COMMANDS), CONTINUATIONS, (), {}, send=made.town._send)
    yield made


@pytest_asyncio.fixture
async def port() -> AsyncIterator[int]:
    """The port of the real server; the database behind it is the test's."""
    await HOUSE.listen(host="127.0.0.1", port=0)
    yield HOUSE.port
    await HOUSE.hang_up()


@pytest_asyncio.fixture
async def pages(county: County, port: int) -> AsyncIterator[Pages]:
    made = Pages(county, port)
    yield made
    await made.close()
