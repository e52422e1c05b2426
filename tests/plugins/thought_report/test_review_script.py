"""Reading, the kind return and the second version: the sentences of the script book, 3.5."""

import asyncio
from datetime import date

import pytest

from core import files
from core.actors import ConsentKind, Stage
from core.errors import Refusal
from models import (
    AuditLog,
    Delivery,
    ReadLog,
    ReportPart,
    ReportReview,
    Role,
    ThoughtReport,
)
from models.enums import DeliveryState, ReportState, ReviewDecision
from plugins.identity.queries import who_is
from plugins.thought_report import policy, review
from plugins.thought_report.review import REVIEWED
from tests.plugins.thought_report.conftest import Village, Wire
from tests.plugins.thought_report.talk import owed

HANDED_IN = date(2026, 12, 18)
READ = date(2026, 12, 21)
LONG = "敬爱的党组织：到南港这阵子，我一边上班一边学习，" * 8
ASKED = "落款少个日期。上次说的夜校上了没有，也写两句"
HOW = "想看经过，回「我的汇报 四季度」。"
OPTIONS = "1 通过  2 请补充  3 退回  4 放着"
# What is said beside LONG: it has a salutation and a body, the rest may be on the photos.
BESIDE = "供参考：文字 192 字；没看到结尾的话、落款名字、日期，别的都在；照片里的字我看不了"


async def hand_in(village: Village, wire: Wire, name: str = "王建国", photos: int = 2) -> None:
    talk = village.talks[name]
    await talk.says("交汇报")
    await talk.says(LONG, *[wire.photo(f"{n}.jpg") for n in range(photos)])
    assert (await talk.says("完成")).startswith("交上了")


@pytest.fixture
async def handed_in(village: Village, wire: Wire) -> Village:
    """王建国 handed in on the 18th, 陈玉梅 on the 21st; 周德厚 reads on the 21st, 20:10."""
    await village.person("陈玉梅", Stage.DEVELOPMENT_TARGET)
    await village.mentor("陈玉梅", "周德厚")
    village.go(HANDED_IN, 9, 24)
    await hand_in(village, wire)
    village.go(READ, 12)
    await hand_in(village, wire, "陈玉梅", photos=1)
    village.go(READ, 20, 10)
    return village


async def test_given_the_script_when_a_report_is_returned_and_mended_then_every_word_is_there(
    handed_in: Village, wire: Wire
) -> None:
    wang, zhou = handed_in.talks["王建国"], handed_in.talks["周德厚"]
    assert await zhou.says("阅汇报") == (
        "等您看的 2 份：\n1 王建国，3 页，等了 3 天  2 陈玉梅，2 页，今天到"
    )
    assert await zhou.says("1") == (
        f"第 1 页：\n{LONG}\n第 2 到 3 页照片，在上面。\n王建国 四季度。{BESIDE}。\n{OPTIONS}"
    )
    assert [blob.name for blob in zhou.blobs] == ["第2页.jpg", "第3页.jpg"]
    assert await zhou.says(f"请补充 {ASKED}") == "原话转给王建国了。他补好我告诉您。"
    (told,) = await owed(REVIEWED)
    assert told == (
        "周德厚看了您的四季度汇报，想请您补一点：\n"
        f"「{ASKED}」\n"
        "3 页都在，不用重写。回「补汇报」接着加。"
    )
    assert await wang.says("补汇报") == (
        "3 页都在。加页直接发，换页回「换第3页」，好了回「完成」。"
    )
    await wang.says("", wire.photo("4.jpg"))
    assert await wang.says("完成") == "交上了，第 2 版，4 页。第 1 版也留着。周德厚接着看。"
    assert (await zhou.says("阅汇报")).startswith("等您看的 2 份：\n1 陈玉梅，2 页，今天到")
    assert (await zhou.says("2")).endswith(f"王建国 四季度，第 2 版。{BESIDE}。\n{OPTIONS}")
    assert await zhou.says("1") == "记下了：王建国第 2 版，您看过，没有要补的。转刘长河看。"
    assert (await owed(REVIEWED))[-1] == "周德厚看过了，没有要补的，接着刘长河看。"
    states = await ThoughtReport.filter(person=handed_in.people["王建国"]).order_by("version")
    assert [report.state for report in states] == [
        ReportState.SUPERSEDED, ReportState.WAITING_SECRETARY,
    ]  # fmt: skip
    liu = handed_in.talks["刘长河"]
    assert await liu.says("阅汇报") == "等您看的 1 份：\n1 王建国，4 页，今天到"
    await liu.says("1")
    assert await liu.says("通过") == "记下了：王建国第 2 版，您看过，没有要补的。"
    assert (await owed(REVIEWED))[-1] == "刘长河看过了您的四季度汇报，没有要补的。"
    assert await liu.says("阅汇报") == "现在没有等您看的汇报。"


