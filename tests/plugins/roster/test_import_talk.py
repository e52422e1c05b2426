"""导入名单 as it is said in chat: the file, its columns, the dry run, codes, and taking it back."""

import io
import json

import pytest
import pytest_asyncio
from docx import Document
from python_calamine import CalamineWorkbook

from core import files
from core.actors import Actor
from core.clock import FrozenClock
from core.database import run_tx
from core.messages import Chat, ChatKind, Text
from models import (
    Account,
    AuditLog,
    Contact,
    Invitation,
    Mentorship,
    Person,
    Role,
    RosterImport,
    Unit,
)
from models.enums import Channel, Outcome, Priority
from plugins.delivery import service as delivery
from plugins.identity import service as identity
from plugins.roster import import_keeping, import_work, jobs
from tests.plugins.roster.town_hall import (
    HEAD,
    ROWS,
    Hall,
    codes_in,
    owed,
    plain_workbook,
    plant,
    workbook,
)

NEW = Chat("onebot11", "10001", ChatKind.PRIVATE, "新号")
RIGHT = (
    "收到了，2 行。我这样认，对吗？\n"
    "姓名：看「姓名」这一列\n"
    "单位：看「所在支部」这一列\n"
    "阶段：看「类别」这一列\n"
    "申请日期：看「递交申请书时间」这一列\n"
    "这几列我不收，没读也没存：联系电话。\n"
    "这几列用不上，没动：序号、备注。\n"
    "1 对，查一遍  2 换一列  3 不导了"
)
DONE = (
    "名册导好了：新加 2 人，改了 0 人，没变 0 人，新建单位 0 个。\n"
    "邀请码发您两个文件：一个表，一个剪开就能发的纸条。只交给本人，别发群里。\n"
    "导错了，回「撤销导入」。"
)
WOULD = (
    "查过了，还没写：新加 2 人，改 0 人，没变 0 人。\n"
    "1 行的日子只写了年月，按 1 日记。\n"
    "1 导进去  2 不导了"
)


@pytest_asyncio.fixture
async def hall(database: str, keys: object, texts: object, clock: FrozenClock) -> Hall:
    made = Hall(clock)
    await plant(made)
    return made


async def test_given_a_township_roster_when_it_is_sent_then_it_is_shown_tried_and_written(
    hall: Hall,
) -> None:
    asked = await hall.says("孙敏", "导入名单")
    assert asked.startswith("把名单发给我，.xlsx 或 CSV 都行")
    assert await hall.sends("孙敏", plain_workbook()) == RIGHT
    assert await Person.filter(name__in=["王建国", "陈玉梅"]).count() == 0

    assert await hall.says("孙敏", "1") == WOULD
    assert await Person.filter(name="王建国").count() == 0
    assert await hall.says("孙敏", "1") == DONE

    jianguo = await Person.get(name="王建国").prefetch_related("home_unit")
    assert (jianguo.home_unit.name, str(jianguo.applied_on)) == ("王家村", "2025-02-07")
    assert str((await Person.get(name="陈玉梅")).applied_on) == "2026-01-01"
    (table, data), (slips, paper) = await owed(import_work.CODES)
    assert table.name.startswith("邀请码-")
    assert table.name.endswith(".xlsx")
    assert slips.name.endswith(".docx")
    cells = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert cells[1] == ["姓名", "单位", "邀请码"]
    assert [row[:2] for row in cells[2:]] == [["王建国", "王家村"], ["陈玉梅", "王家村"]]
    word = "\n".join(c.text for c in Document(io.BytesIO(paper)).tables[0]._cells)
    assert codes_in(word) == [str(row[2]) for row in cells[2:]]
    code = str(cells[2][2]).replace(" ", "")
    assert await Invitation.filter(person_id=jianguo.id).count() == 1
    assert await identity.begin_binding(
        actor=Actor(), chat=NEW, account_id="新号", code=code, now=hall.clock.now()
    )
    row = await RosterImport.get()
    assert row.table_blob is None
    assert "王建国" not in json.dumps([row.made, row.columns, row.counts], ensure_ascii=False)


