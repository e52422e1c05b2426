"""Codes, new phones and pauses as they are said in chat, and the errands of the console."""

import csv
import re
import stat
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from core.actors import Actor, Grant, RoleKind, Stage
from core.clock import FrozenClock, at_local
from core.config import settings
from core.conversation import Ask, Call, Reply
from core.errors import Refusal
from core.messages import Chat, ChatKind
from core.texts import current
from models import Account, AuditLog, Invitation, Person, Role, Unit
from models.enums import UnitKind
from plugins.identity import service as binding
from plugins.roster import commands, errands, queries, service, words
from tests.plugins.roster.town_hall import workbook

pytestmark = pytest.mark.usefixtures("database", "keys", "texts")
CHAT = Chat("onebot11", "10000", ChatKind.PRIVATE, "20007")


@pytest.fixture
async def units(clock: FrozenClock) -> dict[str, Unit]:
    made: dict[str, Unit] = {}
    for name, kind, path in (
        ("柳河乡", UnitKind.TOWNSHIP, "/1/"),
        ("王家村", UnitKind.VILLAGE_BRANCH, "/1/2/"),
        ("李家村", UnitKind.VILLAGE_BRANCH, "/1/3/"),
        ("驻南港", UnitKind.LIAISON_OFFICE, "/1/4/"),
    ):
        parent = made.get("柳河乡")
        made[name] = await Unit.create(
            name=name, kind=kind, path=path, parent=parent, created_at=clock.now()
        )
    return made


async def person(unit: Unit, name: str, *, account: str = "", inflow: Unit | None = None) -> Person:
    number = await Person.all().count() + 1
    row = await Person.create(
        uid=f"{number:032d}",
        name=name,
        home_unit=unit,
        inflow_unit=inflow,
        stage=Stage.ACTIVIST,
        created_at=datetime.fromisoformat("2026-01-01T00:00:00Z"),
    )
    if account:
        await Account.create(
            platform="onebot11",
            account_id=account,
            person=row,
            self_id="10000",
            bound_at=row.created_at,
        )
    return row


def officer(kind: RoleKind, unit: Unit) -> Actor:
    return Actor(account_id=1, person_id=None, grants=(Grant(kind, unit.id, unit.path),))


def call(actor: Actor, clock: FrozenClock, said: str = "", choice: object = None) -> Call:
    return Call(actor, CHAT, CHAT.chat_id, clock.now(), words=said, choice=choice)


def said(reply: Reply) -> str:
    return "\n".join(current().render(say) for say in reply.says)


def asked(reply: Reply) -> Ask:
    assert reply.ask is not None
    return reply.ask


async def test_given_a_secretary_when_he_invites_one_of_his_then_he_gets_a_code_that_works(
    units: dict[str, Unit], clock: FrozenClock
) -> None:
    xiaojun = await person(units["王家村"], "马小军")
    secretary = officer(RoleKind.BRANCH_SECRETARY, units["王家村"])
    reply = await commands.handle_invite(call(secretary, clock, "马小军"))
    text = said(reply)
    assert text.startswith("马小军的邀请码是 ")
    assert "30 天内有效" in text
    assert "别发群里" in text
    found = re.search(r"(\d{4}) (\d{4})", text)
    assert found is not None
    row = await Invitation.get(person_id=xiaojun.id)
    assert row.id == await binding.begin_binding(
        actor=Actor(), chat=CHAT, account_id="20004", code=found[1] + found[2], now=clock.now()
    )


@pytest.mark.parametrize("name", ["没有的人", "李建平"])
async def test_given_a_name_that_is_not_his_when_he_invites_it_then_the_words_are_the_same(
    name: str, units: dict[str, Unit], clock: FrozenClock
) -> None:
    await person(units["李家村"], "李建平")
    secretary = officer(RoleKind.BRANCH_SECRETARY, units["王家村"])
    with pytest.raises(Refusal) as caught:
        await commands.handle_invite(call(secretary, clock, name))
    assert (caught.value.key, caught.value.fields) == ("roster.name_not_found", {})


async def test_given_two_of_one_name_when_a_clerk_invites_then_he_is_asked_which(
    units: dict[str, Unit], clock: FrozenClock
) -> None:
    await person(units["王家村"], "王建国")
    other = await person(units["李家村"], "王建国")
    clerk = officer(RoleKind.TOWNSHIP_CLERK, units["柳河乡"])
    reply = await commands.handle_invite(call(clerk, clock, "王建国"))
    ask = asked(reply)
    assert [current().label(option) for option in ask.options] == ["王家村的", "李家村的"]
    await commands.continue_invite(call(clerk, clock, choice=ask.options[1].value))
    assert await Invitation.filter(person_id=other.id).count() == 1


