from collections import Counter
from dataclasses import asdict
from datetime import timedelta

import pytest

from core.actors import RoleKind, Stage, Who
from core.clock import FrozenClock, local_day
from core.messages import Chat, ChatKind
from core.periods import Quarter
from models import (
    Account,
    Contact,
    Group,
    Invitation,
    Mentorship,
    Person,
    ReportPart,
    Role,
    ThoughtReport,
    Unit,
)  # fmt: skip
from models.enums import ReportState, UnitKind
from plugins.identity import queries as identity
from plugins.identity import service as binding
from plugins.roster import demo_county

pytestmark = pytest.mark.usefixtures("database", "keys", "texts")


async def who(account_id: str, clock: FrozenClock) -> identity.Known:
    chat = Chat("onebot11", demo_county.SELF_ID, ChatKind.PRIVATE, account_id)
    return await identity.who_is(chat, account_id, clock.now())


async def test_given_an_empty_database_when_the_county_is_planted_then_it_is_whole(
    clock: FrozenClock,
) -> None:
    county = await demo_county.plant(clock.now())
    assert len(county.people) == await Person.all().count() == 30
    kinds = Counter(unit.kind for unit in await Unit.all())
    assert kinds == {
        UnitKind.COUNTY: 1,
        UnitKind.TOWNSHIP: 1,
        UnitKind.VILLAGE_BRANCH: 3,
        UnitKind.LIAISON_OFFICE: 2,
    }
    office = await Unit.get(name="驻南港")
    assert office.city == "南港"
    assert [group.name for group in county.groups] == [
        "王家村在外群",
        "李家村在外群",
        "赵家村在外群",
        "南港老乡群",
    ]
    assert {row.name for row in await Group.all()} == {group.name for group in county.groups}
    featured = [person.name for person in county.people if person.featured]
    assert 6 <= len(featured) <= 8
    assert {"王建国", "陈玉梅", "马小军", "周德厚", "刘长河", "孙敏", "何志远"} <= set(featured)
    assert all(person.note for person in county.people)
    assert asdict(county)["codes"] == dict(county.codes)


async def test_given_the_county_when_its_people_speak_then_each_is_who_he_is(
    clock: FrozenClock,
) -> None:
    county = await demo_county.plant(clock.now())
    ids = {person.name: str(person.user_id) for person in county.people}
    assert (await who(ids["王建国"], clock)).actor.roles == {Who.ANYONE, Who.WORKER}
    assert Who.MENTOR in (await who(ids["周德厚"], clock)).actor.roles
    assert Who.SECRETARY in (await who(ids["刘长河"], clock)).actor.roles
    assert {Who.TOWNSHIP, Who.OPERATOR} <= (await who(ids["孙敏"], clock)).actor.roles
    assert Who.INFLOW in (await who(ids["何志远"], clock)).actor.roles
    assert not (await who(ids["马小军"], clock)).actor.is_bound
    mentors = {row.mentor_id for row in await Mentorship.all()}
    stages = await Person.filter(id__in=mentors).values_list("stage", flat=True)
    assert len(mentors) == 6
    assert set(stages) == {Stage.FULL_MEMBER}
    assert await Role.filter(kind=RoleKind.BRANCH_SECRETARY).count() == 3


async def test_given_the_county_when_maxiaojun_uses_his_code_then_it_fits(
    clock: FrozenClock,
) -> None:
    county = await demo_county.plant(clock.now())
    xiaojun = next(person for person in county.people if person.name == "马小军")
    code = county.codes["马小军"]
    assert f"{code[:4]} {code[4:]}" in xiaojun.note
    chat = Chat("onebot11", "10000", ChatKind.PRIVATE, str(xiaojun.user_id))
    known = await who(str(xiaojun.user_id), clock)
    invitation = await binding.begin_binding(
        actor=known.actor, chat=chat, account_id=chat.chat_id, code=code, now=clock.now()
    )
    await binding.check_name(
        chat=chat,
        account_id=chat.chat_id,
        invitation_id=invitation,
        name="马小军",
        now=clock.now(),
    )
    await binding.bind(
        chat=chat, account_id=chat.chat_id, invitation_id=invitation, now=clock.now()
    )
    again = await demo_county.plant(clock.now())
    assert again.codes == {}
    assert "码" not in next(p.note for p in again.people if p.name == "马小军")


async def test_given_a_planted_county_when_it_is_planted_again_then_only_the_code_is_new(
    clock: FrozenClock,
) -> None:
    first = await demo_county.plant(clock.now())
    counts = [await table.all().count() for table in (Person, Account, Contact, ThoughtReport)]
    again = await demo_county.plant(clock.now())
    assert [await t.all().count() for t in (Person, Account, Contact, ThoughtReport)] == counts
    assert [person.user_id for person in again.people] == [p.user_id for p in first.people]
    assert again.codes["马小军"] != first.codes["马小军"]
    open_codes = Invitation.filter(used_at__isnull=True, withdrawn_at__isnull=True)
    assert await open_codes.filter(person__name="马小军").count() == 1


@pytest.mark.parametrize("days", [0, 8, 40, 47, 100, 131])
async def test_given_any_day_when_the_county_is_planted_then_its_past_lies_in_the_past(
    days: int, clock: FrozenClock
) -> None:
    clock.advance_to(clock.now() + timedelta(days=days))
    today = local_day(clock.now())
    await demo_county.plant(clock.now())
    assert await Contact.filter(contacted_on__gt=today).count() == 0
    assert await ThoughtReport.filter(submitted_at__gt=clock.now()).count() == 0
    assert await ThoughtReport.filter(reviewed_at__gt=clock.now()).count() == 0
    previous = Quarter.of(today).previous
    assert await ThoughtReport.filter(quarter=str(previous)).count() >= 8
    assert await Person.filter(applied_on__gt=today).count() == 0


async def test_given_day_one_of_the_script_book_when_it_is_planted_then_the_mentor_has_his_three(
    clock: FrozenClock,
) -> None:
    await demo_county.plant(clock.now())
    jianguo = await Mentorship.get(person__name="王建国", mentor__name="周德厚")
    yumei = await Mentorship.get(person__name="陈玉梅", mentor__name="周德厚")
    assert str(jianguo.last_contact_on) == "2026-08-20"
    assert str(yumei.last_contact_on) == "2026-08-26"
    assert str(yumei.next_contact_on) == "2026-11-26"
    report = await ThoughtReport.get(person__name="陈玉梅", quarter="2026Q3")
    assert (report.state, report.is_late) == (ReportState.WAITING_MENTOR, True)
    page = await ReportPart.get(draft_id=report.draft_id)
    assert "敬爱的党组织".encode() not in (page.text_sealed or b"")
    xiaojun = await Mentorship.get(person__name="马小军", mentor__name="李秀兰")
    assert xiaojun.next_contact_on > local_day(clock.now())


async def test_given_the_second_consent_was_refused_when_contacts_are_planted_then_no_note_is_kept(
    clock: FrozenClock,
) -> None:
    await demo_county.plant(clock.now())
    assert await Contact.filter(person__name="李强", note_sealed__isnull=False).count() == 0
    assert await Contact.filter(person__name="王建国", note_sealed__isnull=False).count() == 2
    assert await ThoughtReport.filter(person__name="李强").count() == 0
