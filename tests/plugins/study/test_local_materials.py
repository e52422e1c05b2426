"""加材料: put together over days, seen by a second person, used in the unit, taken back."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import pytest_asyncio

from core import files
from core.actors import Actor
from core.clock import FrozenClock, at_local
from core.config import Settings
from core.errors import Refusal
from core.messages import Blob, Chat, ChatKind, Media, MediaKind, Text
from models import (
    Account,
    AuditLog,
    Delivery,
    FeedItem,
    LocalMaterial,
    Message,
    PushOrder,
    StudyPlan,
)
from models.enums import DeliveryState, FeedItemState, Form, MaterialState, OrderState
from plugins.delivery import bodies
from plugins.gateway import downloads
from plugins.identity.queries import who_is
from plugins.study import jobs, library, local_materials, local_notices, planning
from plugins.study.library import Library
from tests.core.hostile import pdf_of
from tests.plugins.study.county import County, piece
from tests.plugins.study.reading import reviewed

MONDAY = date(2026, 11, 23)
WAGES = piece("wages", "工钱被拖，先做哪三步", 1)
WORDS = "县里开了讨薪窗口，周一到周五都有人。带上工资条和考勤，身份证件也带着。"
PDF = pdf_of("讨薪窗口开到年底")
SCRIPTED = b"%PDF-1.7\n1 0 obj<</JavaScript 1>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF"
AMR = b"#!AMR\n" + b"\x3c" + b"\0" * 31


@pytest.fixture(autouse=True)
def shelf() -> Iterator[None]:
    library.use(reviewed([WAGES]))
    yield
    library.use(Library.load(library.FOLDER))


@pytest_asyncio.fixture
async def county(
    database: str, keys: object, texts: object, clock: FrozenClock, settings: Settings
) -> County:
    made = County(clock, settings, database)
    await made.plant()
    return made


class Sent:
    """What the platform keeps of files that people send."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def media(self, name: str, data: bytes, kind: MediaKind = MediaKind.FILE) -> Media:
        url = f"test://{len(self.kept)}/{name}"
        self.kept[url] = data
        return Media(kind, name, url=url)

    async def fetch(self, _chat: object, media: Media, *, limit_bytes: int) -> bytes:
        data = self.kept[str(media.url)]
        if len(data) > limit_bytes:
            raise Refusal("file.too_big")
        return data


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    made = Sent()
    monkeypatch.setattr(downloads, "fetch", made.fetch)
    return made


async def bring_in(county: County, name: str = "刘长河", title: str = "讨薪窗口开了") -> str:
    """Bring in a piece of words, valid for three months; return the last answer."""
    for words in ("加材料", WORDS, "完成", title, "县人社局的通知", "11月20日", "2"):
        await county.tells(name, words)
    return await county.tells(name, "1")


async def approved(county: County) -> LocalMaterial:
    await bring_in(county)
    await county.tells("吴芳", "审材料")
    await county.tells("吴芳", "1")
    return await LocalMaterial.get()


async def test_given_a_piece_of_words_when_brought_in_then_each_step_says_what_is_next(
    county: County,
) -> None:
    link = "https://www.example.gov.cn/a/1.html"
    much = f"{len(WORDS)} 字、0 个文件"
    talk = {
        "加材料": "加一件材料：文字、链接、图片、文件、语音，一条条发来。断了也不丢。|"
        "「看看」查看，「完成」往下走，「取消」不要了。",
        WORDS: f"收到，现在有{much}。接着发，好了回「完成」。",
        link: f"收到，现在有{much}、1 个链接。接着发，好了回「完成」。",
        "看看": f"{WORDS}|原文：{link}|"
        f"一共{much}、1 个链接。接着发，好了回「完成」，不要了回「取消」。",
        "完成": "给它起个题目，24 字以内。",
        "讨薪窗口开了": "从哪来的？写文件名字或网站名，比如：县人社局的通知。|1 我们自己写的",
        "县人社局的通知": "那份东西是哪天的？比如 11月20日。|1 今天  2 没有日子",
        "11月20日": "用到哪天？过了那天我就不再给人看。别的日子直接说。|"
        "1 一个月，到12月23日  2 三个月，到2027年2月22日  3 半年，到2027年5月24日",
        "12月31日": f"「讨薪窗口开了」，{much}、1 个链接。|"
        "出处：县人社局的通知。用到12月31日。请第二个人看一眼，看过才能用。|"
        "1 请人看  2 再加点  3 先放着",
        "1": "请吴芳看了。看完我告诉您。看到哪一步，回「我的材料」。",
    }
    for said, answer in talk.items():
        assert await county.tells("刘长河", said) == answer.replace("|", "\n")
    row = await LocalMaterial.get()
    assert (row.state, row.title, row.source) == (
        MaterialState.WAITING, "讨薪窗口开了", "县人社局的通知",
    )  # fmt: skip
    assert (row.source_on, row.effective_until) == (date(2026, 11, 20), date(2026, 12, 31))
    assert (row.link, row.unit_id) == (
        "https://www.example.gov.cn/a/1.html", county.units["王家村"].id,
    )  # fmt: skip
    assert "讨薪" not in repr(row.body_sealed)
    assert await county.told("吴芳") == (
        "刘长河加了一件材料「讨薪窗口开了」，等您看一眼，看过才能用。\n1 现在看"
    )


