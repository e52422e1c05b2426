"""A new phone (换手机): the mentor says yes, the old account loses everything at once."""

import contextlib
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from core.actors import RoleKind, Stage
from core.database import run_tx
from core.errors import Refusal
from core.messages import Chat, ChatKind, Text
from models import (
    Account,
    AuditLog,
    Delivery,
    Dialogue,
    Invitation,
    Person,
    Rebinding,
    ReportDraft,
    StandIn,
)
from models.enums import DeliveryState, Form, StandInState
from plugins.delivery import service as delivery
from plugins.identity import service as identity
from plugins.identity.queries import who_is
from plugins.privacy import rebinding
from tests.plugins.privacy.conftest import Branch, at, owed
from tests.plugins.privacy.test_privacy_script import REPORT

ASKED = "您还有个旧号。换过来要联系人点头，我去问，有回音告诉您。"
ASKED_BRANCH = "您还有个旧号。换过来要支书点头，我去问，有回音告诉您。"
QUESTION = (
    "有人拿王建国的邀请码，想换到尾号 新号 的新号。\n先打个电话问问本人，再回数字。\n1 是他  2 不是"
)
DONE = "换好了，以前的都在，旧号停了。接着用，回「菜单」。"
NOT_YOU = "没换成，点头的人说不是您。真是您的话，请找支书。"


async def comes(branch: Any, account: str = "新号", code: str = "", name: str = "王建国") -> str:
    """A new account sends code and name; return what it hears."""
    await branch.says(account, code or await branch.code(name))
    return str(await branch.says(account, name))


async def owner_of(account_id: str) -> int | None:
    account = await Account.filter(account_id=account_id).first()
    return None if account is None else account.person_id


async def owe(target: str, occasion: str, now: Any, words: str = "有件事") -> None:
    await run_tx(
        lambda: delivery.enqueue(
            purpose="x",
            occasion=occasion,
            target=target,
            parts=(Text(words),),
            now=now,
            priority=10,
        )
    )


async def test_given_a_new_phone_when_the_mentor_says_yes_then_all_is_there_and_the_old_is_nobody(
    branch: Any,
) -> None:
    branch.go(at(12, 2, 18))
    me = branch.people["王建国"].id
    await Account.filter(account_id="王建国").update(
        study_muted_at=branch.clock.now(), study_form=Form.PICTURE
    )
    await branch.says("王建国", "交汇报")
    await branch.says("王建国", REPORT)
    assert await comes(branch) == ASKED
    assert ("周德厚", QUESTION) in await branch.deliver()
    assert await owner_of("王建国") == me
    assert await branch.says("周德厚", "1") == (
        "换好了：王建国的东西都到新号了，旧号什么也看不到了。"
    )
    assert (await owner_of("新号"), await owner_of("王建国")) == (me, None)
    assert await Dialogue.filter(account_id="王建国").count() == 0
    assert await branch.deliver() == [("新号", DONE)]
    assert "1 页都在，接着发就行" in await branch.says("新号", "交汇报")
    assert (await ReportDraft.get()).person_id == me
    now = await Account.get(account_id="新号")
    assert now.study_form is Form.PICTURE
    assert now.study_muted_at is not None
    for word in ("看看", "我的数据", "我的汇报", "菜单"):
        assert "雁阵" in await branch.says("王建国", word), word
    assert await Invitation.filter(used_at__isnull=False).count() == 1
    assert await AuditLog.filter(action="privacy.rebound", subject_id=me).count() == 1


async def test_given_a_thief_with_the_old_phone_when_it_is_moved_then_he_gets_nothing(
    branch: Any,
) -> None:
    me, old = branch.people["王建国"].id, await Account.get(account_id="王建国")
    await comes(branch)
    assert branch.end.heard("王建国") == []
    now = branch.clock.now()
    await owe(f"person:{me}", "one", now, "给本人的")
    await owe(f"account:{old.id}", "two", now, "给旧号的")
    leased = await Delivery.get(purpose="x", occasion="one")
    await Delivery.filter(id=leased.id).update(
        state=DeliveryState.LEASED, lease_owner="p", lease_until=now + timedelta(minutes=5),
        self_id="onebot11:10001",
    )  # fmt: skip
    await branch.says("王建国", "删除")
    await branch.says("周德厚", "等点头")
    await branch.says("周德厚", "1")
    assert (await Delivery.get(id=leased.id)).state is DeliveryState.DUE
    sent = await branch.deliver()
    assert [to for to, _ in sent if to == "王建国"] == []
    assert sorted(text for to, text in sent if to == "新号") == sorted(
        [DONE, "给本人的", "给旧号的"]
    )
    assert "雁阵" in await branch.says("王建国", "确认删除")
    assert (await Person.get(id=me)).erased_on is None


