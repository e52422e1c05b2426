"""A desk with a small catalogue, fed with messages; what would be sent is kept."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from core.actors import RoleKind, Stage, Who
from core.clock import FrozenClock
from core.conversation import (
    Ask,
    Call,
    Command,
    Continuation,
    OpenDraft,
    Option,
    Place,
    Reply,
    Reveals,
    Say,
    Slot,
    Takes,
)
from core.errors import Refusal
from core.messages import (
    Blob,
    Chat,
    ChatKind,
    Incoming,
    InPart,
    MediaKind,
    OutPart,
    SendOutcome,
    SendResult,
    Text,
)
from core.texts import Texts
from models import Account, Mentorship, Person, Role, Unit
from models.enums import UnitKind
from plugins.identity import COMMANDS as IDENTITY
from plugins.identity import CONTINUATIONS as BINDING
from plugins.identity import consent_texts
from plugins.reception import COMMANDS as OURS
from plugins.reception import CONTINUATIONS, desk, router

# Sentences of the rooms that are played here.
PLAYED = {
    "play.lesson": "学习开始。",
    "play.public": "公开的：{words}",
    "play.own": "只给您看：{name}",
    "play.report": "开好了，四季度汇报。",
    "play.report_group": "汇报不在群里收，请先撤回那条。\n私聊我回「交汇报」就行。",
    "play.page": "第 {page} 页拿掉了。",
    "play.taken": "收到 {count} 页，{words} 字。",
    "play.finished": "交上了。",
    "play.draft_dropped": "不写了。",
    "play.help": "哪方面的事？",
    "play.todo": "这周 2 件事：",
    "play.contact": "记下了：{words}",
    "play.asked": "联系的是谁？",
    "play.chosen": "选了 {what}。",
    "play.told": "记下了 {count} 个字。",
    "play.no": "这次不行。",
    "play.totals": "柳河乡本季，别的我私下发您。",
    "play.summary": "一件事",
}


class Wire:
    """What was sent, and what a send comes to."""

    def __init__(self) -> None:
        self.sent: list[tuple[Chat, tuple[OutPart, ...]]] = []
        self.outcomes: dict[ChatKind, SendOutcome] = {}
        self.before: Callable[[], Any] | None = None

    async def send(self, chat: Chat, parts: Sequence[OutPart]) -> SendOutcome:
        self.sent.append((chat, tuple(parts)))
        return self.outcomes.get(chat.kind, SendOutcome(SendResult.SENT, "1"))


async def _lesson(call: Call) -> Reply:
    return Reply.of("play.lesson")


async def _public(call: Call) -> Reply:
    return Reply.of("play.public", words=call.words or "无")


async def _own(call: Call) -> Reply:
    return Reply.of("play.own", name=call.actor.name)


async def _report(call: Call) -> Reply:
    return Reply(says=(Say("play.report"),), draft=OpenDraft("play.draft", {"quarter": "2026Q4"}))


async def _page(call: Call) -> Reply:
    return Reply.of("play.page", page=call.words)


async def _finish(call: Call) -> Reply:
    return Reply(says=(Say("play.finished"),), close=frozenset({Slot.DRAFT}))


async def _help(call: Call) -> Reply:
    return Reply.of("play.help")


async def _todo(call: Call) -> Reply:
    options = (Option("联系王建国", value="contact"), Option("看看学习", run="学习"))
    return Reply(says=(Say("play.todo"),), ask=Ask("play.todo", options, again="待办"))


async def _ask_who(call: Call) -> Reply:
    options = (Option("王建国", value="王"), Option("陈玉梅", value="陈"))
    return Reply(says=(Say("play.asked"),), ask=Ask("play.who", options, takes=Takes.TEXT))


async def _ask_where(call: Call) -> Reply:
    return Reply(says=(Say("play.asked"),), ask=Ask("play.where", takes=Takes.TEXT))


async def _ask_yes(call: Call) -> Reply:
    options = (Option("行", value="1"), Option("不行", value="2"))
    return Reply(says=(Say("play.asked"),), ask=Ask("play.todo", options))


async def _refuse(call: Call) -> Reply:
    raise Refusal("play.no")


async def _break(call: Call) -> Reply:
    raise RuntimeError(call.text)


async def _show(call: Call) -> Reply:
    blob = Blob(MediaKind.IMAGE, "abc", "1.jpg")
    return Reply(says=(Say("play.lesson"),), blobs=(blob,))


async def _totals(call: Call) -> Reply:
    return Reply(says=(Say("play.own", name=call.actor.name),), private=True)


async def _draft(call: Call) -> Reply:
    if call.words == "取消":
        return Reply(says=(Say("play.draft_dropped"),), close=frozenset({Slot.DRAFT}))
    return Reply.of("play.taken", count=len(call.parts), words=len(call.text))


async def _chosen(call: Call) -> Reply:
    if call.choice is None:
        return Reply.of("play.told", count=len(call.text))
    return Reply.of("play.chosen", what=call.choice)


async def _contact_line(call: Call) -> Reply | None:
    return Reply.of("play.contact", words=call.words) if "建国" in call.words else None


def _command(word: str, handler: Any, **more: Any) -> Command:
    return Command(
        name=f"play.{word}", words=(word,), handler=handler, summary="play.summary", **more
    )


SECRETARY = frozenset({Who.SECRETARY, Who.TOWNSHIP})
COMMANDS = (
    _command("学习", _lesson, aliases=("上课", "学系"), place=Place.BOTH, reveals=Reveals.PUBLIC),
    _command("本周", _public, place=Place.BOTH, reveals=Reveals.PUBLIC, arguments="词"),
    _command("学时", _own, reveals=Reveals.OWN),
    _command(
        "交汇报",
        _report,
        aliases=("写汇报",),
        arguments="季度",
        who=frozenset({Who.WORKER}),
        in_group="play.report_group",
    ),
    _command(
        "删第2页", _page, pattern=r"删第?(\d+)页?", while_drafting=True, who=frozenset({Who.WORKER})
    ),
    _command("夜班到", _public, arguments="日期", while_drafting=True, who=frozenset({Who.WORKER})),
    _command("完成", _finish, who=frozenset({Who.WORKER})),
    _command("求助", _help, who=frozenset({Who.WORKER})),
    _command("待办", _todo, who=frozenset({Who.MENTOR, *SECRETARY})),
    _command("记联系", _ask_who, arguments="名字", who=frozenset({Who.MENTOR})),
    _command("通过", _lesson, aliases=("行", "可以"), who=frozenset({Who.MENTOR})),
    _command("换地方", _ask_where, who=frozenset({Who.WORKER})),
    _command("代班", _ask_yes, who=frozenset({Who.MENTOR})),
    _command("查档", _own, arguments="名字", reveals=Reveals.BRANCH, who=SECRETARY),
    _command("统计", _totals, place=Place.BOTH, reveals=Reveals.TOTALS, who=SECRETARY),
    _command("拒绝", _refuse),
    _command("坏了", _break),
    _command("看图", _show),
)
KINDS = (
    Continuation("play.draft", _draft),
    Continuation("play.who", _chosen),
    Continuation("play.todo", _chosen),
    Continuation("play.where", _chosen),
)


class Talk:
    """Says things to the router and returns what came back."""

    def __init__(self, wire: Wire, clock: FrozenClock) -> None:
        self.wire = wire
        self.clock = clock
        self.count = 0

    def incoming(
        self, sender: str, words: str, group: str | None = None, *parts: InPart
    ) -> Incoming:
        self.count += 1
        kind = ChatKind.PRIVATE if group is None else ChatKind.GROUP
        chat = Chat("onebot11", "10001", kind, group or sender)
        bare = words.strip().removeprefix("/").strip()
        shown = ((Text(words),) if words else ()) + parts
        now = self.clock.now()
        return Incoming(chat, sender, str(self.count), now, shown, bare, f"key{self.count}")

    async def hear(self, incoming: Incoming) -> list[tuple[str, str]]:
        """Return (``private`` or the group's id, words) of everything sent back."""
        start = len(self.wire.sent)
        await router.take(incoming)
        return [
            ("private" if chat.is_private else chat.chat_id, part.text)
            for chat, parts in self.wire.sent[start:]
            for part in parts
            if isinstance(part, Text)
        ]

    async def say(self, sender: str, words: str, *parts: InPart) -> str:
        """Say something in private chat; return the words of the one answer, empty for silence."""
        heard = await self.hear(self.incoming(sender, words, None, *parts))
        assert len(heard) <= 1
        return heard[0][1] if heard else ""

    async def in_group(self, sender: str, words: str, *parts: InPart) -> list[tuple[str, str]]:
        """Say something to the bot in group 77."""
        return await self.hear(self.incoming(sender, words, "77", *parts))

    def later(self, **delta: float) -> None:
        self.clock.advance_to(self.clock.now() + timedelta(**delta))


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def talk(
    database: str, keys: object, texts: Texts, clock: FrozenClock, wire: Wire
) -> Iterator[Talk]:
    texts._entries.update(PLAYED)
    house = desk._desk
    consent_texts.use(consent_texts.load())
    desk.open_desk(
        (*OURS, *IDENTITY, *COMMANDS),
        (*CONTINUATIONS, *BINDING, *KINDS),
        (_contact_line,),
        {"play.draft": ("好了", "行", "看图")},
        send=wire.send,
    )
    await plant(clock.now())
    yield Talk(wire, clock)
    desk._desk = house
    for key in PLAYED:
        texts._entries.pop(key)


async def plant(now: datetime) -> None:
    """A branch with a worker (w), a mentor (m), a secretary (s) and a clerk (t)."""
    await Unit.create(id=1, name="柳河乡", kind=UnitKind.TOWNSHIP, path="/1/", created_at=now)
    await Unit.create(
        id=2, name="王家村", kind=UnitKind.VILLAGE_BRANCH, parent_id=1, path="/1/2/", created_at=now
    )
    people = (
        ("w", "王建国", Stage.ACTIVIST),
        ("m", "周德厚", Stage.FULL_MEMBER),
        ("s", "刘长河", Stage.FULL_MEMBER),
        ("t", "孙敏", Stage.FULL_MEMBER),
        ("x", "马小军", Stage.ACTIVIST),
    )
    for uid, name, stage in people:
        person = await Person.create(
            uid=uid, name=name, home_unit_id=2, stage=stage, created_at=now
        )
        if uid != "x":
            await Account.create(
                platform="onebot11", account_id=uid, person=person, self_id="10001", bound_at=now
            )
    first = date(2026, 1, 1)
    await Mentorship.create(person_id=1, mentor_id=2, from_on=first, next_contact_on=first)
    await Role.create(person_id=3, unit_id=2, kind=RoleKind.BRANCH_SECRETARY, from_on=first)
    await Role.create(person_id=4, unit_id=1, kind=RoleKind.TOWNSHIP_CLERK, from_on=first)