async def test_given_a_restart_between_any_two_messages_when_going_on_then_nothing_is_lost(
    county: County, sent: Sent
) -> None:
    said: list[str | Media] = [
        "加材料", WORDS, sent.media("通知.pdf", PDF), "完成", "讨薪窗口开了", "县人社局的通知",
        "2", "1", "1",
    ]  # fmt: skip
    for one in said:
        await county.tells("刘长河", one)
        await county.restart()
    row = await LocalMaterial.get()
    assert (row.state, row.source_on) == (MaterialState.WAITING, None)
    await county.told("吴芳")
    for one in ("1", "2 少了个日期"):
        await county.tells("吴芳", one)
        await county.restart()
    assert (await LocalMaterial.get()).state is MaterialState.RETURNED
    assert "「少了个日期」" in await county.told("刘长河")


async def test_given_a_waiting_piece_when_its_proposer_looks_then_he_cannot_pass_it(
    county: County,
) -> None:
    await bring_in(county)
    assert "都看过了" in await county.tells("刘长河", "审材料")
    assert "没有等着" in await county.tells("刘长河", "推送 审核")
    row = await LocalMaterial.get()
    author = await actor_of(county, "刘长河")
    with pytest.raises(Refusal, match=r"study\.local_own"):
        await local_materials.approve(actor=author, uid=row.uid, now=county.clock.now())
    assert (await LocalMaterial.get()).state is MaterialState.WAITING


async def actor_of(county: County, name: str) -> Actor:
    chat = Chat("onebot11", "10001", ChatKind.PRIVATE, name)
    return (await who_is(chat, name, county.clock.now())).actor


@pytest.mark.parametrize("name", ["李国民", "钱进"])
async def test_given_another_branch_or_township_when_it_looks_then_there_is_nothing(
    county: County, name: str
) -> None:
    await bring_in(county)
    assert "都看过了" in await county.tells(name, "审材料")
    row = await LocalMaterial.get()
    with pytest.raises(Refusal, match=r"study\.local_gone"):
        await local_materials.approve(
            actor=await actor_of(county, name), uid=row.uid, now=county.clock.now()
        )


async def test_given_the_township_when_it_passes_a_village_piece_then_the_village_reads_it(
    county: County,
) -> None:
    await bring_in(county)
    heard = await county.tells("孙敏", "推送 审核")
    assert heard == "等着的推送 1 件：\n1 讨薪窗口开了，等您看"
    heard = await county.tells("孙敏", "1")
    assert heard == (
        f"刘长河加的材料「讨薪窗口开了」：\n{WORDS}\n"
        "出处：县人社局的通知，11月20日的。用到2027年2月22日。"
        "退回的话，可以直接回：2 加一句为什么。\n"
        "1 可以发  2 退回  3 先看别的"
    )
    assert "可以用了" in await county.tells("孙敏", "1")
    assert (await AuditLog.filter(action="study.local_approved").get()).actor_id == (
        county.people["孙敏"].id
    )
    assert "孙敏看过了，「讨薪窗口开了」可以用了" in await county.told("刘长河")
    assert await county.tells("王建国", "学习") == "讨薪窗口开了，1 分钟看完。\n1 看"
    assert await county.tells("王建国", "1") == f"{WORDS}\n出处：县人社局的通知。"
    assert "没有题" in await county.tells("王建国", "答题")
    assert "1 讨薪窗口开了" in await county.tells("王建国", "搜 讨薪窗口")
    assert "没找到" in await county.tells("李文斌", "搜 讨薪窗口")
    assert "没找到" in await county.tells("生人", "搜 讨薪窗口")