async def test_given_a_roster_when_it_is_sent_again_then_nobody_is_added(hall: Hall) -> None:
    for said in (DONE, "名册导好了：新加 0 人，改了 0 人，没变 2 人，新建单位 0 个。"):
        await hall.says("孙敏", "导入名单")
        await hall.sends("孙敏", plain_workbook())
        await hall.says("孙敏", "1")
        assert (await hall.says("孙敏", "1")).startswith(said.split("\n")[0])
    assert await Person.filter(name__in=["王建国", "陈玉梅"]).count() == 2
    assert len(await owed(import_work.CODES)) == 2


async def test_given_rows_that_do_not_fit_when_tried_then_each_is_said_and_nothing_is_written(
    hall: Hall,
) -> None:
    await hall.says("孙敏", "导入名单")
    bad = ("3", "李强", "李家村", "积极分子", "2026.13.1", "", "")
    await hall.sends("孙敏", workbook(HEAD, *ROWS, bad))
    assert await hall.says("孙敏", "1") == (
        "第 4 行的日期看不懂：2026.13.1。一行都没写进去，改好再传。"
    )
    # Mended and sent again, without the word.
    assert (await hall.sends("孙敏", workbook(HEAD, *ROWS))).startswith("收到了，2 行")
    await hall.says("孙敏", "1")
    assert await hall.says("孙敏", "1") == DONE


async def test_given_many_rows_that_do_not_fit_when_tried_then_all_are_in_a_table(
    hall: Hall,
) -> None:
    await hall.says("孙敏", "导入名单")
    bad = [(str(n), f"李{n}强", "李家村", "积极分子", "", "", "") for n in range(8)]
    await hall.sends("孙敏", workbook(HEAD, *ROWS, *bad))
    said = await hall.says("孙敏", "1")
    lines = said.split("\n")
    assert lines[0] == "有 8 处要改，一行都没写进去，改好再传："
    assert lines[1] == "第 4 行的姓名看不懂。"
    assert lines[-1] == "还有 3 处，都在上面的表里。"
    (blob,) = hall.blobs
    cells = CalamineWorkbook.from_filelike(io.BytesIO(await files.read(blob.blob_id)))
    rows = cells.get_sheet_by_index(0).to_python()[2:]
    assert [row[0] for row in rows] == list(range(4, 12))
    assert rows[-1][1] == "第 11 行的姓名看不懂。"


async def test_given_a_wrong_guess_when_another_column_is_chosen_then_that_one_counts(
    hall: Hall,
) -> None:
    head = ("姓名", "所在支部", "类别", "备注")
    await hall.says("孙敏", "导入名单")
    await hall.sends("孙敏", workbook(head, ("王建国", "王家村", "积极分子", "南港")))
    asked = await hall.says("孙敏", "2")
    assert asked.startswith("哪一项认错了？\n1 姓名  2 单位")
    assert asked.endswith("6 看后面的")
    await hall.says("孙敏", "6")
    assert await hall.says("孙敏", "6") == (
        "哪一项认错了？\n1 城市  2 外出日期  3 流入单位  4 乡镇  5 看后面的"
    )
    shown = await hall.says("孙敏", "1")
    assert shown == "城市是哪一列？\n1 姓名  2 所在支部  3 类别  4 备注  5 表里没有"
    assert "城市：看「备注」这一列" in await hall.says("孙敏", "4")
    await hall.says("孙敏", "1")
    await hall.says("孙敏", "1")
    assert (await Person.get(name="王建国")).city == "南港"


async def test_given_a_branch_roster_without_unit_and_stage_when_sent_then_both_are_settled(
    hall: Hall,
) -> None:
    await hall.says("刘长河", "导入名单")
    asked = await hall.sends("刘长河", workbook(("姓名", "申请入党时间"), ("李强", "20260105")))
    assert asked == "阶段是哪一列？\n1 没这一列，都是一样的  2 姓名  3 申请入党时间  4 表里没有"
    assert (await hall.says("刘长河", "1")).startswith("表里的人都是什么阶段？\n1 申请人")
    said = await hall.says("刘长河", "2")
    assert "单位：都算王家村\n阶段：都是积极分子" in said
    await hall.says("刘长河", "1")
    await hall.says("刘长河", "1")
    assert str((await Person.get(name="李强")).applied_on) == "2026-01-05"


