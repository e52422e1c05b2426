"""Who is behind a message is one statement; people and units are found inside a scope only."""

from datetime import date, timedelta
from typing import Any

import pytest
from tortoise.connection import get_connection

from core.actors import STRANGER, ConsentKind, Grant, RoleKind, Stage, UnitScope, Who
from core.clock import FrozenClock
from core.conversation import Ask, OpenDraft, Option, Say, Slot, Takes
from core.errors import Fault, Refusal
from core.messages import Chat, ChatKind
from core.texts import current
from models import Account, Consent, Dialogue
from models.enums import ConsentDecision, UnitKind
from plugins.identity import dialogues, queries
from plugins.identity.policy import named_units, visible_units

ME = Chat("onebot11", "10001", ChatKind.PRIVATE, "2001")
GROUP = Chat("onebot11", "10001", ChatKind.GROUP, "77")


async def consent(county: Any, kind: ConsentKind, decision: ConsentDecision) -> None:
    await Consent.create(
        person=county.people["王建国"], kind=kind, version="v", decision=decision,
        decided_at=county.now,
    )  # fmt: skip


async def test_given_nobody_when_asked_who_then_it_is_a_stranger(county: Any) -> None:
    assert await queries.who_is(ME, "2001") == queries.Known(STRANGER)


async def test_given_an_account_without_person_when_asked_who_then_it_is_not_bound(
    county: Any,
) -> None:
    await Account.create(platform="onebot11", account_id="2001")
    known = await queries.who_is(ME, "2001")
    assert known.actor.account_id is not None
    assert not known.actor.is_bound


async def test_given_a_worker_when_asked_who_then_stage_units_and_consents_are_known(
    county: Any,
) -> None:
    await county.account("李强", "2001")
    known = await queries.who_is(ME, "2001")
    assert known.actor.name == "李强"
    assert known.actor.stage is Stage.ACTIVIST
    assert (known.actor.home_path, known.actor.inflow_path) == ("/1/2/3/", "/1/6/")
    assert known.actor.roles == {Who.ANYONE, Who.WORKER}
    assert known.actor.consents == frozenset()


async def test_given_the_same_number_on_another_platform_when_asked_who_then_it_is_a_stranger(
    county: Any,
) -> None:
    await county.account("李强", "2001")
    other = Chat("wecom", "x", ChatKind.PRIVATE, "2001")
    assert (await queries.who_is(other, "2001")).actor == STRANGER


async def test_given_decisions_when_asked_who_then_the_newest_of_each_kind_is_in_force(
    county: Any,
) -> None:
    await county.account("王建国", "2001")
    await consent(county, ConsentKind.BASICS, ConsentDecision.GIVEN)
    await consent(county, ConsentKind.REPORTS, ConsentDecision.GIVEN)
    await consent(county, ConsentKind.REPORTS, ConsentDecision.WITHDRAWN)
    assert (await queries.who_is(ME, "2001")).actor.consents == {ConsentKind.BASICS}
    await consent(county, ConsentKind.REPORTS, ConsentDecision.GIVEN)
    assert (await queries.who_is(ME, "2001")).actor.consents == set(ConsentKind)


async def test_given_offices_when_asked_who_then_those_of_today_count(
    county: Any, clock: FrozenClock
) -> None:
    await county.account("刘长河", "2001")
    await county.office("刘长河", RoleKind.TOWNSHIP_CLERK, "柳河乡", until=date(2026, 11, 23))
    grants = (await queries.who_is(ME, "2001")).actor.grants
    assert set(grants) == {
        Grant(RoleKind.BRANCH_SECRETARY, 3, "/1/2/3/"),
        Grant(RoleKind.TOWNSHIP_CLERK, 2, "/1/2/"),
    }
    clock.advance_to(clock.now() + timedelta(days=1))
    grants = (await queries.who_is(ME, "2001")).actor.grants
    assert [grant.role for grant in grants] == [RoleKind.BRANCH_SECRETARY]


async def test_given_a_mentee_when_asked_who_then_the_mentor_is_one_until_it_ends(
    county: Any, clock: FrozenClock
) -> None:
    await county.account("周德厚", "2001")
    assert (await queries.who_is(ME, "2001")).actor.is_mentor
    await county.account("刘长河", "2002")
    await county.mentors("刘长河", "陈玉梅", until=date(2026, 11, 22))
    assert not (await queries.who_is(ME, "2002")).actor.is_mentor