async def test_given_a_return_with_a_reason_when_told_then_it_is_mended_and_looked_at_again(
    county: County,
) -> None:
    await bring_in(county)
    await county.tells("吴芳", "审材料")
    assert "原话转过去" in await county.tells("吴芳", "2")
    assert "退回了" in await county.tells("吴芳", "时间没写清楚")
    assert await county.told("刘长河") == (
        "吴芳看了「讨薪窗口开了」，想请您改一改：\n「时间没写清楚」\n"
        "东西都在，回「我的材料」接着改。"
    )
    county.later(minutes=5)
    assert "1 讨薪窗口开了，请您改" in await county.tells("刘长河", "我的材料")
    assert "原因：时间没写清楚" in await county.tells("刘长河", "1")
    assert "都在，接着发就行" in await county.tells("刘长河", "1")
    for words in ("上午九点到下午五点都有人值班。", "完成", "讨薪窗口", "1", "1"):
        await county.tells("刘长河", words)
    assert "请吴芳看了" in await county.tells("刘长河", "1")
    row = await LocalMaterial.get()
    assert (row.state, row.source) == (MaterialState.WAITING, "王家村自己写的")
    assert await Delivery.filter(target=f"person:{county.people['吴芳'].id}").count() == 2


async def test_given_nonsense_when_asked_then_the_question_stays(county: County) -> None:
    await county.tells("刘长河", "加材料")
    assert "还没收到内容" in await county.tells("刘长河", "完成")
    await county.tells("刘长河", WORDS)
    await county.tells("刘长河", "完成")
    assert "24 字以内" in await county.tells("刘长河", "很长的题目" * 6)
    await county.tells("刘长河", "讨薪窗口")
    await county.tells("刘长河", "县里")
    assert "没看懂" in await county.tells("刘长河", "天晓得")
    assert "没看懂" in await county.tells("刘长河", "12月30日")  # has not come yet
    assert "用到哪天" in await county.tells("刘长河", "没有日子")
    assert "没看懂" in await county.tells("刘长河", "去年五月")
    assert "没看懂" in await county.tells("刘长河", "2099年1月1日")
    assert "用到12月31日" in await county.tells("刘长河", "12月31日")
    assert "请吴芳看了" in await county.tells("刘长河", "1")
    await county.tells("吴芳", "审材料")
    assert "可以发回 1" in await county.tells("吴芳", "看不懂你说啥")


async def test_given_a_draft_when_cancelled_then_row_and_files_are_gone(
    county: County, sent: Sent, settings: Settings
) -> None:
    await county.tells("刘长河", "加材料")
    await county.tells("刘长河", sent.media("通知.pdf", PDF))
    assert len(list((settings.data_dir / "files").glob("??/*"))) == 1
    assert "不要了" in await county.tells("刘长河", "取消")
    assert not await LocalMaterial.all().exists()
    assert list((settings.data_dir / "files").glob("??/*")) == []
    assert "没有加过材料" in await county.tells("刘长河", "我的材料")


async def test_given_a_draft_left_when_opened_again_then_it_goes_on(county: County) -> None:
    await county.tells("刘长河", "加材料")
    await county.tells("刘长河", WORDS)
    await county.tells("刘长河", "完成")
    for words in ("讨薪窗口", "1", "1"):
        await county.tells("刘长河", words)
    assert "存好了" in await county.tells("刘长河", "3")
    county.later(days=3)
    assert f"{len(WORDS)} 字" in await county.tells("刘长河", "加材料")
    assert await LocalMaterial.all().count() == 1