@pytest.mark.parametrize("unit", ["李家村", "东村", "没有的村", "平川县/河东镇/东村", "河东镇"])
async def test_given_a_unit_of_others_when_a_secretary_names_it_then_the_words_are_the_same(
    unit: str, hall: Hall
) -> None:
    await hall.says("刘长河", "导入名单")
    head = ("姓名", "单位", "阶段")
    await hall.sends("刘长河", workbook(head, ("李强", unit, "积极分子")))
    assert await hall.says("刘长河", "1") == (
        "第 2 行的单位不在您管的里面。一行都没写进去，改好再传。"
    )
    assert await Unit.all().count() == 6
    assert await Person.filter(name="李强").count() == 0


async def test_given_an_office_above_when_a_secretary_gives_it_then_it_is_refused(
    hall: Hall,
) -> None:
    head = ("姓名", "单位", "阶段", "职务")
    await hall.says("刘长河", "导入名单")
    await hall.sends("刘长河", workbook(head, ("周德厚", "王家村", "正式党员", "县干事")))
    assert "职务要上一级来定" in await hall.says("刘长河", "1")
    await hall.sends("刘长河", workbook(head, ("周德厚", "王家村", "正式党员", "副书记")))
    assert "职务要上一级来定" in await hall.says("刘长河", "1")
    # His own line as it is changes nothing and is none of anybody's business.
    await hall.sends("刘长河", workbook(head, ("刘长河", "王家村", "正式党员", "支部书记")))
    assert "没变 1 人" in await hall.says("刘长河", "1")


@pytest.mark.parametrize("word", ["1", "2"])
async def test_given_a_known_name_with_other_days_when_asked_then_the_answer_counts(
    word: str, hall: Hall
) -> None:
    head = ("姓名", "单位", "阶段", "申请日期")
    for day in ("2025.2.7", "2026.3.1"):
        await hall.says("孙敏", "导入名单")
        await hall.sends("孙敏", workbook(head, ("王建国", "王家村", "申请人", day)))
        said = await hall.says("孙敏", "1")
        if day == "2026.3.1":
            assert said == (
                "1 行和已有的人同名同单位，日子却都不一样：第 2 行。\n"
                "是同一个人改了日子，还是另一位？\n"
                "1 同一个人，改日子  2 另一位，新加  3 不导了"
            )
            await hall.says("孙敏", word)
        await hall.says("孙敏", "1")
    found = await Person.filter(name="王建国").order_by("applied_on")
    days = [str(person.applied_on) for person in found]
    assert days == (["2026-03-01"] if word == "1" else ["2025-02-07", "2026-03-01"])


async def test_given_an_import_when_nobody_acted_then_it_is_undone_to_the_last_row(
    hall: Hall,
) -> None:
    head = ("姓名", "单位", "阶段", "申请日期", "联系人", "城市")
    await _import(hall, workbook(head, ("王建国", "王家村", "申请人", "2025.2.7", "周德厚", "")))
    before = await _state()
    await _import(
        hall,
        workbook(
            head,
            ("王建国", "王家村", "积极分子", "", "孙敏", "苏州"),
            ("李强", "赵家村", "申请人", "", "周德厚", ""),
        ),
    )
    assert await _state() != before
    asked = await hall.says("孙敏", "撤销导入")
    assert asked.endswith(
        "那次导入：新加的 1 人拿掉，改了的 1 人改回去，发的码作废。\n1 撤掉  2 不撤"
    )
    assert await hall.says("孙敏", "1") == "撤掉了，名册和导入前一样。"
    assert await _state() == before
    assert await hall.says("孙敏", "撤销导入") == "没有能撤的导入。"
    assert await AuditLog.filter(action="roster.import_undone").count() == 1


