"""One request of somebody signed in, as the pages see it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from core.actors import Actor
from core.clock import local_day
from core.errors import Refusal

COOKIE = "yanzhen_console"
# What the longest reason takes, written in percent signs, and the fields around it.
# The longest tree path and the longest uid that columns hold: what is longer names nothing.
_LONGEST = 255
_LONGEST_UID = 32
# The largest id that a column holds.
_MOST_ID = 2**31 - 1
_PAGE = re.compile(r"[0-9]{1,4}")
_MOST_BODY = 64 * 1024


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks for what, when. ``form`` are the fields of a POST, already proven to be his.

    ``upload`` is the file that came with it, on the pages that take one.
    """

    request: Request
    actor: Actor
    csrf: str
    now: datetime
    form: Mapping[str, str] = field(default_factory=dict)
    upload: bytes = b""

    @property
    def today(self) -> date:
        """The calendar day for people."""
        return local_day(self.now)

    def asked(self, name: str) -> str:
        """Return a field of the address, empty when it is not there."""
        return _plain(self.request.query_params.get(name, "")).strip()[:_LONGEST]

    def uid(self) -> str:
        """Return the uid in the path."""
        return _plain(str(self.request.path_params["uid"]))[:_LONGEST_UID]

    def number(self, name: str) -> int:
        """Return a number of the path; one that no row has for what is beyond all rows."""
        return min(int(self.request.path_params[name]), _MOST_ID)

    def page(self) -> int:
        """Return which page of a list is wanted, from 1."""
        return as_page(self.asked("page"))


def _plain(text: str) -> str:
    """Return ``text`` without the one character that PostgreSQL cannot keep."""
    return text.replace("\x00", "")


def as_page(said: str) -> int:
    """Return the number of a page as somebody typed it; 1 for what is none."""
    return max(int(said), 1) if _PAGE.fullmatch(said) else 1


PageHandler = Callable[[Visit], Awaitable[Response]]


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form, the first of each name.

    Raises Refusal ``console.too_long`` for a body no form of ours has.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BODY:
            raise Refusal("console.too_long")
    return fields_of(body)


def fields_of(body: bytes) -> dict[str, str]:
    """Return the fields of an urlencoded body; what cannot be read is no field."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return {}
    return {name: _plain(value) for name, value in reversed(pairs)}