@pytest.mark.parametrize(
    "case",
    [
        ("a.exe", b"MZ" + b"\0" * 99, MediaKind.FILE, "这种文件我不收"),
        ("a.mp4", b"x", MediaKind.VIDEO, "这种文件我不收"),
        ("a.pdf", SCRIPTED, MediaKind.FILE, "不收"),
        ("a.pdf", b"%PDF-" + b"0" * (11 * 1024 * 1024), MediaKind.FILE, "太大"),
    ],
)
async def test_given_a_bad_file_when_sent_then_it_is_refused_and_the_rest_stays(
    county: County, sent: Sent, settings: Settings, case: tuple[str, bytes, MediaKind, str]
) -> None:
    name, data, kind, answer = case
    await county.tells("刘长河", "加材料")
    await county.tells("刘长河", WORDS)
    heard = await county.tells("刘长河", sent.media(name, data, kind))
    assert answer in heard
    assert f"现在有{len(WORDS)} 字、0 个文件" in heard
    assert list((settings.data_dir / "files").glob("??/*")) == []


async def test_given_numbers_or_secrets_when_sent_then_they_never_reach_the_piece(
    county: County, sent: Sent
) -> None:
    await county.tells("刘长河", "加材料")
    for said in ("联系 13812345678", "身份证 11010519491231002X", "内部资料，请勿外传"):
        heard = await county.tells("刘长河", said)
        assert "我没存" in heard, heard
    await county.tells("刘长河", sent.media("机密 通知.pdf", PDF))
    assert f"现在有{len(WORDS)} 字、0 个文件" in await county.tells("刘长河", WORDS)


async def test_given_too_much_when_sent_then_the_rest_stays(
    county: County, sent: Sent, settings: Settings
) -> None:
    await county.tells("刘长河", "加材料")
    assert "超过 2000 字" in await county.tells("刘长河", "长" * 2001)
    many = [sent.media(f"{n}.pdf", PDF) for n in range(10)]
    assert "最多 9 个" in await county.tells("刘长河", *many)
    assert list((settings.data_dir / "files").glob("??/*")) == []
    assert "9 个文件" in await county.tells("刘长河", *many[:9])


async def test_given_an_approved_piece_when_pushed_then_groups_get_words_link_and_files(
    county: County, sent: Sent
) -> None:
    await county.group("王群", "王家村")
    said: list[str | Media] = [
        "加材料", WORDS, "https://www.example.gov.cn/1", sent.media("通知.pdf", PDF),
        sent.media("a.amr", AMR, MediaKind.VOICE), "完成", "讨薪窗口", "县里", "2", "1", "1",
    ]  # fmt: skip
    for one in said:
        await county.tells("刘长河", one)
    await county.tells("吴芳", "审材料")
    assert {blob.kind for _, blob in county.files} == {MediaKind.FILE, MediaKind.VOICE}
    await county.tells("吴芳", "1")
    assert "发 1 个群" in await county.tells("刘长河", "推送 新建 讨薪窗口")
    assert "请吴芳看了" in await county.tells("刘长河", "1")
    await county.told("吴芳")
    assert "可以发" in await county.tells("吴芳", "1")
    await county.told("刘长河")
    assert "排上了" in await county.tells("刘长河", "确认发送")
    order = await PushOrder.get()
    row = await LocalMaterial.get()
    assert order.material == f"local:{row.uid}"
    owed = await Delivery.get(purpose="study.push")
    assert owed.expires_at is not None
    assert owed.expires_at <= at_local(row.effective_until + timedelta(days=1), 0)
    message = await Message.get(id=owed.message_id)
    parts = bodies.unseal(message.body_sealed, uid=message.uid).parts
    assert parts[0] == Text(
        f"讨薪窗口。\n{WORDS}\n原文：https://www.example.gov.cn/1\n出处：县里。\n这条不用回。"
    )
    names = [part.name for part in parts[1:] if isinstance(part, Blob)]
    assert names == ["通知.pdf", "voice.amr"]
    assert await files.read(parts[1].blob_id) == PDF  # type: ignore[union-attr]
    county.go(at_local(MONDAY + timedelta(days=2), 9))
    assert "1 讨薪窗口" in await county.tells("王建国", "补学")
    assert "现在没有" not in await county.tells("王建国", "1")