async def test_given_a_thief_with_a_code_when_the_mentor_says_no_then_nothing_moves_and_it_is_void(
    branch: Any,
) -> None:
    me = branch.people["王建国"].id
    code = await branch.code("王建国")
    assert await comes(branch, "贼号", code) == ASKED
    await branch.deliver()
    assert await branch.says("周德厚", "2") == "好，没换。那个码作废了，王建国原来的号照常用。"
    assert await branch.deliver() == [
        ("贼号", NOT_YOU),
        ("刘长河", "有人拿王建国的邀请码想换号，周德厚说不是本人，没换，码作废了。"),
    ]
    assert (await owner_of("贼号"), await owner_of("王建国")) == (None, me)
    assert await branch.says("贼号", code) == "码过期了，找支书要个新的就行。"
    assert (await branch.says("王建国", "我的数据")).startswith("我这里有您的")
    assert branch.end.heard("王建国") == []


async def test_given_two_accounts_at_once_when_one_is_confirmed_then_the_other_hears_no(
    branch: Any,
) -> None:
    me = branch.people["王建国"].id
    code = await branch.code("王建国")
    assert await comes(branch, "贼号", code) == ASKED
    assert await comes(branch, "新号", code) == ASKED
    asked = await branch.deliver()
    assert [to for to, _ in asked] == ["周德厚"] * len(asked)
    first = await branch.says("周德厚", "等点头")
    assert "尾号 贼号" in first
    said = await branch.says("周德厚", "2")
    assert said.startswith("好，没换。")
    assert said.endswith(QUESTION)
    await branch.says("周德厚", "1")
    assert (await owner_of("贼号"), await owner_of("新号")) == (None, me)
    assert await branch.says("周德厚", "等点头") == "眼下没有等您点头的事。"
    heard = await branch.deliver()
    assert ("贼号", NOT_YOU) in heard
    assert ("新号", DONE) in heard


async def test_given_two_accounts_when_the_right_one_is_confirmed_first_then_both_are_settled(
    branch: Any,
) -> None:
    code = await branch.code("王建国")
    await comes(branch, "新号", code)
    await comes(branch, "贼号", code)
    later = await Rebinding.get(account__account_id="贼号")
    await branch.says("周德厚", "等点头")
    await branch.says("周德厚", "1")
    assert await owner_of("新号") == branch.people["王建国"].id
    assert not (await Rebinding.get(id=later.id)).is_accepted
    assert ("贼号", NOT_YOU) in await branch.deliver()
    assert await Rebinding.filter(decided_at__isnull=True).count() == 0


async def test_given_many_phones_with_one_code_when_the_fourth_comes_then_nobody_is_asked(
    branch: Any,
) -> None:
    code = await branch.code("王建国")
    for number in range(3):
        assert await comes(branch, f"号{number}", code) == ASKED
    assert await comes(branch, "号3", code) == "已经有几个号在等回音了，先找支书看看。"
    assert await comes(branch, "号1", code) == ASKED
    assert await Rebinding.all().count() == 3


async def test_given_no_mentor_when_a_new_phone_comes_then_the_secretary_is_asked(
    branch: Any,
) -> None:
    assert await comes(branch, "新号", name="陈玉梅") == ASKED_BRANCH
    assert [to for to, _ in await branch.deliver()] == ["刘长河"]
    assert (await branch.says("刘长河", "1")).startswith("换好了：陈玉梅")


@pytest.mark.parametrize("away", ["paused", "unbound", "stood for"])
async def test_given_a_mentor_away_when_a_new_phone_comes_then_the_secretary_is_asked(
    branch: Any, away: str
) -> None:
    mentor = branch.people["周德厚"]
    if away == "paused":
        await Person.filter(id=mentor.id).update(paused_until=at(11, 30).date())
    elif away == "stood for":
        await StandIn.create(
            uid="s", mentor=mentor, deputy=branch.people["陈玉梅"], from_on=at(11, 20).date(),
            until_on=at(11, 30).date(), state=StandInState.AGREED, source_key="s",
            asked_at=branch.clock.now(),
        )  # fmt: skip
    else:
        await Account.filter(person_id=mentor.id).update(person_id=None)
    assert await comes(branch) == ASKED_BRANCH
    assert [to for to, _ in await branch.deliver()] == ["刘长河"]


