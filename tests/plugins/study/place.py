"""柳河乡 with groups, for plans and pauses: talked to through the real router."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime

from core.actors import RoleKind, Stage
from core.clock import FrozenClock
from models import Group
from models.enums import UnitKind
from plugins import delivery, study
from plugins.reception import COMMANDS, CONTINUATIONS, desk
from plugins.study.front_matter import Question
from plugins.study.library import Material
from tests.plugins.mentoring.town import Town, plant

ASK = Question(ask="能吗？", options=("能", "不能"), answer=1, explain="能。")


def piece(slug: str, title: str, series: str, order: int, **more: object) -> Material:
    """A piece that holds for years."""
    given = {
        "audience": frozenset(Stage) - {Stage.FULL_MEMBER}, "public": True,
        "sections": ("第一段。", "第二段。"),
    } | more  # fmt: skip
    return Material(
        slug=slug, title=title, series=series, order=order, source="《某条例》",
        source_date=date(2020, 1, 1), effective_from=date(2026, 1, 1),
        effective_until=date(2029, 12, 31), push="先留证据。", quiz=(ASK,) * 3, **given,
    )  # fmt: skip  # type: ignore[arg-type]


PIECES = (
    piece("wages", "工钱被拖先做三步", "工钱和合同", 1),
    piece("contract", "合同要写哪几样", "工钱和合同", 2),
    piece("body", "天热怎么防中暑", "身体和安全", 1),
    piece("road", "路上带什么", "出门在外", 1),
    piece("home", "回乡先办什么", "回乡和家里", 1),
    piece("charter", "党章第一课", "党章慢慢读", 1),
)


class Place(Town):
    """The town, with the rooms of study and of the ledger, and its groups by name."""

    def __init__(self, clock: FrozenClock) -> None:
        super().__init__(clock)
        self.open()

    def open(self) -> None:
        """Open the desk anew, as after a restart: nothing of a talk is kept in memory."""
        desk.open_desk(
            (*COMMANDS, *delivery.COMMANDS, *study.COMMANDS),
            (*CONTINUATIONS, *delivery.CONTINUATIONS, *study.CONTINUATIONS),
            (), {}, send=self._send,
        )  # fmt: skip

    async def group(
        self,
        name: str,
        unit: str = "王家村",
        *,
        platform: str = "onebot11",
        at: datetime | None = None,
    ) -> Group:
        """Bind a group to a unit."""
        number = await Group.all().count() + 1
        return await Group.create(
            platform=platform, chat_id=f"70{number}", self_id="10001", name=name,
            unit=self.units[unit], bound_at=at or self.clock.now(),
        )  # fmt: skip

    async def at_once(self, *said: tuple[str, str]) -> list[str]:
        """Let several people speak at the same moment; return all that was answered."""
        start = len(self.sent)
        await asyncio.gather(*(self.hear(name, words) for name, words in said))
        return [text for _, text in self.sent[start:]]

    async def talks(self, name: str, *lines: str) -> str:
        """Say several lines one after the other; return the last answer."""
        answer = ""
        for line in lines:
            answer = await self.says(name, line)
        return answer


async def planted(
    clock: FrozenClock, groups: Sequence[str] = ("1号群", "2号群"), *, kind: type[Place] = Place
) -> Place:
    """柳河乡 with 王家村 (刘长河, two groups) and 李家村 (赵国强, one); 孙敏 in the township."""
    made = kind(clock)
    await plant(made)
    await made.unit("李家村", UnitKind.VILLAGE_BRANCH, "柳河乡")
    await made.person("赵国强", unit="李家村", stage=Stage.FULL_MEMBER)
    await made.office("赵国强", RoleKind.BRANCH_SECRETARY, "李家村")
    for name in groups:
        await made.group(name)
    if groups:
        await made.group("李家村群", "李家村")
    made.open()
    return made
