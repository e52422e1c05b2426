"""Binding by invitation: what is stored, what is counted, what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from core.actors import STRANGER, Actor, ConsentKind
from core.clock import FrozenClock
from core.conversation import Ask
from core.database import run_tx
from core.errors import Refusal
from core.messages import Chat, ChatKind
from models import Account, AuditLog, CodeTry, Consent, Dialogue, Group, Invitation
from models.enums import ConsentDecision
from plugins.identity import consents, dialogues, groups, queries, service

ME = Chat("onebot11", "10001", ChatKind.PRIVATE, "2001")
GROUP = Chat("onebot11", "10001", ChatKind.GROUP, "77")


async def invite(county: Any, name: str) -> str:
    person = county.people[name]
    return await service.issue_invitation(person_id=person.id, issued_by=None, now=county.now)


async def begin(code: str, now: Any, account_id: str = "2001", actor: Actor = STRANGER) -> int:
    return await service.begin_binding(
        actor=actor, chat=ME, account_id=account_id, code=code, now=now
    )


async def check(invitation: int, name: str, now: Any, account_id: str = "2001") -> service.Checked:
    return await service.check_name(
        chat=ME, account_id=account_id, invitation_id=invitation, name=name, now=now
    )


async def bind(county: Any, name: str, account_id: str = "2001") -> Actor:
    invitation = await begin(await invite(county, name), county.now, account_id)
    await check(invitation, name, county.now, account_id)
    await service.bind(chat=ME, account_id=account_id, invitation_id=invitation, now=county.now)
    return (await queries.who_is(ME, account_id)).actor


async def refused(awaitable: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await awaitable
    return caught.value


async def test_given_a_person_when_invited_then_only_a_keyed_hash_is_kept(county: Any) -> None:
    code = await invite(county, "马小军")
    row = await Invitation.get()
    assert len(code) == 8
    assert code.isdecimal()
    assert code not in row.code_hash
    assert row.expires_at - row.issued_at == timedelta(days=30)
    assert (await AuditLog.get()).action == "identity.invite"


async def test_given_an_invited_person_when_invited_again_then_the_older_code_is_dead(
    county: Any,
) -> None:
    old, new = await invite(county, "马小军"), await invite(county, "马小军")
    assert (await refused(begin(old, county.now))).key == "identity.code_expired"
    assert await begin(new, county.now)


async def test_given_a_right_code_and_name_when_bound_then_everything_is_in_one_commit(
    county: Any,
) -> None:
    actor = await bind(county, "马小军")
    account = await Account.get()
    assert actor.name == "马小军"
    assert actor.consents == {ConsentKind.BASICS}
    assert (account.self_id, account.bound_at) == ("10001", county.now)
    assert (await Invitation.get()).used_at == county.now
    consent = await Consent.get()
    assert (consent.version, consent.decided_at) == ("2026-11", county.now)
    assert "identity.bind" in await AuditLog.all().values_list("action", flat=True)


@pytest.mark.parametrize(
    "name", ["马小军", " 马 小 军 ", "我叫马小军", "我是马小军。", "姓名：马小军"]
)
async def test_given_a_right_code_when_the_name_is_typed_loosely_then_it_fits(
    county: Any, name: str
) -> None:
    invitation = await begin(await invite(county, "马小军"), county.now)
    assert (await check(invitation, name, county.now)).asks_reports


async def test_given_a_full_member_when_his_name_fits_then_one_consent_concerns_him(
    county: Any,
) -> None:
    invitation = await begin(await invite(county, "周德厚"), county.now)
    assert not (await check(invitation, "周德厚", county.now)).asks_reports


async def test_given_wrong_codes_when_the_fifth_is_typed_then_the_day_is_over(
    county: Any, clock: FrozenClock
) -> None:
    code = await invite(county, "马小军")
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    lefts = [(await refused(begin(wrong, clock.now()))).fields.get("left") for _ in range(4)]
    assert lefts == [4, 3, 2, 1]
    assert (await refused(begin(wrong, clock.now()))).key == "identity.tries_used_up"
    assert (await refused(begin(code, clock.now()))).key == "identity.tries_used_up"
    assert (await CodeTry.get()).count == 5
    assert await begin(code, clock.now(), "2002")
    clock.advance_to(clock.now() + timedelta(days=1))
    assert await begin(code, clock.now())


async def test_given_a_right_code_when_names_are_guessed_then_they_count_as_tries(
    county: Any,
) -> None:
    invitation = await begin(await invite(county, "马小军"), county.now)
    first = await refused(check(invitation, "王建国", county.now))
    assert (first.key, first.fields) == ("identity.name_wrong", {"left": 4})
    for _ in range(4):
        last = await refused(check(invitation, "陈玉梅", county.now))
    assert last.key == "identity.tries_used_up"
    assert (await refused(check(invitation, "马小军", county.now))).key == "identity.tries_used_up"


async def test_given_a_used_code_when_it_is_typed_again_then_it_says_so(county: Any) -> None:
    code = await invite(county, "马小军")
    invitation = await begin(code, county.now)
    await check(invitation, "马小军", county.now)
    await service.bind(chat=ME, account_id="2001", invitation_id=invitation, now=county.now)
    assert (await refused(begin(code, county.now, "2002"))).key == "identity.code_used"


async def test_given_a_code_when_thirty_days_have_passed_then_it_has_expired(
    county: Any, clock: FrozenClock
) -> None:
    code = await invite(county, "马小军")
    clock.advance_to(clock.now() + timedelta(days=30))
    assert (await refused(begin(code, clock.now()))).key == "identity.code_expired"


async def test_given_two_phones_when_both_finish_one_code_then_one_is_bound(county: Any) -> None:
    code = await invite(county, "马小军")
    first, second = await begin(code, county.now), await begin(code, county.now, "2002")
    await service.bind(chat=ME, account_id="2001", invitation_id=first, now=county.now)
    gone = await refused(
        service.bind(chat=ME, account_id="2002", invitation_id=second, now=county.now)
    )
    assert gone.key == "identity.code_used"
    assert await Account.all().count() == 1


async def test_given_an_old_account_when_a_new_one_comes_then_the_secretary_is_needed(
    county: Any,
) -> None:
    await bind(county, "马小军")
    secretary = await bind(county, "刘长河", "2009")
    invitation = await begin(await invite(county, "马小军"), county.now, "2002")
    refusal = await refused(check(invitation, "马小军", county.now, "2002"))
    assert refusal.key == "identity.old_account"
    person = county.people["马小军"]
    assert (
        await service.unbind_person(actor=secretary, person_id=person.id, now=county.now)
    ) == "马小军"
    assert (await check(invitation, "马小军", county.now, "2002")).asks_reports


async def test_given_a_bound_account_when_it_sends_a_code_then_nothing_is_counted(
    county: Any,
) -> None:
    actor = await bind(county, "马小军")
    code = await invite(county, "王建国")
    assert (await refused(begin(code, county.now, actor=actor))).key == "identity.already_bound"
    assert await CodeTry.all().count() == 0


async def test_given_a_bound_account_when_it_unbinds_then_it_is_a_stranger_without_dialogues(
    county: Any,
) -> None:
    actor = await bind(county, "马小军")
    await dialogues.open_question(ME, "2001", Ask("a.b"), county.now)
    await service.unbind(actor=actor, now=county.now)
    known = await queries.who_is(ME, "2001")
    assert not known.actor.is_bound
    assert await Dialogue.all().count() == 0
    assert await Consent.all().count() == 1


async def test_given_another_branch_when_its_secretary_unbinds_somebody_then_it_is_refused(
    county: Any,
) -> None:
    stranger = await county.person("别村的", "李家村")
    await county.account("别村的", "3001")
    secretary = await bind(county, "刘长河", "2009")
    for person_id in (stranger.id, 9999):
        gone = await refused(
            service.unbind_person(actor=secretary, person_id=person_id, now=county.now)
        )
        assert gone.key == "identity.name_not_found"
    assert (await Account.get(account_id="3001")).person_id == stranger.id


async def test_given_both_consents_when_he_leaves_then_both_are_withdrawn_and_no_account_stays(
    county: Any,
) -> None:
    actor = await bind(county, "马小军")
    await consents.decide(actor=actor, kind=ConsentKind.REPORTS, given=True, now=county.now)
    actor = (await queries.who_is(ME, "2001")).actor
    await run_tx(lambda: consents.leave(actor, county.now))
    assert await Account.filter(person_id__isnull=False).count() == 0
    decisions = await Consent.all().order_by("id").values_list("kind", "decision")
    assert decisions[2:] == [
        (ConsentKind.BASICS, ConsentDecision.WITHDRAWN),
        (ConsentKind.REPORTS, ConsentDecision.WITHDRAWN),
    ]


async def test_given_no_second_consent_when_it_is_refused_then_it_is_no_withdrawal(
    county: Any,
) -> None:
    actor = await bind(county, "马小军")
    await consents.decide(actor=actor, kind=ConsentKind.REPORTS, given=False, now=county.now)
    newest = await Consent.filter(kind=ConsentKind.REPORTS).get()
    assert newest.decision is ConsentDecision.REFUSED


async def test_given_a_group_when_a_secretary_binds_it_then_it_stands_under_his_branch(
    county: Any,
) -> None:
    secretary = await bind(county, "刘长河", "2009")
    for _ in range(2):
        name = await groups.bind_group(actor=secretary, chat=GROUP, unit_id=3, now=county.now)
        assert name == "王家村"
    row = await Group.get()
    assert (row.unit_id, row.self_id, row.is_active) == (3, "10001", True)


async def test_given_a_group_of_another_branch_when_a_secretary_takes_it_then_it_stays(
    county: Any,
) -> None:
    secretary = await bind(county, "刘长河", "2009")
    clerk = await bind(county, "孙敏", "2008")
    await groups.bind_group(actor=clerk, chat=GROUP, unit_id=4, now=county.now)
    taken = groups.bind_group(actor=secretary, chat=GROUP, unit_id=3, now=county.now)
    assert (await refused(taken)).key == "identity.group_taken"
    outside = groups.bind_group(actor=secretary, chat=GROUP, unit_id=4, now=county.now)
    assert (await refused(outside)).key == "identity.unit_unknown"
    assert await groups.bind_group(actor=clerk, chat=GROUP, unit_id=3, now=county.now)


async def test_given_tries_of_yesterday_when_forgotten_then_those_of_today_stay(
    county: Any, clock: FrozenClock
) -> None:
    await refused(begin("00000000", clock.now()))
    clock.advance_to(clock.now() + timedelta(days=1))
    await refused(begin("00000000", clock.now()))
    assert await service.forget_tries(before=clock.now().date()) == 1
    assert await CodeTry.all().count() == 1