async def test_given_pages_of_a_version_when_the_next_is_written_then_the_first_stays_as_it_was(
    handed_in: Village, wire: Wire
) -> None:
    wang, zhou = handed_in.talks["王建国"], handed_in.talks["周德厚"]
    first = await ThoughtReport.get(person=handed_in.people["王建国"])
    before = await ReportPart.filter(draft_id=first.draft_id).order_by("position").values()
    await zhou.says("阅汇报")
    await zhou.says("1")
    await zhou.says("请补充 写两句")
    await wang.says("补汇报")
    await wang.says("删第1页")
    await wang.says("完成")
    assert await ReportPart.filter(draft_id=first.draft_id).order_by("position").values() == before
    second = await ThoughtReport.get(person=handed_in.people["王建国"], version=2)
    parts = await ReportPart.filter(draft_id=second.draft_id).order_by("position")
    assert [part.blob_id for part in parts] == [before[1]["blob_id"], before[2]["blob_id"]]


async def test_given_a_version_dropped_when_files_are_forgotten_then_the_first_keeps_its_own(
    handed_in: Village, settings: object
) -> None:
    wang = handed_in.talks["王建国"]
    await wang.says("补汇报")
    assert await wang.says("取消") == ("新的一版不要了吗？交过的那版还在。\n1 留着以后写  2 不要了")
    assert await wang.says("2") == "好，新的一版不要了，交过的那版还在。"
    zhou = handed_in.talks["周德厚"]
    await zhou.says("阅汇报")
    assert "第 2 到 3 页照片，在上面。" in await zhou.says("1")
    assert all([await files.read(blob.blob_id) for blob in zhou.blobs])


async def test_given_a_version_without_a_change_when_it_is_handed_in_then_it_waits(
    handed_in: Village,
) -> None:
    wang = handed_in.talks["王建国"]
    await wang.says("补汇报")
    assert await wang.says("完成") == ("还没有新的页。加了、换了再回「完成」，不改了回「取消」。")


async def test_given_a_page_to_replace_when_the_new_one_comes_then_it_takes_its_place(
    handed_in: Village, wire: Wire
) -> None:
    wang = handed_in.talks["王建国"]
    await wang.says("补汇报")
    assert await wang.says("换第3页") == "好，把新的第 3 页发来，来了就换上。"
    assert await wang.says("", wire.photo("new.jpg")) == "第 3 页换上了，共 3 页。"
    assert (await wang.says("完成")).startswith("交上了，第 2 版，3 页。")


async def test_given_a_report_opened_when_it_is_read_then_its_author_may_learn_of_it(
    handed_in: Village,
) -> None:
    zhou = handed_in.talks["周德厚"]
    await zhou.says("阅汇报")
    await zhou.says("1")
    look = await ReadLog.get()
    assert (look.person_id, look.reader_id, look.reader_role, look.what) == (
        handed_in.people["王建国"].id, handed_in.people["周德厚"].id, "mentor",
        "thought_report:2026Q4",
    )  # fmt: skip


@pytest.mark.parametrize("word", ["通过", "请补充 写两句", "退回 重写一下"])
async def test_given_two_hours_over_when_a_word_of_review_is_typed_then_the_list_comes(
    handed_in: Village, word: str
) -> None:
    zhou = handed_in.talks["周德厚"]
    await zhou.says("阅汇报")
    await zhou.says("1")
    handed_in.wait(policy.OPENED_LIFE.total_seconds() + 1)
    assert (await zhou.says(word)).startswith("等您看的 2 份：")
    assert await ReportReview.all().count() == 0


async def test_given_nothing_opened_when_a_word_of_review_is_typed_then_the_list_comes(
    handed_in: Village,
) -> None:
    assert (await handed_in.talks["周德厚"].says("通过")).startswith("等您看的 2 份：")