async def test_given_a_forged_choice_when_it_is_out_of_scope_then_there_is_no_code(
    units: dict[str, Unit], clock: FrozenClock
) -> None:
    other = await person(units["李家村"], "李建平")
    secretary = officer(RoleKind.BRANCH_SECRETARY, units["王家村"])
    with pytest.raises(Refusal):
        await commands.continue_invite(call(secretary, clock, choice=other.id))
    assert await Invitation.all().count() == 0


async def test_given_somebody_bound_when_he_is_invited_then_the_code_is_for_a_new_phone(
    units: dict[str, Unit], clock: FrozenClock
) -> None:
    await person(units["王家村"], "王建国", account="20001")
    secretary = officer(RoleKind.BRANCH_SECRETARY, units["王家村"])
    words = said(await commands.handle_invite(call(secretary, clock, "王建国")))
    assert "王建国的邀请码是 " in words
    assert "我先问他的联系人，点头才换。" in words
    assert await Account.all().count() == 1


async def test_given_no_name_when_a_word_needs_one_then_it_says_how(clock: FrozenClock) -> None:
    nobody = Actor()
    assert "邀请 马小军" in said(await commands.handle_invite(call(nobody, clock)))
    assert "换号 马小军" in said(await commands.handle_new_account(call(nobody, clock)))


async def test_given_a_new_phone_when_the_secretary_says_yes_then_the_old_one_is_off_with_a_code(
    units: dict[str, Unit], clock: FrozenClock
) -> None:
    jianguo = await person(units["王家村"], "王建国", account="20001")
    secretary = officer(RoleKind.BRANCH_SECRETARY, units["王家村"])
    ask = asked(await commands.handle_new_account(call(secretary, clock, "王建国")))
    kept = await commands.continue_new_account(call(secretary, clock, choice=ask.options[1].value))
    assert said(kept) == "好，没动。"
    assert await Account.filter(person_id=jianguo.id).count() == 1
    done = await commands.continue_new_account(call(secretary, clock, choice=ask.options[0].value))
    assert "王建国的新码是 " in said(done)
    assert await Account.filter(person_id=jianguo.id).count() == 0
    assert await Invitation.filter(person_id=jianguo.id, used_at__isnull=True).count() == 1


async def test_given_a_township_clerk_when_he_would_take_an_account_off_then_he_may_not(
    units: dict[str, Unit], clock: FrozenClock
) -> None:
    await person(units["王家村"], "王建国", account="20001")
    clerk = officer(RoleKind.TOWNSHIP_CLERK, units["柳河乡"])
    with pytest.raises(Refusal):
        await commands.handle_new_account(call(clerk, clock, "王建国"))


def slips_in(folder: Path) -> list[Path]:
    return list(folder.glob("邀请码-*.docx"))


def codes_in(folder: Path) -> list[Path]:
    return list(folder.glob("邀请码-*.csv"))


async def worker(units: dict[str, Unit]) -> Actor:
    row = await person(units["王家村"], "王建国", account="20001")
    return Actor(account_id=1, person_id=row.id, stage=Stage.ACTIVIST)


@pytest.mark.parametrize(
    ("text", "today", "until", "answer"),
    [
        ("夜班到20号", date(2026, 12, 17), date(2026, 12, 20),
         "好，到12月20日不提醒您，联系人也看得到。\n21日起照常。提前闲了，回「我有空了」。"),
        ("20号", date(2026, 12, 17), date(2026, 12, 20),
         "好，到12月20日不提醒您，联系人也看得到。\n21日起照常。提前闲了，回「我有空了」。"),
        ("别联系我到月底", date(2026, 12, 17), date(2026, 12, 31),
         "好，到12月31日不提醒您，联系人也看得到。\n2027年1月1日起照常。提前闲了，回「我有空了」。"),
        ("请假到 明天", date(2026, 12, 17), date(2026, 12, 18),
         "好，到12月18日不提醒您，联系人也看得到。\n19日起照常。提前闲了，回「我有空了」。"),
    ],
)  # fmt: skip
async def test_given_a_busy_worker_when_he_says_until_when_then_he_is_left_alone(  # noqa: PLR0917
    text: str, today: date, until: date, answer: str, units: dict[str, Unit], clock: FrozenClock
) -> None:
    actor = await worker(units)
    clock.advance_to(at_local(today, 19))
    assert said(await commands.handle_pause(call(actor, clock, text))) == answer
    assert (await Person.get(name="王建国")).paused_until == until
    row = await AuditLog.get(action="roster.pause")
    assert (row.actor_id, row.detail) == (actor.person_id, {"until": until.isoformat()})