async def test_given_everything_at_once_when_asked_who_then_it_was_one_statement(
    county: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await county.account("刘长河", "2001")
    await dialogues.open_question(ME, "2001", Ask("a.b", (Option("好"),)), county.now)
    client = get_connection("default")
    asked = []
    original = type(client).execute_query_dict

    async def counted(self: Any, query: str, values: Any = None) -> Any:
        asked.append(query)
        return await original(self, query, values)

    monkeypatch.setattr(type(client), "execute_query_dict", counted)
    known = await queries.who_is(ME, "2001")
    assert known.question is not None
    assert len(asked) == 1


async def test_given_an_open_question_when_asked_who_then_it_stands_as_it_was_asked(
    county: Any, clock: FrozenClock
) -> None:
    ask = Ask(
        "mentoring.who",
        (Option(Say("identity.agree"), run="学习"), Option("王建国", value={"id": 1})),
        {"about": [1, "二"]},
        Takes.TEXT,
        "待办",
    )
    await dialogues.open_question(ME, "2001", ask, clock.now())
    await dialogues.open_draft(ME, "2001", OpenDraft("report.draft", {"uid": "x"}), clock.now())
    known = await queries.who_is(ME, "2001")
    assert known.question == dialogues.Standing(
        "mentoring.who",
        {"about": [1, "二"]},
        clock.now(),
        (
            dialogues.Choice("同意", "学习", None),
            dialogues.Choice("王建国", None, {"id": 1}),
        ),
        Takes.TEXT,
        "待办",
    )
    assert known.draft == dialogues.Standing("report.draft", {"uid": "x"}, clock.now())


async def test_given_a_question_when_another_is_asked_then_it_is_replaced(
    county: Any, clock: FrozenClock
) -> None:
    await dialogues.open_question(ME, "2001", Ask("a.a"), clock.now())
    await dialogues.open_question(ME, "2001", Ask("b.b"), clock.now())
    known = await queries.who_is(ME, "2001")
    assert known.question is not None
    assert known.question.kind == "b.b"
    assert await Dialogue.all().count() == 1


async def test_given_questions_in_two_chats_when_asked_who_then_each_chat_has_its_own(
    county: Any, clock: FrozenClock
) -> None:
    await dialogues.open_question(ME, "2001", Ask("a.a"), clock.now())
    await dialogues.open_question(GROUP, "2001", Ask("b.b"), clock.now())
    here, there = await queries.who_is(ME, "2001"), await queries.who_is(GROUP, "2001")
    assert here.question is not None
    assert there.question is not None
    assert (here.question.kind, there.question.kind) == ("a.a", "b.b")
    assert (await queries.who_is(GROUP, "2002")).question is None


async def test_given_an_open_question_when_it_is_closed_then_the_draft_stays(
    county: Any, clock: FrozenClock
) -> None:
    await dialogues.open_question(ME, "2001", Ask("a.a"), clock.now())
    await dialogues.open_draft(ME, "2001", OpenDraft("b.b"), clock.now())
    await dialogues.close(ME, "2001", {Slot.QUESTION})
    known = await queries.who_is(ME, "2001")
    assert known.question is None
    assert known.draft is not None


async def test_given_a_sealed_question_when_its_row_is_read_then_no_word_of_it_shows(
    county: Any, clock: FrozenClock
) -> None:
    ask = Ask("a.a", (Option("王建国"),), {"name": "王建国"})
    await dialogues.open_question(ME, "2001", ask, clock.now())
    row = await Dialogue.get()
    assert "王建国".encode() not in bytes(row.body_sealed)


async def test_given_a_row_moved_to_another_account_when_it_is_read_then_it_is_not_opened(
    county: Any, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[Any] = []
    monkeypatch.setattr("core.logs.RoomLog._write", lambda *given: lines.append(given))
    await county.account("王建国", "2002")
    await dialogues.open_question(ME, "2001", Ask("a.a"), clock.now())
    await Dialogue.all().update(account_id="2002")
    known = await queries.who_is(ME, "2002")
    assert known.question is None
    assert known.actor.name == "王建国"
    assert len(lines) == 1


async def test_given_old_questions_when_pruned_then_half_a_year_is_kept(
    county: Any, clock: FrozenClock
) -> None:
    await dialogues.open_question(ME, "2001", Ask("a.a"), clock.now() - timedelta(days=181))
    await dialogues.open_question(ME, "2002", Ask("a.a"), clock.now() - timedelta(days=179))
    await dialogues.open_draft(ME, "2003", OpenDraft("b"), clock.now() - timedelta(days=400))
    assert await dialogues.prune(clock.now()) == 1
    assert await Dialogue.all().order_by("id").values_list("account_id", flat=True) == [
        "2002",
        "2003",
    ]


async def test_given_a_question_of_no_json_when_it_is_asked_then_it_is_a_fault(
    county: Any, clock: FrozenClock
) -> None:
    with pytest.raises(Fault):
        await dialogues.open_question(ME, "2001", Ask("a.a", data={"at": clock.now()}), clock.now())


async def test_given_a_secretary_when_he_names_people_then_only_his_branch_is_found(
    county: Any,
) -> None:
    await county.person("王建国", "李家村")
    await county.account("刘长河", "2001")
    scope = named_units((await queries.who_is(ME, "2001")).actor)
    found = await queries.find_people(scope, "王 建国")
    assert [(person.name, person.unit) for person in found] == [("王建国", "王家村")]
    assert await queries.find_people(scope, "张三") == ()


async def test_given_a_liaison_officer_when_he_names_people_then_those_who_came_are_found(
    county: Any,
) -> None:
    scope = UnitScope(("/1/6/",))
    assert [person.name for person in await queries.find_people(scope, "李强")] == ["李强"]
    assert await queries.find_people(scope, "王建国") == ()


async def test_given_a_clerk_when_he_names_people_then_nobody_is_found(county: Any) -> None:
    await county.account("孙敏", "2001")
    actor = (await queries.who_is(ME, "2001")).actor
    assert await queries.find_people(visible_units(actor), "王建国") == ()
    assert await queries.find_people(named_units(actor), "王建国") == ()


async def test_given_a_clerk_when_he_names_units_then_only_his_township_is_found(
    county: Any,
) -> None:
    scope = UnitScope(("/1/2/",), names=False)
    assert (await queries.unit_by_name(scope, "王家村")).unit_id == 3
    assert (await queries.unit_by_name(scope, " 柳河乡")).path == "/1/2/"
    for name in ("驻南港", "没有村", "明河县", ""):
        with pytest.raises(Refusal) as refused:
            await queries.unit_by_name(scope, name)
        said = current().render(Say(refused.value.key, **refused.value.fields))
        assert said == "您能看的单位里没有这个。您能看：柳河乡和下面 3 个村。"


async def test_given_two_villages_of_one_name_when_one_is_named_then_the_township_decides(
    county: Any,
) -> None:
    await county.unit("山河乡", UnitKind.TOWNSHIP, "明河县")
    twin = await county.unit("王家村", UnitKind.VILLAGE_BRANCH, "山河乡")
    scope = UnitScope(("/1/",), names=False)
    with pytest.raises(Refusal) as refused:
        await queries.unit_by_name(scope, "王家村")
    assert refused.value.key == "identity.unit_twice"
    assert refused.value.fields == {"units": "柳河乡王家村、山河乡王家村"}
    assert (await queries.unit_by_name(scope, "山河乡王家村")).unit_id == twin.id


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        (("/1/2/3/",), "王家村"),
        (("/1/2/3/", "/1/2/4/"), "王家村、李家村"),
        (("/1/2/",), "柳河乡和下面 3 个村"),
        (("/1/",), "明河县和下面 5 个单位"),
        ((), "暂时没有"),
    ],
)
async def test_given_a_scope_when_it_is_described_then_people_say_it_so(
    county: Any, paths: tuple[str, ...], words: str
) -> None:
    said = await queries.describe_scope(UnitScope(paths))
    assert current().render(said) == words


async def test_given_every_scope_when_everybody_is_named_then_it_agrees_with_a_naive_search(
    county: Any,
) -> None:
    await county.person("王建国", "李家村", inflow="驻南港")
    people = list(county.people.values())
    paths = {unit.id: unit.path for unit in county.units.values()}
    for scope in (UnitScope((path,)) for path in paths.values()):
        for name in {person.name for person in people}:
            found = {person.person_id for person in await queries.find_people(scope, name)}
            assert found == {
                person.id
                for person in people
                if person.name == name
                and any(
                    scope.covers(paths[unit])
                    for unit in (person.home_unit_id, person.inflow_unit_id)
                    if unit
                )
            }


async def test_given_decisions_when_they_are_shown_then_the_newest_counts(county: Any) -> None:
    await county.account("王建国", "2001")
    await consent(county, ConsentKind.BASICS, ConsentDecision.GIVEN)
    actor = (await queries.who_is(ME, "2001")).actor
    states = await queries.consents_of(actor)
    assert [(state.kind, state.is_given) for state in states] == [
        (ConsentKind.BASICS, True),
        (ConsentKind.REPORTS, False),
    ]
    assert states[1].decided_at is None