@pytest.mark.parametrize(("number", "word"), [("2", "请补充"), ("3", "退回")])
async def test_given_no_reason_when_more_is_asked_for_then_one_sentence_is_wanted(
    handed_in: Village, number: str, word: str
) -> None:
    zhou = handed_in.talks["周德厚"]
    wanted = "写一句要补什么就行，我原话转给他。"
    await zhou.says("阅汇报")
    await zhou.says("1")
    assert await zhou.says(word) == wanted
    await zhou.says("阅汇报")
    await zhou.says("1")
    assert await zhou.says(number) == wanted
    assert await zhou.says("落款少个日期") == "原话转给王建国了。他补好我告诉您。"
    told = (await owed(REVIEWED))[0]
    assert "\n「落款少个日期」\n3 页都在，" in told
    assert "退回" not in told
    report = await ThoughtReport.get(person=handed_in.people["王建国"])
    assert report.state is ReportState.RETURNED


async def test_given_a_very_long_reason_when_it_is_typed_then_a_shorter_one_is_wanted(
    handed_in: Village,
) -> None:
    zhou = handed_in.talks["周德厚"]
    await zhou.says("阅汇报")
    await zhou.says("1")
    assert await zhou.says(f"请补充 {'写' * 301}") == "这段太长，转不了，请写在 300 字以内。"


async def test_given_a_report_laid_aside_when_the_list_is_asked_for_then_it_waits_on(
    handed_in: Village,
) -> None:
    zhou = handed_in.talks["周德厚"]
    await zhou.says("阅汇报")
    await zhou.says("1")
    assert await zhou.says("4") == "好，先放着。想看了回「阅汇报」。"
    assert (await zhou.says("阅汇报")).startswith("等您看的 2 份：")


async def test_given_two_mentors_when_both_answer_at_once_then_one_answer_counts(
    handed_in: Village,
) -> None:
    await handed_in.person("李秀兰", Stage.FULL_MEMBER)
    await handed_in.mentor("王建国", "李秀兰")
    uid = (await ThoughtReport.get(person=handed_in.people["王建国"])).uid
    now = handed_in.clock.now()
    actors = [
        (await who_is(handed_in.talks[name].chat, handed_in.talks[name].account_id, now)).actor
        for name in ("周德厚", "李秀兰")
    ]
    results = await asyncio.gather(
        *(
            review.decide(actor=actor, uid=uid, decision=ReviewDecision.PASSED, reason="", now=now)
            for actor in actors
        ),
        return_exceptions=True,
    )
    refused = [result for result in results if isinstance(result, Refusal)]
    assert [refusal.key for refusal in refused] == ["thought_report.just_read"]
    assert await ReportReview.all().count() == 1
    assert len(await owed(REVIEWED)) == 1


async def test_given_a_newer_version_when_the_old_one_is_answered_then_it_is_said(
    handed_in: Village, wire: Wire
) -> None:
    wang, zhou = handed_in.talks["王建国"], handed_in.talks["周德厚"]
    await zhou.says("阅汇报")
    await zhou.says("1")
    await wang.says("补汇报")
    await wang.says("", wire.photo())
    await wang.says("完成")
    assert await zhou.says("1") == "王建国刚交了新的一版。回「阅汇报」看新的。"


async def test_given_somebody_elses_report_when_it_is_opened_then_nothing_is_told_of_it(
    handed_in: Village,
) -> None:
    await handed_in.person("李秀兰", Stage.FULL_MEMBER)
    uid = (await ThoughtReport.get(person=handed_in.people["王建国"])).uid
    lan = handed_in.talks["李秀兰"]
    actor = (await who_is(lan.chat, lan.account_id, handed_in.clock.now())).actor
    for wanted in (uid, "0" * 32):
        with pytest.raises(Refusal) as refusal:
            await review.open_report(actor=actor, uid=wanted, now=handed_in.clock.now())
        assert refusal.value.key == "thought_report.not_waiting"
    assert await ReadLog.all().count() == 0


