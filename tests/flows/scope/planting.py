"""Puts a case into the tables: everybody with something of everything, each with words of his own.

Planted twice, the second time only what was left out: the rows of the first time keep their ids.
"""

from collections.abc import Collection
from datetime import date, timedelta

from core import crypto
from core.actors import ConsentKind, RoleKind, Stage
from core.messages import Text
from core.personal import CorrectionItem
from models import (
    Account,
    AssistanceCase,
    AuditLog,
    Consent,
    Contact,
    Correction,
    Delivery,
    Escalation,
    Group,
    Inspection,
    LocalMaterial,
    Mentorship,
    Movement,
    Parcel,
    Person,
    PlanPause,
    PushOrder,
    ReadLog,
    ReportAllowance,
    ReportDraft,
    ReportPart,
    ReportReview,
    Role,
    StandIn,
    StudyRecord,
    ThoughtReport,
    Unit,
    Unreached,
)
from models.enums import (
    AllowanceKind,
    Channel,
    ConsentDecision,
    DeliveryState,
    DraftState,
    EscalationLevel,
    Evidence,
    HelpKind,
    HelpState,
    MaterialState,
    MovementSource,
    MovementState,
    OrderState,
    PartKind,
    PauseKind,
    Priority,
    ReportState,
    ReviewDecision,
    StandInState,
    UnitKind,
)
from plugins.assistance.queries import words_place
from plugins.delivery import service as delivery
from plugins.mentoring.queries import note_place
from plugins.movement.queries import employer_place
from plugins.privacy.corrections import right_place
from plugins.study import library, local_pieces
from plugins.thought_report.cases import reason_place
from plugins.thought_report.pages import text_place
from tests.flows.scope import tokens
from tests.flows.scope.worlds import ME, OTHER, Case, Level
from tests.plugins.mentoring.town import at
from tests.plugins.stats.test_scope import QUARTER, TODAY, Someone

PLATFORM, SELF = "onebot11", "10001"
NOW, BEFORE = at(11, 23), at(11, 20)
_SEAT_KINDS = (UnitKind.COUNTY, UnitKind.TOWNSHIP, UnitKind.VILLAGE_BRANCH)


async def plant(case: Case, *, people: Collection[int], units: Collection[int]) -> None:
    """Plant these people and units of a case, in the order of their numbers."""
    for unit in sorted(units):
        await _unit(case, unit)
    for number in sorted(people):
        await _person(case, number)
    for number in sorted(people):
        if number < len(case.world.people):
            await _doings(case, number, case.world.people[number])
    for unit in sorted(units):
        await _sent_in(case, unit)
    if units:
        await delivery.broadcast(
            purpose="study.push", occasion="everywhere", parts=(Text("通知。"),), title="一起发的",
            targets=[f"group:{unit + 1}" for unit in sorted(units)], priority=Priority.DIGEST,
            now=NOW,
        )  # fmt: skip
    if case.level is Level.DEPUTY and ME in people:
        await StandIn.create(
            uid="standin", mentor_id=OTHER + 1, deputy_id=ME + 1, from_on=date(2026, 11, 1),
            until_on=date(2026, 12, 31), state=StandInState.AGREED, source_key="standin",
            asked_at=BEFORE,
        )  # fmt: skip


async def _unit(case: Case, number: int) -> None:
    parent, depth = case.world.parents[number], case.world.path(number).count("/") - 2
    await Unit.create(
        id=number + 1, name=tokens.of_unit(tokens.UNIT, number), path=case.world.path(number),
        kind=_SEAT_KINDS[min(depth, 2)], parent_id=None if parent is None else parent + 1,
        created_at=BEFORE,
    )  # fmt: skip
    await Group.create(
        id=number + 1, platform=PLATFORM, chat_id=f"7{number}", self_id=SELF,
        name=tokens.of_unit(tokens.GROUP, number), unit_id=number + 1, bound_at=BEFORE,
        next_digest_at=NOW,
    )  # fmt: skip