async def _import(hall: Hall, data: bytes, name: str = "孙敏") -> None:
    await hall.says(name, "导入名单")
    await hall.sends(name, data)
    await hall.says(name, "1")
    assert (await hall.says(name, "1")).startswith("名册导好了")


async def _state() -> list[object]:
    found: list[object] = []
    for model in (Unit, Person, Role, Mentorship, Invitation):
        found += [dict(row) for row in await model.all().order_by("id").values()]
    return found


@pytest.mark.parametrize("act", ["bound", "owed", "contact", "changed", "moved in"])
async def test_given_somebody_who_acted_when_an_import_is_undone_then_nothing_changes(
    act: str, hall: Hall
) -> None:
    head = ("姓名", "单位", "阶段", "联系人")
    await _import(hall, workbook(head, ("王建国", "赵家村", "积极分子", "周德厚"),
                                 ("周德厚", "王家村", "正式党员", "")))  # fmt: skip
    await _act(act, hall)
    await hall.says("孙敏", "撤销导入")
    assert (await hall.says("孙敏", "1")).startswith("导进来的人里有人已经动过了")
    assert await Person.filter(name="王建国").count() == 1
    assert (await RosterImport.get()).undone_at is None


async def _act(act: str, hall: Hall) -> None:
    person = await Person.get(name="王建国")
    now = hall.clock.now()
    if act == "bound":
        await Account.create(platform="onebot11", account_id="x", person=person, self_id="1")
    elif act == "owed":
        await run_tx(
            lambda: delivery.enqueue(
                purpose="x",
                occasion="x",
                target=f"person:{person.id}",
                parts=(Text("x"),),
                now=now,
                priority=Priority.NOTICE,
            )
        )
    elif act == "contact":
        pair = await Mentorship.get(person=person)
        await Contact.create(
            uid="c", mentorship=pair, person=person, entered_by=hall.people["周德厚"],
            contacted_on=now.date(), channel=Channel.PHONE, outcome=Outcome.REACHED,
            source_key="c", entered_at=now,
        )  # fmt: skip
    elif act == "changed":
        await AuditLog.create(at=now, action="x", subject_kind="person", subject_id=person.id)
    else:
        unit = await Unit.get(name="赵家村")
        await Person.filter(name="刘长河").update(home_unit_id=unit.id)


async def test_given_no_officer_when_he_would_import_then_he_may_not(hall: Hall) -> None:
    await hall.person("王建国")
    assert await hall.says("王建国", "导入名单") == "这个我不能给您看。看自己的，回「我的数据」。"
    await hall.sends("王建国", plain_workbook())
    assert await RosterImport.all().count() == 0


async def test_given_a_table_nobody_confirms_when_a_day_is_over_then_it_is_gone(
    hall: Hall,
) -> None:
    await hall.says("孙敏", "导入名单")
    await hall.sends("孙敏", plain_workbook())
    assert len(await files.all_ids()) == 1
    hall.later(hours=25)
    assert await import_keeping.forget_old(now=hall.clock.now()) == 1
    assert await files.all_ids() == []
    assert await hall.says("孙敏", "1") != DONE


async def test_given_a_confirmed_table_when_the_process_ended_then_the_clock_writes_it_once(
    hall: Hall,
) -> None:
    await hall.says("孙敏", "导入名单")
    await hall.sends("孙敏", plain_workbook())
    await RosterImport.all().update(confirmed_at=hall.clock.now())
    assert await import_work.carry_out_waiting() == 1
    assert await import_work.carry_out_waiting() == 0
    assert await Person.filter(name="王建国").count() == 1
    assert len(jobs.JOBS) == 2


async def test_given_a_stop_when_it_is_said_then_nothing_is_kept(hall: Hall) -> None:
    await hall.says("孙敏", "导入名单")
    assert await hall.says("孙敏", "我先找找") == "我在等名单的文件。不导了，回「取消」。"
    assert await hall.says("孙敏", "取消") == "好，不导了，什么都没写。"
    await hall.says("孙敏", "导入名单")
    await hall.sends("孙敏", plain_workbook())
    assert await hall.says("孙敏", "3") == "好，不导了，什么都没写。"
    assert await files.all_ids() == []
