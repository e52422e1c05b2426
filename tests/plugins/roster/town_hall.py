"""柳河乡 with its office, talked to through the real router; files are what people really send."""

import base64
import io
import re
from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Any

import xlsxwriter

from core import files
from core.actors import RoleKind, Stage
from core.clock import FrozenClock
from core.messages import Blob, Chat, ChatKind, Incoming, Media, MediaKind, Text
from models import Delivery, Message, Unit
from models.enums import UnitKind
from plugins import roster
from plugins.delivery import bodies
from plugins.reception import COMMANDS, CONTINUATIONS, desk, router
from tests.plugins.mentoring.town import Town

_serial = count(1)
HEAD = ("序号", "姓名", "所在支部", "类别", "递交申请书时间", "联系电话", "备注")
ROWS = (
    ("1", "王建国", "王家村党支部", "积极分子", "2025.2.7", "13800138000", "焊工"),
    ("2", "陈玉梅", "王家村", "入党申请人", "2026年1月", "13900139000", ""),
)


def workbook(*rows: Sequence[Any], merged: Sequence[tuple[int, int, int, int, str]] = ()) -> bytes:
    """An .xlsx as a spreadsheet program saves it; a date becomes a date, a ``=`` a formula."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        page = book.add_worksheet("名册")
        day = book.add_format({"num_format": "yyyy/m/d"})
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(number, place, value, day)
                elif isinstance(value, str) and value.startswith("="):
                    page.write_formula(number, place, value, None, "王建国")
                elif value not in {"", None}:
                    page.write(number, place, value)
        for top, left, bottom, right, text in merged:
            page.merge_range(top, left, bottom, right, text)
    return held.getvalue()


def plain_workbook() -> bytes:
    """The roster of ROWS with a title above and a line below."""
    return workbook(("柳河乡入党积极分子花名册",), HEAD, *ROWS, ("填表人：孙敏",))


class Hall(Town):
    """The town, with the roster's words and files that arrive."""

    def __init__(self, clock: FrozenClock) -> None:
        super().__init__(clock)
        self.blobs: list[Blob] = []
        desk.open_desk(
            (*COMMANDS, *roster.COMMANDS),
            (*CONTINUATIONS, *roster.CONTINUATIONS),
            (),
            roster.DRAFT_WORDS,
            send=self._take_out,
        )

    async def unit(self, name: str, kind: UnitKind, parent: str | None = None) -> Unit:
        """Make a unit whose id the database gives: imports go on counting from there."""
        above = self.units[parent] if parent else None
        made = await Unit.create(
            name=name, kind=kind, parent=above, path=f"new:{name}", created_at=self.clock.now()
        )
        made.path = f"{above.path if above else '/'}{made.id}/"
        await made.save()
        self.units[name] = made
        return made

    async def _take_out(self, chat: Chat, parts: Any) -> Any:
        self.blobs += [part for part in parts if isinstance(part, Blob)]
        return await self._send(chat, parts)

    async def sends(self, name: str, data: bytes, words: str = "") -> str:
        """Send a file in private chat; return the one answer in words."""
        number = next(_serial)
        encoded = base64.b64encode(data).decode()
        media = Media(MediaKind.FILE, "名单.xlsx", url=f"base64://{encoded}")
        parts = (*((Text(words),) if words else ()), media)
        incoming = Incoming(
            chat=Chat("onebot11", "10001", ChatKind.PRIVATE, name),
            sender_id=name,
            message_id=f"f{number}",
            sent_at=self.clock.now(),
            parts=parts,
            words=words,
            key=f"file{number}",
        )
        start = len(self.sent)
        await router.take(incoming)
        (answer,) = self.sent[start:]
        return answer[1]


async def plant(hall: Hall) -> None:
    """平川县, 柳河乡 with two branches, 河东镇; officers of each."""
    await hall.unit("平川县", UnitKind.COUNTY)
    await hall.unit("柳河乡", UnitKind.TOWNSHIP, "平川县")
    await hall.unit("王家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await hall.unit("李家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await hall.unit("河东镇", UnitKind.TOWNSHIP, "平川县")
    await hall.unit("东村", UnitKind.VILLAGE_BRANCH, "河东镇")
    for name, unit in (("刘长河", "王家村"), ("孙敏", "柳河乡"), ("周德厚", "王家村"),
                       ("东支书", "东村"), ("郑海燕", "平川县")):  # fmt: skip
        await hall.person(name, unit, Stage.FULL_MEMBER)
    await hall.office("刘长河", RoleKind.BRANCH_SECRETARY, "王家村")
    await hall.office("孙敏", RoleKind.TOWNSHIP_CLERK, "柳河乡")
    await hall.office("东支书", RoleKind.BRANCH_SECRETARY, "东村")
    await hall.office("郑海燕", RoleKind.COUNTY_CLERK, "平川县")


async def owed(purpose: str) -> list[tuple[Blob, bytes]]:
    """The files that are owed for a purpose, with their contents."""
    found = []
    for row in await Delivery.filter(purpose=purpose).order_by("id"):
        message = await Message.get(id=row.message_id)
        (part,) = bodies.unseal(message.body_sealed, uid=message.uid).parts
        assert isinstance(part, Blob)
        found.append((part, await files.read(part.blob_id)))
    return found


def codes_in(said: str) -> list[str]:
    """Every code of eight digits in a text."""
    return re.findall(r"\d{4} \d{4}", said)
