"""What is asked after a line: to open a help case, to ask for the city, to have somebody sought.

Nothing is opened and nobody is written to without the mentor's yes. The case itself belongs to
another room, which bot.py hands over.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from core.conversation import Ask, Call, Continuation, Option, Reply, Say, Slot
from core.database import transactional
from core.messages import Text
from core.texts import current
from models import AuditLog
from models.enums import Outcome, Priority
from plugins.delivery import service as delivery
from plugins.mentoring import away_from_home, queries
from plugins.mentoring.away_from_home import Away
from plugins.mentoring.queries import LogLine

OpenHelp = Callable[[Call, int, str], Awaitable[Reply]]
CITY_PURPOSE = "mentoring.which_city"
# Asked later than this the question of the city is no news any more.
_CITY_LIFE = timedelta(days=7)
_YES, _NO = "yes", "no"
_CHANGED = frozenset({Outcome.MOVED.value, Outcome.EMPLOYER_CHANGED.value})
_CLOSED = frozenset({Slot.QUESTION})
_opener: list[OpenHelp] = []


def use_help(opener: OpenHelp) -> None:
    """Take what opens a help case (called once, by bot.py)."""
    _opener[:] = [opener]


def with_question(reply: Reply, line: LogLine, away: Away | None = None) -> Reply:
    """Return the answer to a line with the question that its outcome brings, if any.

    ``away`` is the place that may look for somebody who was not heard.
    """
    if away is not None:
        options = (
            Option(Say("mentoring.option_ask_away"), value=_YES),
            Option(Say("mentoring.option_try_again"), value=_NO),
        )
        shown = current().options(options)
        say = Say("mentoring.ask_away", place=away.name, options=shown)
        return _asked(reply, "mentoring.away", say, options, line, away=away.unit_id)
    if line.outcome == Outcome.HELP_NEEDED.value and _opener:
        options = (
            Option(Say("mentoring.option_agreed"), value=_YES),
            Option(Say("mentoring.option_not_asked"), value=_NO),
        )
        shown = current().options(options)
        say = Say("mentoring.ask_help", name=line.name, options=shown)
        return _asked(reply, "mentoring.help", say, options, line)
    if line.outcome in _CHANGED:
        options = (
            Option(Say("mentoring.option_ask"), value=_YES),
            Option(Say("mentoring.option_no_need"), value=_NO),
        )
        shown = current().options(options)
        say = Say("mentoring.ask_city", name=line.name, options=shown)
        return _asked(reply, "mentoring.city", say, options, line)
    return reply


def _asked(
    reply: Reply,
    kind: str,
    say: Say,
    options: tuple[Option, ...],
    line: LogLine,
    **more: int,
) -> Reply:
    ask = Ask(kind, options, {"contact": line.contact_id} | more, listed=True)
    return replace(reply, says=(*reply.says, say), ask=ask, close=frozenset())


async def continue_help(call: Call) -> Reply:
    """Open a help case after the yes; the words are what the line keeps."""
    if call.choice != _YES:
        return Reply(says=(Say("mentoring.help_later"),), close=_CLOSED)
    line = await queries.own_line(call.actor, _contact(call))
    if line is None or not _opener:
        return Reply(says=(Say("mentoring.nothing_to_amend"),), close=_CLOSED)
    return await _opener[0](call, line.person_id, line.note)


async def continue_city(call: Call) -> Reply:
    """Ask the person for the new city after the yes."""
    if call.choice != _YES:
        return Reply(says=(Say("mentoring.city_not_asked"),), close=_CLOSED)
    line = await queries.own_line(call.actor, _contact(call))
    if line is None:
        return Reply(says=(Say("mentoring.nothing_to_amend"),), close=_CLOSED)
    await ask_city(line=line, mentor=call.actor.name, actor_id=call.actor.person_id, now=call.now)
    return Reply(says=(Say("mentoring.city_asked", name=line.name),), close=_CLOSED)


async def continue_away(call: Call) -> Reply:
    """Ask the place away from home to look for somebody after the mentor's yes."""
    if call.choice != _YES:
        return Reply(says=(Say("mentoring.away_not_asked"),), close=_CLOSED)
    unit_id = int((call.question.data if call.question else {})["away"])
    place = await away_from_home.ask(
        actor=call.actor, contact_id=_contact(call), unit_id=unit_id, now=call.now
    )
    return Reply(says=(Say("mentoring.away_asked", place=place),), close=_CLOSED)


def _contact(call: Call) -> int:
    return int((call.question.data if call.question else {})["contact"])


@transactional
async def ask_city(*, line: LogLine, mentor: str, actor_id: int | None, now: datetime) -> None:
    """Owe the person the question for the city, once for a line; with an audit row."""
    say = Say("mentoring.which_city", mentor=mentor)
    added = await delivery.enqueue(
        purpose=CITY_PURPOSE,
        occasion=str(line.contact_id),
        target=f"person:{line.person_id}",
        parts=(Text(current().render(say)),),
        now=now,
        priority=Priority.NOTICE,
        expires_at=now + _CITY_LIFE,
    )
    if added:
        await AuditLog.create(
            at=now,
            actor_id=actor_id,
            action="contact.city_asked",
            subject_kind="contact",
            subject_id=line.contact_id,
            detail={},
        )


AFTER_LINE_CONTINUATIONS = (
    Continuation("mentoring.help", continue_help),
    Continuation("mentoring.city", continue_city),
    Continuation("mentoring.away", continue_away),
)