@pytest.mark.parametrize("text", ["", "夜班到", "夜班到不知道", "昨天"])
async def test_given_no_day_when_he_wants_a_pause_then_he_is_asked_and_nothing_changes(
    text: str, units: dict[str, Unit], clock: FrozenClock
) -> None:
    actor = await worker(units)
    assert said(await commands.handle_pause(call(actor, clock, text))).startswith("到哪天？比如")
    assert (await Person.get(name="王建国")).paused_until is None


async def test_given_a_day_with_two_meanings_when_he_chooses_then_that_one_counts(
    units: dict[str, Unit], clock: FrozenClock
) -> None:
    actor = await worker(units)
    clock.advance_to(at_local(date(2026, 12, 17), 1))
    ask = asked(await commands.handle_pause(call(actor, clock, "夜班到今天")))
    assert len(ask.options) == 2
    await commands.continue_pause(call(actor, clock, choice=ask.options[0].value))
    assert str((await Person.get(name="王建国")).paused_until) == ask.options[0].value


async def test_given_a_year_that_is_a_slip_when_he_wants_a_pause_then_it_is_refused(
    units: dict[str, Unit], clock: FrozenClock
) -> None:
    with pytest.raises(Refusal) as caught:
        await commands.handle_pause(call(await worker(units), clock, "夜班到2029年1月1日"))
    assert caught.value.key == "roster.pause_too_long"


async def test_given_a_pause_when_he_has_time_again_then_it_ends_once(
    units: dict[str, Unit], clock: FrozenClock
) -> None:
    actor = await worker(units)
    await commands.handle_pause(call(actor, clock, "夜班到30号"))
    assert said(await commands.handle_back(call(actor, clock))) == "好，从现在起照常。"
    assert (await Person.get(name="王建国")).paused_until is None
    assert said(await commands.handle_back(call(actor, clock))) == "本来就没停，照常着。"
    assert await AuditLog.filter(action="roster.resume").count() == 1


async def test_given_a_stranger_when_he_wants_a_pause_then_he_is_told_to_bind(
    clock: FrozenClock,
) -> None:
    with pytest.raises(Refusal):
        await service.pause(actor=Actor(), until=date(2026, 12, 1), now=clock.now())
    with pytest.raises(Refusal):
        await service.resume(actor=Actor(), now=clock.now())


async def test_given_an_empty_database_when_the_administrator_is_named_then_he_is_in_office(
    clock: FrozenClock,
) -> None:
    lines = await errands.ERRANDS["admin"](["孙敏", "平川县/柳河乡"], clock.now())
    assert lines[0].startswith("孙敏可以管雁阵了。邀请码 ")
    again = await errands.ERRANDS["admin"](["孙敏", "柳河乡"], clock.now())
    assert again != lines
    sunmin = await Person.get()
    held = {role.kind for role in await Role.filter(person_id=sunmin.id, until_on__isnull=True)}
    assert held == {RoleKind.OPERATOR, RoleKind.TOWNSHIP_CLERK}
    open_codes = Invitation.filter(used_at__isnull=True, withdrawn_at__isnull=True)
    assert await open_codes.count() == 1


@pytest.mark.parametrize(
    ("word", "arguments", "begins"),
    [
        ("admin", [], "写法：python bot.py admin"),
        ("admin", ["孙敏1", "柳河乡"], "这个姓名看不懂"),
        ("admin", ["孙敏", "/"], "这个单位看不懂"),
        ("roster", [], "写法：python bot.py roster"),
        ("roster", ["/nowhere/名册.csv"], "打不开 名册.csv"),
        ("invite", ["没有的人"], "您管的人里没有这个名字"),
        ("invite", [], "都绑定好了"),
    ],
)
async def test_given_a_slip_at_the_console_when_an_errand_is_run_then_it_says_how(
    word: str, arguments: list[str], begins: str, clock: FrozenClock
) -> None:
    assert (await errands.ERRANDS[word](arguments, clock.now()))[0].startswith(begins)