async def test_given_a_piece_when_its_last_day_is_over_then_it_is_nowhere(county: County) -> None:
    row = await approved(county)
    assert "讨薪" in await county.tells("王建国", "学习")
    county.go(at_local(row.effective_until, 9))
    assert "讨薪" in await county.tells("王建国", "搜 讨薪窗口")
    county.go(at_local(row.effective_until + timedelta(days=1), 9))
    assert "讨薪" not in await county.tells("王建国", "学习")
    assert "没找到" in await county.tells("王建国", "搜 讨薪窗口")
    assert "没找到" in await county.tells("刘长河", "推送 新建 讨薪窗口开了")
    assert "没有加过材料" in await county.tells("刘长河", "我的材料")


async def test_given_a_piece_past_its_day_when_passed_then_it_is_refused(county: County) -> None:
    await bring_in(county)
    row = await LocalMaterial.get()
    county.go(at_local(row.effective_until + timedelta(days=1), 9))
    await county.tells("吴芳", "审材料")
    assert "过了日子" in await county.tells("吴芳", "1")


async def test_given_a_pushed_piece_when_withdrawn_then_nothing_more_of_it_goes_out(
    county: County,
) -> None:
    await county.group("王群", "王家村")
    row = await approved(county)
    await county.tells("刘长河", "推送 新建 讨薪窗口开了 今天晚上8点")
    await county.tells("刘长河", "1")
    await county.told("吴芳")
    await county.tells("吴芳", "1")
    await county.told("刘长河")
    await county.tells("刘长河", "确认发送")
    assert (await PushOrder.get()).state is OrderState.CONFIRMED
    await county.tells("吴芳", "我的材料")
    await county.tells("刘长河", "我的材料")
    await county.tells("刘长河", "1")
    assert "撤下来了" in await county.tells("刘长河", "1")
    assert (await LocalMaterial.get()).state is MaterialState.WITHDRAWN
    owed = await Delivery.get(purpose="study.push")
    assert (owed.state, owed.reason) == (DeliveryState.CANCELLED, "withdrawn")
    assert "讨薪" not in await county.tells("王建国", "学习")
    other = await actor_of(county, "吴芳")
    with pytest.raises(Refusal, match=r"study\.local_gone"):
        await local_materials.withdraw(actor=other, uid=row.uid, now=county.clock.now())


async def test_given_nobody_else_with_an_account_when_proposed_then_the_draft_stays(
    county: County,
) -> None:
    for name in ("吴芳", "孙敏"):
        await Account.filter(person=county.people[name]).delete()
    assert "还没有第二个人" in await bring_in(county)
    assert (await LocalMaterial.get()).state is MaterialState.DRAFT


async def test_given_a_notice_when_somebody_else_looked_first_then_it_is_not_owed(
    county: County,
) -> None:
    await bring_in(county)
    reference = (await Delivery.get(target=f"person:{county.people['吴芳'].id}")).reference or {}
    assert await local_notices.still_waiting(reference)
    await county.tells("孙敏", "审材料")
    await county.tells("孙敏", "1")
    assert not await local_notices.still_waiting(reference)


async def test_given_two_who_look_at_once_when_both_decide_then_the_second_hears_so(
    county: County,
) -> None:
    await bring_in(county)
    await county.tells("孙敏", "审材料")
    await county.tells("吴芳", "审材料")
    await county.tells("孙敏", "1")
    assert "已经有人看过" in await county.tells("吴芳", "2 不行")
    assert (await LocalMaterial.get()).state is MaterialState.APPROVED


async def test_given_a_draft_of_a_month_ago_when_the_clock_comes_by_then_it_is_thrown_away(
    county: County, sent: Sent, settings: Settings
) -> None:
    await county.tells("刘长河", "加材料")
    await county.tells("刘长河", sent.media("通知.pdf", PDF))
    for days, left in ((29, 1), (31, 0)):
        blobs = await local_materials.prune(now=county.clock.now() + timedelta(days=days))
        assert len(blobs) == 1 - left
        assert await LocalMaterial.all().count() == left
    assert {job.name for job in jobs.JOBS} >= {"study.local_drafts", "study.feeds"}


