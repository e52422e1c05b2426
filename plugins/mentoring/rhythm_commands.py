"""The chat face of a pair's own rhythm: 联系安排."""

from core.actors import Who
from core.conversation import Ask, Call, Command, Continuation, Option, Reply, Reveals, Say, Slot
from core.errors import Refusal
from core.texts import current
from models.enums import Every
from plugins.mentoring import namesake_views, namesakes, pair_rhythm, pair_words
from plugins.mentoring.pair_rhythm import Arranged

_WHICH_PAIR = "mentoring.rhythm_pair"
_WHO = "mentoring.rhythm_who"
_SHOW, _BACK = "show", "back"
_DONE = frozenset({Slot.QUESTION})


async def handle_rhythm(call: Call) -> Reply:
    """Show how often somebody is talked to, or say how often from now on."""
    name, _, said = call.words.strip().partition(" ")
    if not name:
        raise Refusal("mentoring.rhythm_how")
    what = _read(said.replace(" ", ""))
    found = await namesakes.own(call.actor, name, call.today)
    if not found:
        raise Refusal("mentoring.history_nobody")
    if len(found) > 1:
        return namesake_views.which(found, _WHO, {"what": what})
    return await _of_person(call, found[0].person_id, what)


def _read(said: str) -> str:
    """Return a rhythm's value, that the unit's holds again, or that it is only shown."""
    if not said:
        return _SHOW
    if said in pair_words.BACK:
        return _BACK
    every = pair_words.EVERY.get(said)
    if every is None:
        raise Refusal("mentoring.rhythm_how")
    return every.value


async def continue_who(call: Call) -> Reply:
    """Take which of several people of one name is meant."""
    what = str((call.question.data if call.question else {})["what"])
    return await _of_person(call, int(call.choice), what)


async def _of_person(call: Call, person_id: int, what: str) -> Reply:
    held = await pair_rhythm.mine(call.actor, person_id, call.today)
    if not held:
        raise Refusal("mentoring.not_yours")
    if len(held) == 1:
        return await _arrange(call, held[0].pair_id, what)
    options = tuple(Option(one.mentor, value=one.pair_id) for one in held)
    say = Say("mentoring.rhythm_which_pair", options=current().options(options))
    ask = Ask(_WHICH_PAIR, options, {"what": what}, listed=True)
    return Reply(says=(say,), ask=ask)


async def continue_pair(call: Call) -> Reply:
    """Take which of two mentors' rhythm is meant."""
    what = str((call.question.data if call.question else {})["what"])
    return await _arrange(call, int(call.choice), what)


async def _arrange(call: Call, pair_id: int, what: str) -> Reply:
    if what == _SHOW:
        return _shown(
            await pair_rhythm.show(actor=call.actor, pair_id=pair_id),
            call,
            "mentoring.rhythm_shown",
        )
    every = None if what == _BACK else Every(what)
    found = await pair_rhythm.arrange(actor=call.actor, pair_id=pair_id, every=every, now=call.now)
    return _shown(found, call, "mentoring.rhythm_set")


def _shown(found: Arranged, call: Call, key: str) -> Reply:
    say = Say(
        key,
        person=found.person,
        mentor=found.mentor,
        how=pair_rhythm.how(found.every, found.months),
        next=found.next_on,
        today=call.today,
    )
    return Reply(says=(say,), close=_DONE)


RHYTHM_COMMANDS = (
    Command(
        name="mentoring.rhythm",
        words=(pair_words.RHYTHM,),
        aliases=pair_words.RHYTHM_ALIASES,
        arguments=pair_words.RHYTHM_ARGUMENTS,
        handler=handle_rhythm,
        summary="mentoring.help_rhythm",
        who=frozenset({Who.MENTOR, Who.SECRETARY}),
        reveals=Reveals.MENTEES,
    ),
)

RHYTHM_CONTINUATIONS = (
    Continuation(_WHO, continue_who),
    Continuation(_WHICH_PAIR, continue_pair),
)
