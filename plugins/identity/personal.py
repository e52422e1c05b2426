"""What identity keeps of a person: who he is, his accounts, offices, consents, looks and acts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from core.actors import ConsentKind, Stage
from core.clock import local_day
from core.config import settings
from core.conversation import Say
from core.database import require_tx
from core.personal import Copied, Held, Keeping, Leaving, PersonalData
from models import (
    Account,
    AuditLog,
    CodeTry,
    Consent,
    Invitation,
    Person,
    ReadLog,
    Role,
)
from models.enums import ConsentDecision
from models.rows import as_json
from plugins.identity import dialogues, looks, trail, words

_STAGES = {
    Stage.APPLICANT: Say("identity.stage_applicant"),
    Stage.ACTIVIST: Say("identity.stage_activist"),
    Stage.DEVELOPMENT_TARGET: Say("identity.stage_development_target"),
    Stage.PROBATIONARY_MEMBER: Say("identity.stage_probationary_member"),
    Stage.FULL_MEMBER: Say("identity.stage_full_member"),
}
_CONSENTS = {
    ConsentKind.BASICS: Say("identity.consent_basics"),
    ConsentKind.REPORTS: Say("identity.consent_reports"),
}
_DAYS = (
    ("applied_on", Say("identity.day_applied")),
    ("talk_on", Say("identity.day_talk")),
    ("activist_on", Say("identity.day_activist")),
    ("target_on", Say("identity.day_target")),
    ("probation_on", Say("identity.day_probation")),
    ("left_on", Say("identity.day_left")),
    ("paused_until", Say("identity.day_paused")),
)
# The keyed hash of a code tells its owner nothing.
_INSIDE = ("code_hash",)


def stage_say(stage: Stage) -> Say:
    """Name a stage as people do."""
    return _STAGES[stage]


async def _describe(person_id: int, today: date) -> Held:
    person = await Person.get(id=person_id).prefetch_related("home_unit", "inflow_unit")
    consents = await Consent.filter(person_id=person_id).count()
    facts = [
        Say("identity.held_name"),
        Say("identity.held_unit"),
        Say("identity.held_stage"),
        *([Say("identity.held_city")] if person.city else []),
    ]
    counts = (Say("identity.held_consents", count=consents),) if consents else ()
    return Held(tuple(facts), counts, await _details(person, today))


async def _details(person: Person, today: date) -> tuple[Say, ...]:
    unit = person.home_unit.name
    lines = [
        Say("identity.detail_person", name=person.name, unit=unit),
        Say("identity.detail_stage", stage=stage_say(person.stage)),
    ]
    if person.inflow_unit is not None:
        lines.append(Say("identity.detail_inflow", unit=person.inflow_unit.name))
    if person.city:
        lines.append(Say("identity.detail_city", city=person.city))
    for column, label in _DAYS:
        if (on := getattr(person, column)) is not None:
            lines.append(Say("identity.detail_day", label=label, on=on, today=today))
    for account in await Account.filter(person_id=person.id).order_by("id"):
        tail = words.account_tail(account.account_id)
        lines.append(Say("identity.detail_account", tail=tail))
    offices = await Role.filter(person_id=person.id).count()
    if offices:
        lines.append(Say("identity.detail_offices", count=offices))
    lines += [_consent_say(row) for row in await _consents(person.id)]
    return tuple(lines)


async def _consents(person_id: int) -> list[Consent]:
    return await Consent.filter(person_id=person_id).order_by("id")


def _consent_say(row: Consent) -> Say:
    fields = {"kind": _CONSENTS[row.kind], "at": row.decided_at}
    if row.decision is ConsentDecision.GIVEN:
        return Say("identity.detail_given", **fields)
    if row.decision is ConsentDecision.REFUSED:
        return Say("identity.detail_refused", **fields)
    return Say("identity.detail_withdrawn", **fields)


async def _export(person_id: int, today: date) -> Copied:
    person = await Person.get(id=person_id).prefetch_related("home_unit", "inflow_unit")
    offices = await Role.filter(person_id=person_id).prefetch_related("unit").order_by("id")
    accounts = await Account.filter(person_id=person_id).order_by("id")
    tries = [
        row
        for one in accounts
        for row in await CodeTry.filter(platform=one.platform, account_id=one.account_id)
    ]
    data = {
        "person": as_json(person) | {"home_unit": person.home_unit.name},
        "accounts": [as_json(row) for row in accounts],
        "offices": [as_json(row) | {"unit": row.unit.name} for row in offices],
        "consents": [as_json(row) for row in await _consents(person_id)],
        "invitations": [
            as_json(row, without=_INSIDE) for row in await Invitation.filter(person_id=person_id)
        ],
        "wrong_codes": [as_json(row) for row in tries],
        "looks": [as_json(row) for row in await ReadLog.filter(person_id=person_id).order_by("id")],
        "acts": [as_json(row) for row in await trail.about(person_id)],
    }
    return Copied(data, await _details(person, today))


async def _erase(leaving: Leaving) -> Sequence[str]:
    """Delete accounts with what is open, offices, consents and looks; leave a nameless stub."""
    require_tx()
    person_id = leaving.person_id
    for account in await Account.filter(person_id=person_id):
        await dialogues.forget(account.platform, account.account_id)
        await CodeTry.filter(platform=account.platform, account_id=account.account_id).delete()
    await Account.filter(person_id=person_id).delete()
    await _close_questions(leaving)
    await Invitation.filter(person_id=person_id).delete()
    await Consent.filter(person_id=person_id).delete()
    await Role.filter(person_id=person_id).delete()
    await ReadLog.filter(person_id=person_id).delete()
    await trail.blank("person", [person_id])
    await _make_stub(person_id, local_day(leaving.now))
    return ()


async def _close_questions(leaving: Leaving) -> None:
    """End the questions that are open with those nearby and say the name."""
    if not leaving.is_only_name:
        return
    for account in await Account.filter(person_id__in=list(leaving.near)):
        await dialogues.close_naming(account.platform, account.account_id, leaving.name)


async def _make_stub(person_id: int, today: date) -> None:
    # A full member owes nothing, studies nothing and is counted nowhere.
    days = dict.fromkeys(("applied_on", "talk_on", "activist_on", "target_on", "probation_on"))
    await Person.filter(id=person_id).update(
        uid=uuid4().hex,
        name="",
        stage=Stage.FULL_MEMBER,
        inflow_unit_id=None,
        city=None,
        left_on=None,
        paused_until=None,
        erased_on=today,
        **days,
    )


def _old_acts(now: datetime) -> QuerySet[AuditLog]:
    return AuditLog.filter(at__lt=now - timedelta(days=settings().privacy.audit_days))


def _old_looks(now: datetime) -> QuerySet[ReadLog]:
    return ReadLog.filter(at__lt=now - timedelta(days=settings().privacy.audit_days))


def _dead_codes(now: datetime) -> QuerySet[Invitation]:
    """Return codes that nobody used and nobody can use any more, a while ago."""
    before = now - timedelta(days=settings().privacy.invitation_keep_days)
    over = Q(expires_at__lt=before) | Q(withdrawn_at__lt=before)
    return Invitation.filter(over, used_at__isnull=True)


def _loose_accounts(_now: datetime) -> QuerySet[Account]:
    """Return accounts of nobody that wait for nothing: who was let go is not to be recognized."""
    return Account.filter(person_id__isnull=True, rebindings__id__isnull=True)


def _figures_look(_code: str, _today: date) -> Say:
    return Say("identity.looked_at_figures")


PERSONAL = PersonalData(
    title=Say("identity.personal_title"),
    tables=frozenset(
        {
            "person", "account", "role", "consent", "invitation", "code_try", "dialogue",
            "audit_log", "read_log",
        }
    ),
    describe=_describe,
    export=_export,
    erase=_erase,
    rank=90,
    looks={looks.FIGURES: _figures_look},
    keepings=(
        Keeping("audit", _old_acts),
        Keeping("looks", _old_looks),
        Keeping("unused_codes", _dead_codes),
        Keeping("loose_accounts", _loose_accounts),
    ),
)  # fmt: skip
