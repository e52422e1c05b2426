"""The chat face of the roster: 邀请, 换号, 夜班到, 我有空了."""

from datetime import date

from core.actors import Who
from core.conversation import Call, Command, Continuation, Reply, Reveals
from core.daywords import Ambiguous, is_night
from core.errors import Refusal
from plugins.identity import policy
from plugins.identity import queries as identity
from plugins.roster import pause_words, queries, service, views, words
from plugins.roster.import_commands import IMPORT_COMMANDS, IMPORT_CONTINUATIONS
from plugins.roster.listing_commands import LISTING_COMMANDS, LISTING_CONTINUATIONS


async def handle_invite(call: Call) -> Reply:
    """Give a code for one of the asker's people (邀请)."""
    if not call.words:
        return Reply.of("roster.invite_whom")
    people = await queries.invitable(call.actor, call.words)
    if not people:
        raise Refusal("roster.name_not_found")
    if len(people) > 1:
        return views.which(people, views.INVITE)
    return await _invite(call, people[0].person_id)


async def continue_invite(call: Call) -> Reply:
    """Give a code for the one who was chosen."""
    return await _invite(call, int(call.choice))


async def _invite(call: Call, person_id: int) -> Reply:
    return views.invited(await service.invite(actor=call.actor, person_id=person_id, now=call.now))


async def handle_new_account(call: Call) -> Reply:
    """Ask before the old account of somebody is taken off (换号)."""
    if not call.words:
        return Reply.of("roster.new_account_whom")
    people = await identity.find_people(policy.named_units(call.actor), call.words)
    if not people:
        raise Refusal("roster.name_not_found")
    if len(people) > 1:
        return views.which(people, views.NEW_ACCOUNT)
    return views.ask_new_account(people[0])


async def continue_new_account(call: Call) -> Reply:
    """Take the old account off and give a code for the new phone, or leave it."""
    if views.is_keep(call.choice):
        return views.kept()
    return views.account_changed(
        await service.change_account(actor=call.actor, person_id=int(call.choice), now=call.now)
    )


async def handle_pause(call: Call) -> Reply:
    """Leave a worker alone until a day (夜班到)."""
    said = words.pause_argument(call.words)
    night = is_night(call.now)
    found = pause_words.last_day(said, call.today, night=night) if said else None
    if not isinstance(found, date):
        return views.ask_day(found.options if isinstance(found, Ambiguous) else (), call.today)
    return await _pause(call, found)


async def continue_pause(call: Call) -> Reply:
    """Leave him alone until the day that was chosen."""
    return await _pause(call, date.fromisoformat(str(call.choice)))


async def _pause(call: Call, until: date) -> Reply:
    await service.pause(actor=call.actor, until=until, now=call.now)
    return views.paused(until, call.today)


async def handle_back(call: Call) -> Reply:
    """End a pause (我有空了)."""
    was_paused = await service.resume(actor=call.actor, now=call.now)
    return Reply.of("roster.back") if was_paused else Reply.of("roster.not_paused")


COMMANDS = (
    Command(
        name="roster.invite",
        words=(words.INVITE,),
        aliases=words.INVITE_ALIASES,
        arguments="姓名",
        handler=handle_invite,
        summary="roster.summary_invite",
        who=frozenset({Who.SECRETARY, Who.TOWNSHIP, Who.OPERATOR}),
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="roster.new_account",
        words=(words.NEW_ACCOUNT,),
        arguments="姓名",
        handler=handle_new_account,
        summary="roster.summary_new_account",
        who=frozenset({Who.SECRETARY}),
        reveals=Reveals.BRANCH,
    ),
    Command(
        name="roster.pause",
        words=(words.PAUSE,),
        aliases=words.PAUSE_ALIASES,
        pattern=words.PAUSE_PATTERN,
        arguments="日期",
        handler=handle_pause,
        summary="roster.summary_pause",
        who=frozenset({Who.WORKER}),
        reveals=Reveals.OWN,
        while_drafting=True,
    ),
    Command(
        name="roster.back",
        words=(words.BACK,),
        aliases=words.BACK_ALIASES,
        handler=handle_back,
        summary="roster.summary_back",
        who=frozenset({Who.WORKER}),
        reveals=Reveals.OWN,
        while_drafting=True,
    ),
    *IMPORT_COMMANDS,
    *LISTING_COMMANDS,
)

CONTINUATIONS = (
    Continuation(views.INVITE, continue_invite),
    Continuation(views.NEW_ACCOUNT, continue_new_account),
    Continuation(views.PAUSE, continue_pause),
    *IMPORT_CONTINUATIONS,
    *LISTING_CONTINUATIONS,
)