async def _person(case: Case, number: int) -> None:
    someone = case.world.people[number] if number < len(case.world.people) else None
    home = someone.home if someone else number - len(case.world.people)
    row = await Person.create(
        id=number + 1, uid=f"p{number}", name=tokens.of_person(tokens.NAME, number),
        home_unit_id=home + 1, stage=someone.stage if someone else Stage.FULL_MEMBER,
        inflow_unit_id=someone.inflow + 1 if someone and someone.inflow is not None else None,
        activist_on=someone.activist_on if someone else None, created_at=BEFORE,
        city=tokens.of_person(tokens.CITY, number),
    )  # fmt: skip
    await bind(number)
    if someone is None:
        await Role.create(
            person=row, unit_id=home + 1, kind=RoleKind.BRANCH_SECRETARY, from_on=date(2025, 1, 1)
        )
    for kind, unit in case.world.grants if number == ME else ():
        await Role.create(person=row, unit_id=unit + 1, kind=kind, from_on=date(2025, 1, 1))


async def bind(number: int) -> None:
    """Bind the account of somebody, and let him agree to everything."""
    found = {"platform": PLATFORM, "account_id": f"a{number}"}
    bound = {"person_id": number + 1, "self_id": SELF, "bound_at": BEFORE}
    if not await Account.filter(**found).update(**bound):
        await Account.create(id=number + 1, **found, **bound)
    for kind in ConsentKind:
        await Consent.create(
            person_id=number + 1, kind=kind, version="2026-11", decision=ConsentDecision.GIVEN,
            decided_at=BEFORE,
        )  # fmt: skip


async def _doings(case: Case, number: int, one: Someone) -> None:
    await _asked(number)
    if one.report is not None:
        await _report(number, one.report, case.officer(one.home))
    if one.mentor is not None and one.mentor != number:
        await _mentored(number, one)
    secretary = case.officer(one.home) + 1
    await Inspection.create(
        person_id=number + 1, inspected_on=date(2026, 3, 1) + timedelta(days=number),
        entered_by_id=secretary, entered_at=BEFORE, source_key=f"i{number}",
    )  # fmt: skip
    await ReportAllowance.create(
        uid=f"l{number}", person_id=number + 1, quarter="2026Q3", kind=AllowanceKind.EXTENSION,
        until_on=date(2026, 10, 20), granted_by_id=secretary, granted_at=BEFORE,
        reason_sealed=_seal(tokens.REASON, number, f"report_allowance.reason:l{number}"),
    )  # fmt: skip
    await StudyRecord.create(
        person_id=number + 1, material=f"attended:{number}", evidence=Evidence.ATTENDED,
        hours_tenths=20, earned_at=BEFORE, title=tokens.of_person(tokens.COURSE, number),
        happened_on=date(2026, 11, 2), entered_by_id=secretary,
    )  # fmt: skip
    await ReadLog.create(
        at=BEFORE, person_id=number + 1, reader_id=secretary, reader_role="secretary",
        what="dossier",
    )  # fmt: skip
    await AuditLog.create(
        at=BEFORE, actor_id=secretary, action="roster.import", subject_kind="person",
        subject_id=number + 1, detail={},
    )  # fmt: skip


def _seal(kind: str, number: int, place: str) -> bytes:
    return crypto.seal_text(tokens.of_person(kind, number), place=place)


async def _asked(number: int) -> None:
    """What somebody asked for and told of: help, a journey, a correction, a parcel."""
    person = number + 1
    await AssistanceCase.create(
        uid=f"h{number}", person_id=person, kind=HelpKind.WAGES, state=HelpState.OPEN,
        words_sealed=_seal(tokens.HELP, number, words_place(f"h{number}")),
        opened_by_id=person, opened_at=BEFORE, source_key=f"h{number}",
    )  # fmt: skip
    await Movement.create(
        uid=f"m{number}", person_id=person, to_city=tokens.of_person(tokens.CITY, number),
        leaves_on=date(2026, 11, 10), state=MovementState.AWAY, source=MovementSource.DEPARTURE,
        source_key=f"m{number}", reported_at=BEFORE,
        employer_sealed=_seal(tokens.EMPLOYER, number, employer_place(f"m{number}")),
    )  # fmt: skip
    await Correction.create(
        uid=f"x{number}", person_id=person, item=CorrectionItem.OTHER, asked_at=BEFORE,
        right_sealed=_seal(tokens.CORRECTION, number, right_place(f"x{number}")),
    )  # fmt: skip
    await Parcel.create(person_id=person, items=["学习小册子"], asked_at=BEFORE)
    await Unreached.create(person_id=person, since=BEFORE, reason="not_friend")


