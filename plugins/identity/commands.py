"""The chat face of identity: 绑定, the eight digits, 解绑, 同意书, 撤回同意."""

from core.actors import ConsentKind, Stage, Who
from core.conversation import Call, Command, Continuation, Place, Reply, Reveals, Say
from core.errors import Refusal
from plugins.identity import consents, groups, handed, policy, queries, service, views, words


async def handle_bind(call: Call) -> Reply:
    """Begin binding this account; in a group bind the group to a unit of the asker's."""
    digits = words.code_digits(call.words)
    if not call.chat.is_private:
        if digits is not None:
            return Reply.of("identity.code_in_group")
        if policy.may(call.actor, {Who.SECRETARY, Who.TOWNSHIP}):
            return await _bind_group(call)
        return Reply(says=_welcome(call), private=True)
    if digits is not None:
        return await _begin(call, digits)
    return Reply(says=_welcome(call))


def _welcome(call: Call) -> tuple[Say, ...]:
    bound = call.actor.is_bound
    return (Say("identity.already_bound") if bound else Say("identity.send_code"),)


async def _bind_group(call: Call) -> Reply:
    if call.words:
        scope = policy.visible_units(call.actor)
        units: tuple[queries.UnitFound, ...] = (await queries.unit_by_name(scope, call.words),)
    else:
        units = await queries.units_of(call.actor)
    if len(units) != 1:
        return views.which_unit(units)
    return await _bind_to(call, units[0].unit_id)


async def _bind_to(call: Call, unit_id: int) -> Reply:
    unit = await groups.bind_group(actor=call.actor, chat=call.chat, unit_id=unit_id, now=call.now)
    return views.group_bound(unit, call.now)


async def continue_group_unit(call: Call) -> Reply:
    """Bind the group to the unit that was chosen."""
    return await _bind_to(call, int(call.choice))


async def handle_code(call: Call) -> Reply:
    """Take an invitation code sent by itself."""
    return await _begin(call, words.code_digits(call.words) or "")


async def _begin(call: Call, code: str) -> Reply:
    invitation = await service.begin_binding(
        actor=call.actor, chat=call.chat, account_id=call.sender_id, code=code, now=call.now
    )
    return views.ask_name(invitation)


async def continue_name(call: Call) -> Reply:
    """Compare the name; a wrong one may be sent again."""
    invitation = _data(call, "invitation")
    try:
        checked = await service.check_name(
            chat=call.chat,
            account_id=call.sender_id,
            invitation_id=invitation,
            name=call.text,
            now=call.now,
        )
    except Refusal as refusal:
        if refusal.key == "identity.name_wrong":
            raise
        if refusal.key == "identity.old_account":
            return await handed.current().rebind(call, invitation)
        return views.closed(Say(refusal.key, **refusal.fields))
    return views.first_consent(invitation, asks_reports=checked.asks_reports)


def _data(call: Call, name: str) -> int:
    return int(call.question.data[name]) if call.question else 0


async def continue_basics(call: Call) -> Reply:
    """Bind on a yes to the first consent; store nothing on a no."""
    data = dict(call.question.data) if call.question else {}
    if call.choice == "full":
        return views.full_text(ConsentKind.BASICS, "identity.basics", data)
    if call.choice != "yes":
        return views.closed(Say("identity.not_stored"))
    await service.bind(
        chat=call.chat,
        account_id=call.sender_id,
        invitation_id=_data(call, "invitation"),
        now=call.now,
    )
    if data["reports"]:
        return views.second_consent()
    return views.closed(Say("identity.bound_member"))


async def continue_reports(call: Call) -> Reply:
    """Note the second consent, at the end of binding or when it is changed later."""
    binding = bool(call.question and call.question.data["binding"])
    if call.choice == "full":
        return views.full_text(ConsentKind.REPORTS, "identity.reports", {"binding": binding})
    given = call.choice == "yes"
    if not given and ConsentKind.REPORTS in call.actor.consents:
        return await handed.current().withdraw_reports(call)
    await consents.decide(actor=call.actor, kind=ConsentKind.REPORTS, given=given, now=call.now)
    if binding:
        return views.bound(call.now, reports=given)
    return views.closed(Say("identity.reports_given") if given else Say("identity.kept"))


