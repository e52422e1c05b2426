"""Values that may stand in ``config.toml``: how each kind is read, and what is wrong instead."""

import re
from datetime import time
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_HTTPS = re.compile(r"https://[^\s/@]+(/\S*)?")
_PAGE = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")
_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_PLATFORM = re.compile(r"[a-z][a-z0-9_]{1,30}")
_POSTGRES = re.compile(r"postgres(ql)?://\S+")


class Part(StrEnum):
    """What a process does; several processes may share one PostgreSQL database."""

    CHAT = "chat"
    """Takes what people write, and answers."""
    SCHEDULE = "schedule"
    """Plans by the clock."""
    DELIVERY = "delivery"
    """Sends what is owed over the accounts that are connected to this process."""
    CONSOLE = "console"
    """Serves the pages."""


def _time(value: object) -> time:
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise PydanticCustomError("time", "time")
    return time(int(match[1]), int(match[2]))


def _platforms(value: object) -> object:
    if isinstance(value, dict) and not all(_PLATFORM.fullmatch(str(name)) for name in value):
        raise PydanticCustomError("platform", "platform")
    return {"onebot11": True, **value} if isinstance(value, dict) else value


def _database(value: str) -> str:
    if value != "sqlite" and not _POSTGRES.fullmatch(value):
        raise PydanticCustomError("database", "database")
    return value


def _accounts(value: object) -> object:
    items = value if isinstance(value, list | tuple) else (None,)
    if not all(isinstance(item, str) and item for item in items):
        raise PydanticCustomError("accounts", "accounts")
    return tuple(items)


def _budgets(value: object) -> object:
    if not isinstance(value, dict) or not all(
        _PLATFORM.fullmatch(str(name)) and type(most) is int and most > 0
        for name, most in value.items()
    ):
        raise PydanticCustomError("budgets", "budgets")
    return value


def _parts(value: object) -> object:
    known = [part.value for part in Part]
    if not isinstance(value, list) or not value or not set(value) <= set(known):
        raise PydanticCustomError("parts", "parts", {"known": " ".join(known)})
    return frozenset(Part(part) for part in value)


def _addresses(value: object) -> object:
    if not isinstance(value, dict) or not all(
        name.strip() and isinstance(url, str) and _HTTPS.fullmatch(url)
        for name, url in value.items()
    ):
        raise PydanticCustomError("addresses", "addresses")
    return value


def _page_address(value: str) -> str:
    if value and not _PAGE.fullmatch(value):
        raise PydanticCustomError("page_address", "page_address")
    return value


def _mails(value: object) -> object:
    if not isinstance(value, list) or not all(
        isinstance(item, str) and _MAIL.fullmatch(item) for item in value
    ):
        raise PydanticCustomError("mails", "mails")
    return tuple(value)


ClockTime = Annotated[time, BeforeValidator(_time)]
Hour = Annotated[int, Field(ge=0, le=23)]
Minute = Annotated[int, Field(ge=0, le=59)]
Weekday = Annotated[int, Field(ge=0, le=6)]
Port = Annotated[int, Field(ge=1, le=65535)]

DatabaseUrl = Annotated[str, AfterValidator(_database)]
AccountIds = Annotated[tuple[str, ...], BeforeValidator(_accounts)]
Platforms = Annotated[dict[str, bool], BeforeValidator(_platforms)]
Budgets = Annotated[dict[str, int], BeforeValidator(_budgets)]
Parts = Annotated[frozenset[Part], BeforeValidator(_parts)]
Mails = Annotated[tuple[str, ...], BeforeValidator(_mails)]
GroupNumber = Annotated[str, Field(pattern=r"^\d{0,18}$")]
Addresses = Annotated[dict[str, str], BeforeValidator(_addresses)]
PageAddress = Annotated[str, AfterValidator(_page_address)]