async def _report(number: int, state: ReportState, reviewer: int) -> None:
    draft = await ReportDraft.create(
        uid=f"d{number}", person_id=number + 1, quarter=str(QUARTER), state=DraftState.SUBMITTED,
        opened_at=BEFORE, updated_at=BEFORE, closed_at=BEFORE,
    )  # fmt: skip
    uid = f"t{number}"
    await ReportPart.create(
        uid=uid, draft=draft, position=1, kind=PartKind.TEXT, source_key="1", added_at=BEFORE,
        text_sealed=_seal(tokens.REPORT, number, text_place(uid)), characters=2,
    )  # fmt: skip
    report = await ThoughtReport.create(
        uid=f"r{number}", person_id=number + 1, draft=draft, quarter=str(QUARTER), state=state,
        pages=1, submitted_at=BEFORE,
    )  # fmt: skip
    if state in {ReportState.RETURNED, ReportState.DONE}:
        await ReportReview.create(
            uid=f"v{number}", report=report, reviewer_id=reviewer + 1, decided_at=BEFORE,
            as_mentor=False, decision=ReviewDecision.RETURNED,
            reason_sealed=_seal(tokens.RETURNED, number, reason_place(f"v{number}")),
        )  # fmt: skip


async def _mentored(number: int, one: Someone) -> None:
    mentor = (one.mentor or 0) + 1
    pair = await Mentorship.create(
        person_id=number + 1, mentor_id=mentor, from_on=date(2026, 3, 1),
        until_on=one.mentor_until, last_contact_on=one.last_on, next_contact_on=TODAY,
    )  # fmt: skip
    await Escalation.create(
        mentorship=pair, person_id=number + 1, unit_id=one.home + 1,
        level=EscalationLevel.SECRETARY, since=date(2026, 8, 1), asked_at=BEFORE,
    )  # fmt: skip
    if one.contact_on is not None:
        await Contact.create(
            uid=f"c{number}", mentorship=pair, person_id=number + 1, entered_by_id=mentor,
            contacted_on=one.contact_on, channel=Channel.PHONE, outcome=one.outcome,
            note_sealed=_seal(tokens.NOTE, number, note_place(f"c{number}")),
            source_key=f"c{number}", entered_at=BEFORE,
            withdrawn_at=BEFORE if one.withdrawn else None,
        )  # fmt: skip


async def _sent_in(case: Case, unit: int) -> None:
    """What a unit brought in, ordered, paused and sent: a push that is unsure in its group."""
    secretary, uid = case.officer(unit) + 1, f"piece{unit}"
    await LocalMaterial.create(
        uid=uid, unit_id=unit + 1, title=tokens.of_unit(tokens.PIECE, unit),
        body_sealed=local_pieces.seal_body((Text("一段话。"),), uid=uid), source="村里",
        effective_until=date(2027, 3, 1), state=MaterialState.WAITING, proposed_by_id=secretary,
        proposed_at=BEFORE,
    )  # fmt: skip
    await PushOrder.create(
        uid=f"order{unit}", unit_id=unit + 1, material=library.current().all[0].slug,
        groups=[unit + 1], send_at=at(11, 24, 20), state=OrderState.WAITING,
        asked_by_id=secretary, asked_at=BEFORE,
    )  # fmt: skip
    await PlanPause.create(
        unit_id=unit + 1, from_on=date(2026, 12, 7) + timedelta(weeks=unit),
        until_on=date(2026, 12, 8) + timedelta(weeks=unit), kind=PauseKind.HARVEST,
        created_at=BEFORE,
    )  # fmt: skip
    for occasion, state in (("unsure", DeliveryState.UNKNOWN), ("due", DeliveryState.DUE)):
        title = f"{tokens.of_unit(tokens.PUSH, unit)}{occasion == 'due' or ''}"
        await delivery.broadcast(
            purpose="study.push", occasion=f"{occasion}{unit}", parts=(Text(title),), title=title,
            targets=[f"group:{unit + 1}"], priority=Priority.DIGEST, now=NOW,
        )  # fmt: skip
        await _settle(f"{occasion}{unit}", state)


async def _settle(occasion: str, state: DeliveryState) -> None:
    await Delivery.filter(occasion=occasion).update(state=state)