async def handle_unbind(call: Call) -> Reply:
    """Ask before taking the account off; a secretary may name somebody of his branch."""
    if call.words and policy.may(call.actor, {Who.SECRETARY}):
        return await _ask_unbind_person(call)
    return views.ask_unbind() if call.actor.is_bound else Reply.of("identity.stolen")


async def _ask_unbind_person(call: Call) -> Reply:
    people = await queries.find_people(policy.named_units(call.actor), call.words)
    if not people:
        raise Refusal("identity.name_not_found")
    return views.ask_unbind_person(people[0]) if len(people) == 1 else views.which_person(people)


async def continue_unbind(call: Call) -> Reply:
    """Take the account off, or leave it."""
    if call.choice != "unbind":
        return views.closed(Say("identity.kept"))
    await service.unbind(actor=call.actor, now=call.now)
    return views.closed(Say("identity.unbound"))


async def continue_unbind_person(call: Call) -> Reply:
    """Take the account off the person who was named, or leave it."""
    if call.choice == "keep":
        return views.closed(Say("identity.kept"))
    name = await service.unbind_person(actor=call.actor, person_id=int(call.choice), now=call.now)
    return views.closed(Say("identity.unbound_other", name=name))


async def handle_consents(call: Call) -> Reply:
    """Show what was decided and offer to change it."""
    states = await queries.consents_of(call.actor)
    return views.consents(states, asks_reports=call.actor.stage is not Stage.FULL_MEMBER)


async def handle_withdraw(call: Call) -> Reply:
    """Ask which consent is taken back."""
    return views.ask_withdraw(has_reports=ConsentKind.REPORTS in call.actor.consents)


async def continue_consents(call: Call) -> Reply:
    """Do what was chosen under the consents."""
    match call.choice:
        case "full":
            return views.all_notices(asks_reports=call.actor.stage is not Stage.FULL_MEMBER)
        case "yes":
            return views.ask_reports()
        case "leave":
            return views.ask_leave()
        case "keep":
            return views.closed(Say("identity.kept"))
    return await handed.current().withdraw_reports(call)


async def continue_leave(call: Call) -> Reply:
    """Let somebody go, or not."""
    if call.choice != "leave":
        return views.closed(Say("identity.kept"))
    return await handed.current().leave(call)


COMMANDS = (
    Command(
        name="identity.bind",
        words=("绑定",),
        aliases=("邦定",),
        arguments="邀请码；群里：单位",
        handler=handle_bind,
        summary="identity.help_bind",
        place=Place.BOTH,
    ),
    Command(
        name="identity.code",
        words=(),
        pattern=r"[0-9]{4}[ -]?[0-9]{4}",
        handler=handle_code,
        summary="identity.help_code",
        in_group="identity.code_in_group",
    ),
    Command(
        name="identity.unbind",
        words=("解绑",),
        aliases=("换手机了", "号被盗"),
        arguments="姓名（支书用）",
        handler=handle_unbind,
        summary="identity.help_unbind",
    ),
    Command(
        name="identity.consents",
        words=("同意书",),
        aliases=("改同意",),
        handler=handle_consents,
        summary="identity.help_consents",
        reveals=Reveals.OWN,
    ),
    Command(
        name="identity.withdraw",
        words=("撤回同意",),
        aliases=("不同意了",),
        handler=handle_withdraw,
        summary="identity.help_withdraw",
        reveals=Reveals.OWN,
    ),
)

CONTINUATIONS = (
    Continuation("identity.name", continue_name),
    Continuation("identity.basics", continue_basics),
    Continuation("identity.reports", continue_reports),
    Continuation("identity.unbind", continue_unbind),
    Continuation("identity.unbind_person", continue_unbind_person),
    Continuation("identity.group_unit", continue_group_unit),
    Continuation("identity.consents", continue_consents),
    Continuation("identity.leave", continue_leave),
)
