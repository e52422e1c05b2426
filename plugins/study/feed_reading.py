"""Reads RSS, Atom and JSON Feed into titles and links. What an article says is never kept.

XML is read by feedparser (kept up, knows the dates and dialects of real feeds). It expands entities
that a feed declares, so a feed that declares any is refused before.
"""

import codecs
import hashlib
import io
import json
import re
import time
from calendar import timegm
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any
from xml.sax import SAXException

import feedparser  # type: ignore[import-untyped]  # ships no types
from yarl import URL

from core.clock import local_day

MOST_ITEMS = 50
TITLE_CHARACTERS = 120
LINK_CHARACTERS = 500

# More of a title is not even looked at.
_RAW_TITLE = 2000
# Days outside are slips of whoever wrote the feed.
_YEARS = range(1990, 2100)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_PROLOGUE = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)
_CHARSETS = ("utf-8", "utf-16", "utf-32", "gb", "hz", "big5", "iso8859", "cp125", "ascii")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_JSON_FEED = "https://jsonfeed.org/version/"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed. ``key`` tells it from the others of its feed for good."""

    key: str
    title: str
    link: str
    published_on: date | None


class NotReadable(Exception):
    """What came is no feed, or a broken one. ``code`` says which, in one word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read(body: bytes, charset: str) -> tuple[Item, ...]:
    """Read a feed, newest first as it says; ``charset`` is what the server claims, or empty.

    At most 50 items, none twice. Raises NotReadable. Takes up to a second: not for the event loop.
    """
    if not body.strip():
        raise NotReadable("empty")
    text = _decoded(body, charset).lstrip("\ufeff \t\r\n")
    entries = _from_json(text) if text.startswith("{") else _from_xml(text)
    found: dict[str, Item] = {}
    for item in entries:
        found.setdefault(item.key, item)
        if len(found) == MOST_ITEMS:
            break
    return tuple(found.values())


def _decoded(body: bytes, charset: str) -> str:
    """Return the text: by its mark, its declaration, the server's word, else by what fits."""
    declared = _DECLARED.match(body)
    said = [name for mark, name in _BOMS if body.startswith(mark)]
    said += [declared[1].decode()] if declared else []
    for name in (*said, charset, "utf-8", "gb18030"):
        try:
            return body.decode(_codec(name))
        except (UnicodeError, LookupError):
            continue
    raise NotReadable("charset")


def _codec(name: str) -> str:
    """Return the codec for ``name``; LookupError for what is no character set of the web."""
    known = codecs.lookup(name).name
    if not known.startswith(_CHARSETS):
        raise LookupError(name)
    # Pages that claim GB2312 or GBK hold characters of the larger set.
    return "gb18030" if known in {"gb2312", "gbk"} else known


def _from_xml(text: str) -> Iterable[Item]:
    if "<!ENTITY" in text:
        raise NotReadable("entities")
    content = _PROLOGUE.sub("", text).encode(errors="replace")
    # A stream: a string would be tried as an address and as the name of a file.
    feed = feedparser.parse(
        io.BytesIO(content),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if isinstance(feed.get("bozo_exception"), SAXException):
        raise NotReadable("broken")
    if not feed.get("version"):
        raise NotReadable("no_feed")
    for entry in feed.entries:
        day = _day(dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed"))
        item = _item(entry.get("id"), entry.get("title"), entry.get("link"), day)
        if item is not None:
            yield item


def _from_json(text: str) -> Iterable[Item]:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError):
        raise NotReadable("broken") from None
    entries = feed.get("items")
    if not str(feed.get("version")).startswith(_JSON_FEED) or not isinstance(entries, list):
        raise NotReadable("no_feed")
    for entry in entries:
        if isinstance(entry, Mapping):
            link = entry.get("url") or entry.get("external_url")
            item = _item(entry.get("id"), entry.get("title"), link, _day(_iso(entry)))
            if item is not None:
                yield item


def _iso(entry: Mapping[str, Any]) -> time.struct_time | None:
    try:
        said = datetime.fromisoformat(str(entry.get("date_published")))
        return said.astimezone(UTC).timetuple()
    except (ValueError, OverflowError):
        return None


def _item(key: object, title: object, link: object, day: date | None) -> Item | None:
    shown, where = plain(title), _link(link)
    if not shown or not where:
        return None
    told = str(key) if key else where
    return Item(hashlib.sha256(told.encode(errors="replace")).hexdigest(), shown, where, day)


def _day(parsed: time.struct_time | None) -> date | None:
    """Return the day of a moment in UTC where the bot lives; None for a day that cannot be."""
    if parsed is None or parsed.tm_year not in _YEARS:
        return None
    try:
        return local_day(datetime.fromtimestamp(timegm(parsed), UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _link(value: object) -> str:
    """Return a link as text when it is one a person can open, else nothing. Never asked."""
    link = value.strip() if isinstance(value, str) else ""
    if not link.isprintable() or " " in link or len(link) > LINK_CHARACTERS:
        return ""
    try:
        url = URL(link)
    except ValueError:
        return ""
    return link if url.scheme in {"http", "https"} and url.host and not url.user else ""


class _Words(HTMLParser):
    """Keeps what is read, drops what is marked up."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep words."""
        self.kept.append(data)


def plain(title: object) -> str:
    """Return a title without tags, entities, line breaks and what cannot be seen."""
    if not isinstance(title, str):
        return ""
    words = _Words()
    words.feed(title[:_RAW_TITLE])
    words.close()
    spaced = " ".join("".join(words.kept).split())
    seen = "".join(letter for letter in spaced if letter.isprintable())
    return seen if len(seen) <= TITLE_CHARACTERS else f"{seen[: TITLE_CHARACTERS - 1]}…"