async def test_given_a_silent_mentor_when_two_days_pass_then_the_branch_is_asked_once(
    branch: Any,
) -> None:
    await comes(branch)
    await branch.deliver()
    branch.go(at(11, 24, 9, 1))
    assert await rebinding.follow_up(now=branch.clock.now()) == 0
    branch.go(at(11, 25, 9, 1))
    assert await rebinding.follow_up(now=branch.clock.now()) == 1
    assert await rebinding.follow_up(now=branch.clock.now()) == 0
    assert await branch.deliver() == [("刘长河", QUESTION)]
    assert (await branch.says("刘长河", "1")).startswith("换好了：王建国")
    assert await branch.says("周德厚", "等点头") == "眼下没有等您点头的事。"


async def test_given_nobody_answers_when_two_weeks_pass_then_it_ends_and_the_account_hears_it(
    branch: Any,
) -> None:
    await comes(branch)
    branch.go(at(12, 7, 9, 1))
    assert await rebinding.follow_up(now=branch.clock.now()) == 1
    assert await rebinding.follow_up(now=branch.clock.now()) == 0
    account = await Account.get(account_id="新号")
    assert await owed(f"account:{account.id}") == [
        "换号的事一直没等到回音，先停了。请找支书要个新码。"
    ]
    row = await Rebinding.get()
    assert (row.is_accepted, row.decided_by_id) == (False, None)


async def test_given_a_request_when_strangers_or_others_answer_then_they_may_not(
    branch: Any,
) -> None:
    await branch.person("外村支书", Stage.FULL_MEMBER, unit=3)
    await branch.office("外村支书", RoleKind.BRANCH_SECRETARY, 3)
    await comes(branch)
    row = await Rebinding.get()
    for name in ("陈玉梅", "王建国", "外村支书"):
        actor = await _actor(branch, name)
        with pytest.raises(Exception, match=r"privacy\.not_yours"):
            await rebinding.decide(actor=actor, uid=row.uid, yes=True, now=branch.clock.now())
        with pytest.raises(Exception, match=r"privacy\.not_yours"):
            await rebinding.decide(actor=actor, uid="no such", yes=True, now=branch.clock.now())
    assert (await Rebinding.get()).decided_at is None


async def _actor(branch: Any, name: str) -> Any:
    chat = Chat("onebot11", "10001", ChatKind.PRIVATE, name)
    return (await who_is(chat, name, branch.clock.now())).actor


async def test_given_a_secretary_who_takes_the_old_off_when_the_mentor_answers_later_then_settled(
    branch: Any,
) -> None:
    code = await branch.code("王建国")
    await comes(branch, "新号", code)
    await branch.deliver()
    await branch.says("刘长河", "解绑 王建国")
    await branch.says("刘长河", "1")
    await branch.says("新号", code)
    assert "有 2 件事要您点头" in await branch.says("新号", "王建国")
    await branch.says("新号", "1")
    await branch.says("新号", "1")
    assert await owner_of("新号") == branch.people["王建国"].id
    assert await branch.says("周德厚", "2") == "这件已经定了，不用再回。"
    assert await owner_of("新号") == branch.people["王建国"].id


async def test_given_a_stolen_phone_when_the_secretary_takes_it_off_then_it_is_owed_nothing_more(
    branch: Any,
) -> None:
    old = await Account.get(account_id="王建国")
    await owe(f"account:{old.id}", "receipt", branch.clock.now(), "给旧号的")
    await branch.says("刘长河", "解绑 王建国")
    await branch.says("刘长河", "1")
    assert await branch.deliver() == []
    assert (await Delivery.get(occasion="receipt")).state is DeliveryState.CANCELLED


async def test_given_a_secretary_with_a_new_phone_when_he_asks_then_the_township_is_asked(
    branch: Any,
) -> None:
    assert await comes(branch, "新号", name="刘长河") == ASKED_BRANCH
    assert [to for to, _ in await branch.deliver()] == ["孙敏"]