async def test_given_a_table_at_the_console_when_it_is_taken_in_then_codes_lie_beside_it(
    clock: FrozenClock, tmp_path: Path
) -> None:
    source = tmp_path / "名册.csv"
    source.write_bytes(
        "姓名,单位,阶段,电话,备注\n王建国,柳河乡/王家村,申请人,13800138000,x\n".encode("gb18030")
    )
    lines = await errands.ERRANDS["roster"]([str(source)], clock.now())
    assert lines[:3] == (
        "名册导好了：新加 1 人，改了 0 人，没变 0 人，新建单位 2 个。",
        "这几列我不收，没读也没存：电话。",
        "这几列用不上，没动：备注。",
    )
    (made,) = codes_in(tmp_path)
    assert made.name in lines[3]
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    rows = list(csv.reader(made.read_text("utf-8-sig").splitlines()))
    assert rows[0] == list(words.CODES_HEADERS)
    assert rows[1][:2] == ["王建国", "王家村"]
    again = await errands.ERRANDS["roster"]([str(source)], clock.now())
    assert again[0] == "名册导好了：新加 0 人，改了 0 人，没变 1 人，新建单位 0 个。"
    assert len(again) == 3


async def test_given_a_bad_table_at_the_console_when_it_is_taken_in_then_the_row_is_said(
    clock: FrozenClock, tmp_path: Path
) -> None:
    source = tmp_path / "名册.csv"
    source.write_text("姓名,单位,阶段,申请日期\n王建国,王家村,申请人,2026.13.1\n", "utf-8")
    assert await errands.ERRANDS["roster"]([str(source)], clock.now()) == (
        "第 2 行的日期看不懂：2026.13.1。一行都没写进去，改好再传。",
    )
    assert await Person.all().count() == 0


async def test_given_people_without_accounts_when_codes_are_made_for_all_then_each_has_one(
    units: dict[str, Unit], clock: FrozenClock
) -> None:
    await person(units["王家村"], "王建国", account="20001")
    await person(units["王家村"], "马小军")
    await person(units["李家村"], "马小军")
    lines = await errands.ERRANDS["invite"]([], clock.now())
    (made,) = codes_in(settings().data_dir)
    assert made.name in lines[0]
    assert len(made.read_text("utf-8-sig").splitlines()) == 3
    which = await errands.ERRANDS["invite"](["马小军"], clock.now())
    assert "王家村、李家村" in which[0]
    one = await errands.ERRANDS["invite"](["马小军", "李家村"], clock.now())
    assert one[0].startswith("马小军的邀请码是 ")
    later = await service.invite_all_unbound(now=clock.now() + timedelta(minutes=1))
    assert len(later) == len(await queries.unbound(queries.EVERYWHERE)) == 2


async def test_given_headings_of_others_at_the_console_when_taken_in_then_they_are_confirmed_first(
    clock: FrozenClock, tmp_path: Path
) -> None:
    source = tmp_path / "名册.xlsx"
    head = ("姓名", "所在村", "类别", "递交申请书时间", "备注")
    source.write_bytes(workbook(head, ("王建国", "柳河乡/王家村", "申请人", 45998, "南港")))
    roster = errands.ERRANDS["roster"]
    shown = await roster([str(source)], clock.now())
    assert shown[:2] == ("姓名：看「姓名」这一列", "单位：看「所在村」这一列")
    assert shown[-1].startswith("对就再写一遍，后面加 1：python bot.py roster 名册.xlsx 1。")
    assert "备注" in (await roster([str(source), "没有=城市"], clock.now()))[0]

    tried = await roster([str(source), "试"], clock.now())
    assert tried[0] == "查过了，还没写：新加 1 人，改 0 人，没变 0 人。"
    assert await Person.all().count() == 0
    done = await roster([str(source), "1", "备注=城市"], clock.now())
    assert done[0].startswith("名册导好了：新加 1 人")
    person = await Person.get()
    assert (person.city, person.applied_on) == ("南港", date(2025, 12, 7))
    assert len(slips_in(tmp_path)) == 1

    source.write_bytes(workbook(head, ("王建国", "王家村", "申请人", "2026.2.1", "")))
    asked = await roster([str(source), "1"], clock.now())
    assert asked == (
        "第 2 行和已有的人同名同单位，日子却都不一样。后面加 同一人 或 另一人，再来一次。",
    )
    await roster([str(source), "1", "同一人"], clock.now())
    assert (await Person.get()).applied_on == date(2026, 2, 1)
    await roster(["撤销导入"], clock.now())
    assert (await Person.get()).applied_on == date(2025, 12, 7)


async def test_given_many_wrong_rows_at_the_console_when_taken_in_then_all_are_said(
    clock: FrozenClock, tmp_path: Path
) -> None:
    source = tmp_path / "名册.csv"
    rows = "".join(f"王{n},王家村,申请人\n" for n in range(9))
    source.write_text(f"姓名,单位,阶段\n{rows}", "utf-8")
    lines = await errands.ERRANDS["roster"]([str(source)], clock.now())
    assert lines[0] == "有 9 处要改，一行都没写进去，改好再传："
    assert lines[1:] == tuple(f"第 {n} 行的姓名看不懂。" for n in range(2, 11))
