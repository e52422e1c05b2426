"""How long things are kept: each rule at its day, twice without harm, counts alone in the log."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import config, logs
from core.config import Privacy, Settings
from core.database import run_tx
from core.messages import Text
from models import (
    Account,
    AuditLog,
    Contact,
    Correction,
    Invitation,
    Mentorship,
    Person,
    ReadLog,
    Rebinding,
    ReportDraft,
    ReportOriginal,
    ReportPart,
    ThoughtReport,
    Unreached,
)
from plugins.delivery import service as delivery
from plugins.privacy import retention
from tests.plugins.privacy.conftest import at, kept_files
from tests.plugins.privacy.test_privacy_script import report


async def run(branch: Any, **later: int) -> dict[str, int]:
    """Let time pass and let go twice: the second time there is nothing."""
    branch.clock.advance_to(branch.clock.now() + timedelta(**later))
    would = await retention.counts(now=branch.clock.now())
    gone = await retention.run(now=branch.clock.now())
    assert all(gone[rule] >= count for rule, count in would.items())
    again = await retention.run(now=branch.clock.now())
    assert set(again.values()) == {0}
    return gone


async def test_given_a_fresh_branch_when_it_runs_then_nothing_goes(branch: Any) -> None:
    branch.go(at(12, 2, 18))
    await report(branch)
    assert set((await run(branch)).values()) == {0}


async def test_given_a_dropped_draft_when_thirty_days_pass_then_it_is_forgotten(
    branch: Any,
) -> None:
    branch.go(at(12, 2, 18))
    await branch.says("王建国", "交汇报")
    await branch.says("王建国", "", branch.picture(1))
    await branch.says("王建国", "取消")
    await branch.says("王建国", "2")
    assert await ReportDraft.all().count() == 1
    assert (await run(branch, days=29))["thought_report.dropped_drafts"] == 0
    assert (await run(branch, days=2))["thought_report.dropped_drafts"] == 1
    assert await ReportDraft.all().count() == 0


async def test_given_pages_whose_original_is_filed_when_thirty_days_pass_then_the_report_stays(
    branch: Any, settings: Settings
) -> None:
    branch.go(at(12, 2, 18))
    await report(branch)
    await branch.says("王建国", "补汇报")
    await branch.says("王建国", "", branch.picture(9))
    await branch.says("王建国", "完成")
    await report(branch, "陈玉梅")
    me = branch.people["王建国"].id
    received = await ReportOriginal.create(
        uid="0" * 32, person_id=me, quarter="2026Q4", received_on=at(12, 5).date(),
        received_by_id=branch.people["刘长河"].id, standing_key=f"{me}:2026Q4", source_key="paper",
        entered_at=at(12, 5),
    )  # fmt: skip
    branch.go(at(1, 4, 3, 40, year=2027))
    assert (await run(branch))["thought_report.report_copies"] == 0
    branch.go(at(1, 5, 3, 40, year=2027))
    # A mark that was taken back lets nothing go.
    await ReportOriginal.filter(id=received.id).update(standing_key=None)
    assert (await run(branch))["thought_report.report_copies"] == 0
    await ReportOriginal.filter(id=received.id).update(standing_key=received.standing_key)
    assert (await run(branch))["thought_report.report_copies"] == 2
    assert await ThoughtReport.filter(person_id=me).count() == 2
    assert await ReportPart.filter(draft__person_id=me).count() == 0
    assert len(kept_files(settings)) == await ReportPart.filter(blob_id__isnull=False).count() == 2


async def test_given_a_pair_that_parted_when_a_year_passes_then_its_contacts_go(
    branch: Any,
) -> None:
    await branch.says("周德厚", "昨天跟建国打电话了 挺好")
    assert (await run(branch, days=400))["mentoring.contacts"] == 0
    await Mentorship.all().update(until_on=at(12, 1, year=2027).date())
    branch.go(at(11, 30, year=2028))
    assert (await run(branch))["mentoring.contacts"] == 0
    branch.go(at(12, 2, year=2028))
    assert (await run(branch))["mentoring.contacts"] == 1
    assert await Contact.all().count() == 0


async def test_given_acts_and_looks_when_three_years_pass_then_they_are_not_known_any_more(
    branch: Any,
) -> None:
    branch.go(at(12, 2, 18))
    await report(branch)
    await branch.says("周德厚", "阅汇报")
    await branch.says("周德厚", "1")
    gone = await run(branch, days=1094)
    assert (gone["identity.audit"], gone["identity.looks"]) == (0, 0)
    acts = await AuditLog.all().count()
    gone = await run(branch, days=2)
    assert (gone["identity.audit"], gone["identity.looks"]) == (acts, 1)
    assert await ReadLog.all().count() == 0


async def test_given_codes_when_nobody_can_use_them_any_more_then_they_go_and_used_ones_stay(
    branch: Any,
) -> None:
    await branch.person("马小军", bound=False)
    code = await branch.code("马小军")
    await branch.says("2001", code)
    await branch.says("2001", "马小军")
    await branch.says("2001", "1")
    await branch.code("陈玉梅")
    assert (await run(branch, days=60))["identity.unused_codes"] == 0
    assert (await run(branch, days=1))["identity.unused_codes"] == 1
    assert await Invitation.all().count() == 1
    assert await branch.says("9001", code) == (
        "这个码用过了。是您自己用的就回「菜单」；不是，请马上告诉支书。"
    )


async def test_given_decided_requests_when_three_months_pass_then_they_go(branch: Any) -> None:
    await branch.says("王建国", "更正 姓名 王健国")
    await branch.says("刘长河", "等点头")
    await branch.says("刘长河", "2")
    code = await branch.code("王建国")
    await branch.says("新号", code)
    await branch.says("新号", "王建国")
    await branch.says("周德厚", "等点头")
    await branch.says("周德厚", "2")
    gone = await run(branch, days=89)
    assert (gone["privacy.corrections"], gone["privacy.rebindings"]) == (0, 0)
    gone = await run(branch, days=2)
    assert (gone["privacy.corrections"], gone["privacy.rebindings"]) == (1, 1)
    assert await Correction.all().count() + await Rebinding.all().count() == 0


async def test_given_somebody_who_left_when_thirty_days_pass_then_everything_is_erased(
    branch: Any, settings: Settings
) -> None:
    branch.go(at(12, 2, 18))
    await report(branch)
    await branch.says("王建国", "撤回同意")
    assert "30 天内删" in await branch.says("王建国", "2")
    assert await branch.says("王建国", "1") == (
        "撤回了，号也解开了。以后我不再找您。申请照旧找支部办。"
    )
    assert [to for to, _ in await branch.deliver()] == []
    assert (await run(branch, days=29))["privacy.left"] == 0
    assert len(kept_files(settings)) == 2
    assert (await run(branch, days=1))["privacy.left"] == 1
    assert kept_files(settings) == []
    assert (await Person.get(id=branch.people["王建国"].id)).erased_on is not None


async def test_given_somebody_who_left_when_he_comes_back_in_time_then_nothing_is_erased(
    branch: Any,
) -> None:
    await branch.says("王建国", "撤回同意")
    await branch.says("王建国", "2")
    await branch.says("王建国", "1")
    branch.go(at(12, 20))
    await branch.says("王建国", await branch.code("王建国"))
    await branch.says("王建国", "王建国")
    await branch.says("王建国", "1")
    await branch.says("王建国", "1")
    assert (await run(branch, days=60))["privacy.left"] == 0
    assert (await Person.get(id=branch.people["王建国"].id)).name == "王建国"


async def test_given_somebody_who_left_when_nothing_reaches_him_then_no_mentor_is_asked_to_phone(
    branch: Any,
) -> None:
    await branch.says("王建国", "撤回同意")
    await branch.says("王建国", "2")
    await branch.says("王建国", "1")
    me = branch.people["王建国"].id
    await run_tx(
        lambda: delivery.enqueue(
            purpose="x",
            occasion="1",
            target=f"person:{me}",
            parts=(Text("有件事"),),
            now=branch.clock.now(),
            priority=10,
        )
    )
    assert await branch.deliver() == []
    assert await Unreached.all().count() == 0


async def test_given_settings_when_they_differ_then_the_rules_follow_them(branch: Any) -> None:
    shorter = Privacy(invitation_keep_days=1, left_days=1)
    config.use(config.settings().model_copy(update={"privacy": shorter}))
    await branch.code("陈玉梅")
    await Invitation.all().update(withdrawn_at=branch.clock.now())
    await branch.says("王建国", "撤回同意")
    await branch.says("王建国", "2")
    await branch.says("王建国", "1")
    gone = await run(branch, days=2)
    assert (gone["identity.unused_codes"], gone["privacy.left"]) == (1, 1)


async def test_given_more_than_a_batch_when_it_runs_then_all_of_it_goes(
    branch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_BATCH", 3)
    for _ in range(8):
        await AuditLog.create(at=branch.clock.now(), action="x", subject_kind="x", detail={})
    many = await AuditLog.all().count()
    assert (await run(branch, days=1100))["identity.audit"] == many >= 8


async def test_given_rows_past_their_time_when_it_runs_then_the_log_says_counts_and_no_names(
    branch: Any, tmp_path: Path
) -> None:
    logs.setup(tmp_path / "logs")
    await branch.code("陈玉梅")
    await run(branch, days=1100)
    (log,) = (tmp_path / "logs").glob("*.log")
    lines = log.read_text("utf-8").splitlines()
    logs.setup(None, "INFO")
    assert not any("王建国" in line for line in lines)
    past = [line for line in lines if "past_its_time" in line]
    assert past
    assert all("rule=" in line and "count=" in line for line in past)


async def test_given_accounts_of_nobody_when_nothing_waits_for_them_then_they_are_forgotten(
    branch: Any,
) -> None:
    await branch.says("新号", await branch.code("王建国"))
    await branch.says("新号", "王建国")
    await branch.says("陈玉梅", "解绑")
    await branch.says("陈玉梅", "1")
    assert (await run(branch))["identity.loose_accounts"] == 1
    assert await Account.filter(account_id="陈玉梅").count() == 0
    assert await Account.filter(account_id="新号").count() == 1
    await branch.says("周德厚", "等点头")
    await branch.says("周德厚", "1")
    assert (await run(branch))["identity.loose_accounts"] == 1
    assert await Account.filter(account_id="王建国").count() == 0
    branch.go(at(3, 1, year=2027))
    assert (await run(branch))["identity.loose_accounts"] == 0
    assert (await Account.get(account_id="新号")).person_id == branch.people["王建国"].id


async def test_given_somebody_who_comes_back_in_between_when_rows_are_let_go_then_his_stay(
    branch: Any,
) -> None:
    await branch.says("陈玉梅", "解绑")
    await branch.says("陈玉梅", "1")
    account = await Account.get(account_id="陈玉梅")
    (rule,) = [one for _, one in retention.rules() if one.name == "loose_accounts"]
    me = branch.people["陈玉梅"].id
    await Account.filter(id=account.id).update(person_id=me)
    now = branch.clock.now()
    await run_tx(lambda: retention._let_go(rule, [account.id], now))
    assert await Account.filter(id=account.id).count() == 1