async def test_given_a_piece_taken_back_a_month_ago_when_the_clock_comes_by_then_it_is_gone(
    county: County, sent: Sent, settings: Settings
) -> None:
    for one in ("加材料", sent.media("通知.pdf", PDF), "完成", "讨薪窗口", "1", "3", "1"):
        await county.tells("刘长河", one)
    await county.tells("刘长河", "我的材料")
    await county.tells("刘长河", "1")
    await county.tells("刘长河", "1")
    assert (await LocalMaterial.get()).state is MaterialState.WITHDRAWN
    for days, left in ((30, 1), (31, 0)):
        blobs = await local_materials.prune(now=county.clock.now() + timedelta(days=days))
        assert (len(blobs), await LocalMaterial.all().count()) == (1 - left, left)


async def test_given_a_worker_when_he_brings_something_in_then_he_may_not(county: County) -> None:
    assert "不能给您看" in await county.tells("王建国", "加材料")


async def test_given_a_recording_when_passed_then_it_is_the_voice_of_the_piece_there(
    county: County, sent: Sent
) -> None:
    here, there = await county.group("王群", "王家村"), await county.group("李群", "李家村")
    await StudyPlan.create(
        unit=county.units["柳河乡"], form=Form.VOICE, changed_at=county.clock.now()
    )
    assert "给「工钱被拖，先做哪三步」录音" in await county.tells("刘长河", "加材料 录音 工钱被拖")
    assert "只收一条语音" in await county.tells("刘长河", "我念一段")
    await county.tells("刘长河", sent.media("a.amr", AMR, MediaKind.VOICE))
    again = AMR + b"\x3c" + b"\0" * 31
    heard = await county.tells("刘长河", sent.media("b.amr", again, MediaKind.VOICE))
    assert "0 字、1 个文件" in heard
    assert "请吴芳看了" in await county.tells("刘长河", "完成")
    assert "听听念得对不对" in await county.tells("吴芳", "审材料")
    assert county.files[-1][1].kind is MediaKind.VOICE
    await county.tells("吴芳", "1")
    assert "录音可以用了" in await county.told("刘长河")
    await planning.plan_digests(now=county.clock.now())
    county.go(at_local(MONDAY, 20))
    assert await planning.plan_digests(now=county.clock.now()) == 2
    heard = {}
    for group in (here, there):
        row = await Delivery.get(target=f"group:{group.id}")
        message = await Message.get(id=row.message_id)
        heard[group.id] = bodies.unseal(message.body_sealed, uid=message.uid).parts
    assert len(heard[there.id]) == 1
    assert await files.read(heard[here.id][1].blob_id) == again  # type: ignore[union-attr]
    assert "录音" not in await county.tells("王建国", "搜 录音")


async def test_given_a_recording_of_no_such_piece_when_begun_then_it_asks_which(
    county: County,
) -> None:
    assert "是给哪一篇" in await county.tells("刘长河", "加材料 录音 天上的云")
    assert "是给哪一篇" in await county.tells("刘长河", "加材料 录音")
    assert not await LocalMaterial.all().exists()


async def test_given_a_title_of_a_feed_when_summed_up_and_passed_then_it_is_pushed_with_its_link(
    county: County,
) -> None:
    await FeedItem.create(
        source="县政府网", key="1", title="冬天用电", link="https://a.example/1",
        published_on=date(2026, 11, 20), found_at=county.clock.now(), state=FeedItemState.NEW,
    )  # fmt: skip
    await county.group("王群", "王家村")
    assert "1 冬天用电" in await county.tells("刘长河", "来稿")
    assert "https://a.example/1" in await county.tells("刘长河", "1")
    assert "请用自己的话写" in await county.tells("刘长河", "1")
    assert "等另一位看过再发" in await county.tells("刘长河", WORDS)
    assert "「冬天用电」，等您看一眼" in await county.told("吴芳")
    heard = await county.tells("吴芳", "1")
    assert f"{WORDS}\n原文：https://a.example/1\n出处：县政府网，11月20日的。" in heard
    assert "可以用了" in await county.tells("吴芳", "1")
    assert "「冬天用电」，发 1 个群" in await county.tells("刘长河", "推送 新建 冬天用电")
    heard = await county.tells("刘长河", "2")
    assert heard.startswith(
        f"冬天用电。\n{WORDS}\n原文：https://a.example/1\n出处：县政府网。\n这条不用回。"
    )