async def test_given_the_secretary_asked_when_a_new_version_comes_then_it_is_his_again(
    handed_in: Village, wire: Wire
) -> None:
    wang, zhou, liu = (handed_in.talks[name] for name in ("王建国", "周德厚", "刘长河"))
    await zhou.says("阅汇报")
    await zhou.says("1")
    assert await zhou.says("1") == ("记下了：王建国四季度汇报，您看过，没有要补的。转刘长河看。")
    await liu.says("阅汇报")
    await liu.says("1")
    await liu.says("请补充 写写打算")
    await wang.says("补汇报")
    await wang.says("", wire.photo())
    assert await wang.says("完成") == "交上了，第 2 版，4 页。第 1 版也留着。刘长河接着看。"


async def test_given_no_mentor_when_a_report_is_handed_in_then_the_branch_reads_first(
    village: Village, wire: Wire
) -> None:
    await village.person("李强", Stage.PROBATIONARY_MEMBER)
    village.go(HANDED_IN, 9)
    li = village.talks["李强"]
    await li.says("交汇报")
    await li.says(LONG)
    assert await li.says("完成") == (
        "交上了，1 页，今天 9:00。\n刘长河先看，一般两周内，看完我告诉您。"
    )
    assert (await village.talks["刘长河"].says("阅汇报")).startswith("等您看的 1 份：")


async def test_given_a_mentor_who_is_the_secretary_when_he_has_read_then_it_is_done(
    handed_in: Village,
) -> None:
    await Role.all().delete()
    await handed_in.office("周德厚")
    zhou = handed_in.talks["周德厚"]
    await zhou.says("阅汇报")
    await zhou.says("1")
    assert await zhou.says("1") == (
        "记下了：王建国四季度汇报，您看过，没有要补的。\n支部这边也是您看，看这一遍就够了。"
    )
    report = await ThoughtReport.get(person=handed_in.people["王建国"])
    assert report.state is ReportState.DONE
    assert report.reviewed_at == handed_in.clock.now()


async def test_given_a_decision_when_it_is_committed_then_the_audit_names_no_words(
    handed_in: Village,
) -> None:
    zhou = handed_in.talks["周德厚"]
    await zhou.says("阅汇报")
    await zhou.says("1")
    await zhou.says(f"请补充 {ASKED}")
    row = await AuditLog.get(action="thought_report.review")
    assert row.detail == {"decision": "supplement", "as_mentor": True}
    said = await ReportReview.get()
    assert said.reason_sealed is not None
    assert ASKED[:4].encode() not in bytes(said.reason_sealed)


async def test_given_a_long_report_when_it_is_read_then_it_comes_in_parts(
    village: Village, wire: Wire
) -> None:
    village.go(HANDED_IN, 9)
    wang, zhou = village.talks["王建国"], village.talks["周德厚"]
    await wang.says("交汇报")
    for _ in range(3):
        await wang.says("写" * 800)
    await wang.says("完成")
    await zhou.says("阅汇报")
    first = await zhou.says("1")
    assert first.endswith("后面还有 2 页。\n1 下一页  2 放着")
    assert (await zhou.says("1")).endswith("后面还有 1 页。\n1 下一页  2 放着")
    assert (await zhou.says("1")).endswith(
        "王建国 四季度。供参考：文字 2400 字；没看到称呼、结尾的话、落款名字、日期。\n" + OPTIONS
    )
    assert await ReadLog.all().count() == 1


async def test_given_an_earlier_report_when_the_next_is_read_then_the_days_between_are_said(
    village: Village, wire: Wire
) -> None:
    await village.collects("2026Q3", date(2026, 9, 1), date(2026, 9, 30))
    wang, zhou = village.talks["王建国"], village.talks["周德厚"]
    await wang.says("交汇报 三季度")
    await wang.says(LONG)
    await wang.says("完成")
    village.go(HANDED_IN, 9)
    await hand_in(village, wire)
    assert await zhou.says("阅汇报") == (
        "等您看的 2 份：\n1 王建国的三季度，1 页，等了 25 天  2 王建国的四季度，3 页，今天到"
    )
    assert (await zhou.says("1")).endswith(
        f"\n王建国 三季度，补交。{BESIDE.rsplit('；', 1)[0]}。\n{OPTIONS}"
    )
    await zhou.says("阅汇报")
    assert (await zhou.says("2")).endswith(f"\n王建国 四季度。{BESIDE}；离上次 25 天。\n{OPTIONS}")