async def test_given_nobody_above_when_a_new_phone_comes_then_it_says_whom_to_find(
    branch: Any,
) -> None:
    await Account.filter(account_id__in=["周德厚", "刘长河", "孙敏"]).update(person_id=None)
    assert await comes(branch) == "眼下没人能点头，请直接找支书或乡里。"
    assert await Rebinding.all().count() == 0


async def test_given_what_both_accounts_are_owed_when_it_moves_then_it_is_said_once(
    branch: Any,
) -> None:
    old = await Account.get(account_id="王建国")
    await comes(branch)
    new = await Account.get(account_id="新号")
    for target in (f"account:{old.id}", f"account:{new.id}"):
        await owe(target, "same", branch.clock.now(), "一样的")
    await branch.says("周德厚", "等点头")
    await branch.says("周德厚", "1")
    sent = await branch.deliver()
    assert [to for to, text in sent if text == "一样的"] == ["新号"]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, 2)),
        st.tuples(st.sampled_from(["yes", "no"]), st.integers(0, 2)),
        st.tuples(st.sampled_from(["owe", "deliver", "day", "unbind", "code"]), st.just(0)),
    ),
    min_size=1,
    max_size=10,
)
PEOPLE = count(1)


@dataclass
class Moving:
    """One person with three phones at hand; his own account is ``<name>旧``."""

    branch: Branch
    person: Person
    mentor: Any
    invitation: int = 0
    owed: int = 0

    @classmethod
    async def begin(cls, branch: Branch) -> "Moving":
        name = f"人{next(PEOPLE)}"
        person = await branch.person(name)
        await branch.mentors("周德厚", name)
        await Account.filter(person_id=person.id).update(account_id=f"{name}旧")
        made = cls(branch, person, await _actor(branch, "周德厚"))
        await made.code()
        return made

    async def code(self) -> None:
        await self.branch.code(self.person.name)
        newest = await Invitation.filter(person_id=self.person.id).order_by("-id").first()
        self.invitation = newest.id if newest else 0

    def phone(self, number: int) -> str:
        return f"{self.person.name}新{number}"

    async def take(self, what: str, number: int) -> None:
        now = self.branch.clock.now()
        match what:
            case "ask":
                phone = self.phone(number)
                chat = Chat("onebot11", "10001", ChatKind.PRIVATE, phone)
                await rebinding.request(
                    chat=chat, account_id=phone, invitation_id=self.invitation, now=now
                )
            case "yes" | "no":
                row = (
                    await Rebinding.filter(
                        person_id=self.person.id, account__account_id=self.phone(number)
                    )
                    .order_by("-id")
                    .first()
                )
                uid = row.uid if row else ""
                await rebinding.decide(actor=self.mentor, uid=uid, yes=what == "yes", now=now)
            case "owe":
                self.owed += 1
                await owe(f"person:{self.person.id}", f"{self.person.id}:{self.owed}", now)
            case "deliver":
                await self.branch.deliver()
            case "day":
                self.branch.clock.advance_to(now + timedelta(days=1))
                await rebinding.follow_up(now=self.branch.clock.now())
            case "unbind":
                await run_tx(
                    lambda: identity.release(Account.filter(person_id=self.person.id), now)
                )
            case _:
                await self.code()


@hypothesis.settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_given_any_order_of_asking_and_answering_then_one_account_at_most_is_the_persons(
    branch: Branch, steps: list[tuple[str, int]]
) -> None:
    moving = await Moving.begin(branch)
    me = moving.person.id
    for what, number in steps:
        before = await Account.filter(person_id=me).values_list("account_id", flat=True)
        heard = len(branch.end.sent)
        with contextlib.suppress(Refusal):
            await moving.take(what, number)
        owners = await Account.filter(person_id=me).values_list("account_id", flat=True)
        assert len(owners) <= 1
        if owners != before:
            assert what in {"yes", "unbind"}
        spoken = {to for to, text in branch.end.sent[heard:] if text == "有件事"}
        assert {to for to in spoken if to.startswith(moving.person.name)} <= set(owners)
    for row in await Rebinding.filter(person_id=me, is_accepted=True):
        accepted = await Account.get(id=row.account_id)
        assert accepted.bound_at is None or accepted.person_id == me
    said = Delivery.filter(target__startswith="account:", purpose="privacy.rebind_answer")
    assert await said.filter(target=f"account:{await _old(moving)}").count() == 0


async def _old(moving: Moving) -> int:
    return (await Account.get(account_id=f"{moving.person.name}旧")).id
