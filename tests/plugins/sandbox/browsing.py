"""A real browser with the page open, and what it complained about."""

import shutil
import struct
import zlib
from dataclasses import dataclass, field

from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    ViewportSize,
    expect,
)

from plugins.sandbox import (
    Sandbox,
)
from tests.plugins.sandbox.small_world import (
    PNG,
    WANG,
)

CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = ViewportSize(width=360, height=640)
OTHER_PNG = PNG + b"other"


@dataclass
class Visit:
    """One open page, with everything it complained about and asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def at(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    async def write(self, text: str) -> None:
        await self.at("composer").fill(text)
        await self.at("send").click()

    def note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    async def clear_hint(self) -> None:
        await self.at("hint-close").click()


async def visit(browser: Browser, sandbox: Sandbox, size: ViewportSize | None = None) -> Visit:
    viewport = size or ViewportSize(width=1280, height=800)
    context = await browser.new_context(viewport=viewport)
    opened = Visit(await context.new_page())
    opened.page.on("console", opened.note_console)
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.page.on("request", lambda request: opened.requests.append(request.url))
    await opened.page.goto(f"{sandbox.address}/#{WANG}")
    await expect(opened.at(f"person-{WANG}")).to_have_attribute("aria-pressed", "true")
    return opened


ALL_LOADED = """() => Promise.all(
  [...document.querySelectorAll(".picture img")].map((image) => image.complete
    ? null
    : new Promise((done) => image.addEventListener("load", done, { once: true }))))"""

# Every visible piece of words against the nearest painted background, by the formula of WCAG 2.2.


def grey_png(side: int) -> bytes:
    """Draw a grey square, so that loading it changes the layout."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * side) * side)
    signature = PNG[:8]
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