async def test_given_reports_in_every_state_when_the_author_asks_then_plain_words_say_it(
    handed_in: Village, wire: Wire
) -> None:
    wang, zhou, liu = (handed_in.talks[name] for name in ("王建国", "周德厚", "刘长河"))
    assert await wang.says("我的汇报") == "四季度：12月18日交的，3 页，等周德厚看。\n" + HOW
    await zhou.says("阅汇报")
    await zhou.says("1")
    await zhou.says("请补充 写两句")
    assert (
        await wang.says("汇报看了没") == "四季度：周德厚想请您补一点，回「补汇报」接着加。\n" + HOW
    )
    await wang.says("补汇报")
    await wang.says("", wire.photo())
    assert await wang.says("我的汇报") == (
        "四季度：在写，4 页，还没交，接着发就行。\n"
        "四季度：周德厚想请您补一点，回「补汇报」接着加。\n" + HOW
    )
    await wang.says("完成")
    await zhou.says("阅汇报")
    await zhou.says("2")
    await zhou.says("1")
    assert await wang.says("我的汇报") == "四季度：12月21日交的，4 页，接着刘长河看。\n" + HOW
    await liu.says("阅汇报")
    await liu.says("1")
    await liu.says("1")
    assert await wang.says("我的汇报") == "四季度：12月21日交的，4 页，看过了，没有要补的。\n" + HOW


async def test_given_more_than_six_when_the_list_is_shown_then_the_rest_is_counted(
    village: Village, wire: Wire
) -> None:
    village.go(HANDED_IN, 9)
    for number in range(8):
        name = f"某{number}"
        await village.person(name, consents=tuple(ConsentKind))
        await village.mentor(name, "周德厚")
        await hand_in(village, wire, name, photos=0)
    listed = await village.talks["周德厚"].says("阅汇报")
    assert listed.startswith("等您看的 8 份：\n还有 2 份，看完这些再回「阅汇报」。\n1 某0，")
    assert "7 某6" not in listed


async def test_given_a_mentor_when_a_report_comes_in_then_nothing_is_sent_to_him(
    handed_in: Village,
) -> None:
    mentor = handed_in.people["周德厚"]
    owed_to_him = Delivery.filter(target=f"person:{mentor.id}", state=DeliveryState.DUE)
    assert await owed_to_him.count() == 0


@pytest.mark.parametrize("what", ["answered", "midnight", "an hour"])
async def test_given_a_receipt_of_before_when_finish_is_typed_again_then_it_is_not_repeated(
    village: Village, wire: Wire, what: str
) -> None:
    village.go(HANDED_IN, 23, 50)
    await hand_in(village, wire)
    wang, zhou = village.talks["王建国"], village.talks["周德厚"]
    assert (await wang.says("完成")).startswith("交上了，3 页，今天 23:50。")
    if what == "answered":
        await zhou.says("阅汇报")
        await zhou.says("1")
        await zhou.says("请补充 写两句")
    village.wait({"answered": 1, "midnight": 700, "an hour": 3601}[what])
    assert await wang.says("完成") == "现在没有在写的汇报。要写，回「交汇报」。"


async def test_given_two_reports_when_one_is_to_be_mended_then_that_one_is_opened(
    village: Village, wire: Wire
) -> None:
    await village.collects("2026Q3", date(2026, 9, 1), date(2026, 9, 30))
    wang, zhou = village.talks["王建国"], village.talks["周德厚"]
    await wang.says("交汇报 三季度")
    await wang.says(LONG)
    await wang.says("完成")
    village.go(HANDED_IN, 9)
    await hand_in(village, wire)
    await zhou.says("阅汇报")
    await zhou.says("1")
    await zhou.says("请补充 写两句")
    assert (await wang.says("补汇报")).startswith("1 页都在。")


async def test_given_a_message_of_the_first_version_when_it_comes_again_then_it_adds_nothing(
    village: Village,
) -> None:
    village.go(HANDED_IN, 9)
    wang = village.talks["王建国"]
    await wang.says("交汇报")
    await wang.says(LONG, key="same")
    await wang.says("完成")
    await wang.says("补汇报")
    assert await wang.says(LONG, key="same") == ""
    assert await wang.says("完成") == ("还没有新的页。加了、换了再回「完成」，不改了回「取消」。")
