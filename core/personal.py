"""What a room says of the personal rows it keeps: what they are, a copy, and how they end.

A door exports one ``PERSONAL``; bot.py hands them all to the room privacy. Nothing is done here.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from tortoise.queryset import QuerySet

from core.actors import ConsentKind
from core.conversation import Say


class CorrectionItem(StrEnum):
    """What a person may say is written down wrongly (更正)."""

    NAME = "name"
    CITY = "city"
    STAGE = "stage"
    UNIT = "unit"
    MENTOR = "mentor"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of one person, in words.

    ``facts`` name plain facts (姓名), ``counts`` say how many of a kind (汇报 3 份), ``details``
    are whole lines that say what they are.
    """

    facts: tuple[Say, ...] = ()
    counts: tuple[Say, ...] = ()
    details: tuple[Say, ...] = ()


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a person: the id under which core.files keeps it, and a name to give it."""

    name: str
    blob_id: str


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy for the person: ``data`` is JSON by table, ``lines`` are for reading, then files."""

    data: Mapping[str, Any]
    lines: tuple[Say, ...] = ()
    files: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody whose rows are to go.

    ``near`` are the ids of the people who may have been told something about him: mentors, and
    those in office. ``is_only_name`` says that no other name is the same or contains this one.
    """

    person_id: int
    name: str
    near: tuple[int, ...]
    is_only_name: bool
    now: datetime


LetGo = Callable[[Sequence[int]], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Keeping:
    """One rule of how long rows are kept.

    ``past`` are the rows that may go at a moment. ``let_go`` takes away those with the given ids in
    the caller's transaction and returns the files that go with them; without it they are deleted.
    """

    name: str
    past: Callable[[datetime], QuerySet[Any]]
    let_go: LetGo | None = None


Describe = Callable[[int, date], Awaitable[Held]]
Export = Callable[[int, date], Awaitable[Copied]]
Erase = Callable[[Leaving], Awaitable[Sequence[str]]]
# What happens to the rows of a person when a consent is taken back, and when what was kept under
# it is to go as well. Both return files to remove after the commit.
Withdraw = Callable[[int, ConsentKind, datetime], Awaitable[Sequence[str]]]
Forget = Callable[[int, ConsentKind], Awaitable[Sequence[str]]]
# The words for what was looked at: the code behind the room's prefix, and the present day.
LookSay = Callable[[str, date], Say]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What one room answers for.

    ``tables`` are the names of its personal tables, ``title`` the heading over its part of a copy.
    ``erase`` joins the caller's transaction and returns ids of files to remove after it; running it
    twice is harmless. ``rank`` is the place in the summary, lower first. ``looks`` explains rows of
    the read log by the part of ``what`` before the first colon.
    """

    title: Say
    tables: frozenset[str]
    describe: Describe
    export: Export
    erase: Erase
    rank: int = 50
    withdraw: Withdraw | None = None
    forget: Forget | None = None
    looks: Mapping[str, LookSay] = field(default_factory=dict)
    keepings: tuple[Keeping, ...] = ()
