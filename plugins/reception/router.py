"""Takes one message, finds what it means in the order of dialogues.md 2.1, and answers it.

Nothing a person wrote is logged, and nothing of it is said in a group.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from core import clock, logs
from core.conversation import Ask, Command, Reply, Say, Takes
from core.errors import Refusal
from core.messages import Incoming, SendResult
from plugins.identity import policy
from plugins.identity.dialogues import Choice, Standing
from plugins.identity.queries import who_is
from plugins.reception import answering, desk, handling, menus, reading, screening, seen, words
from plugins.reception.answering import Addressee
from plugins.reception.catalogue import Match
from plugins.reception.screening import Unwanted
from plugins.reception.turns import Turns
from plugins.reception.visits import Answer, Visit

log = logs.get("reception")

# More than this behind a word that takes no arguments is a sentence that happens to begin with it.
_LONGEST_STRAY = 8

_UNWANTED = {
    Unwanted.ID_NUMBER: Say("reception.no_id_numbers"),
    Unwanted.BANK_CARD: Say("reception.no_bank_cards"),
    Unwanted.PHONE: Say("reception.no_phones"),
    Unwanted.SECRET: Say("reception.no_secrets"),
}

_turns = Turns()


async def take(incoming: Incoming) -> None:
    """Answer one message; the same event taken again is dropped. Never raises.

    Messages of one sender are answered one after the other.
    """
    async with _turns.of((incoming.chat.platform, incoming.sender_id)):
        now = clock.now()
        try:
            if await seen.take(incoming.key, now):
                await _answer(incoming, now)
        except Exception as error:  # noqa: BLE001  # the last line: the person hears of it
            log.fault("not_answered", error)
            await _apologize(incoming, error)


async def _apologize(incoming: Incoming, error: Exception) -> None:
    try:
        await answering.send(desk.current(), incoming.chat, handling.apology(error))
    except Exception as another:  # noqa: BLE001  # nothing more can be done
        log.fault("not_even_apologized", another)


async def _answer(incoming: Incoming, now: datetime) -> None:
    here = desk.current()
    unwanted = screening.find(incoming.parts)
    if unwanted is not None:
        await answering.send(here, incoming.chat, _refused(incoming, unwanted))
        return
    known = await who_is(incoming.chat, incoming.sender_id, now)
    answer = await _read(Visit(here, incoming, incoming.chat, known, now))
    if not incoming.chat.is_private:
        answer = await _moved_if_private(answer)
    visit = answer.visit
    to = Addressee(visit.chat, incoming.sender_id, visit.known)
    await answering.keep(to, answer.reply, now)
    outcome = await answering.send(here, visit.chat, answer.reply)
    if visit.chat != incoming.chat and outcome is not None:
        gone = outcome.result is SendResult.REJECTED
        note = Say("reception.cannot_reach") if gone else Say("reception.in_private")
        await answering.send(here, incoming.chat, Reply(says=(note,)))


def _refused(incoming: Incoming, unwanted: Unwanted) -> Reply:
    if not incoming.chat.is_private:
        return Reply.of("reception.not_in_group")
    return Reply(says=(_UNWANTED[unwanted],))


async def _moved_if_private(answer: Answer) -> Answer:
    """Send to private chat what a handler asked in a group wants to say there."""
    if not answer.reply.private or answer.visit.chat.is_private:
        return answer
    return Answer(answer.reply, await answer.visit.in_private())


_Step = Callable[[Visit], Awaitable[Answer | Reply | None]]


async def _read(visit: Visit) -> Answer:
    if not reading.danger(visit.said):
        return await _through(visit, _ORDER)
    danger = Say("reception.danger")
    if not visit.chat.is_private:
        return Answer(Reply(says=(danger,)), visit)
    answer = await _through(visit, (_help, *_ORDER[:-1]))
    says = (danger, *answer.reply.says)
    return Answer(replace(answer.reply, says=says, silent=False), answer.visit)


async def _through(visit: Visit, order: tuple[_Step, ...]) -> Answer:
    for step in order:
        found = await step(visit)
        if isinstance(found, Reply):
            return Answer(found, visit)
        if found is not None:
            return found
    return Answer(Reply(silent=True), visit)


async def _help(visit: Visit) -> Answer | None:
    """Whoever is in danger is asked what he needs; a page of a report stays one."""
    command = visit.desk.command(words.HELP_WORD, visit.known.actor)
    if command is None or visit.known.draft is not None:
        return None
    return await handling.run(visit, command, "")


async def _claimed(visit: Visit) -> Reply | None:
    """Give an open draft the words that are its own before they are commands."""
    draft = visit.known.draft
    if draft is None or reading.bare(visit.said) not in visit.desk.draft_words.get(
        draft.kind, frozenset()
    ):
        return None
    return await handling.go_on(visit, draft)


async def _command(visit: Visit) -> Answer | None:
    match = visit.desk.catalogue.find(visit.said) if visit.said else None
    if match is None or not _is_meant(visit, match):
        return None
    return await handling.run(visit, match.command, match.rest)


def _is_meant(visit: Visit, match: Match) -> bool:
    """Whether a match is a command here, and not a sentence or a page that looks like one."""
    command = match.command
    if not visit.chat.is_private and command.in_group is not None:
        return True
    if visit.known.draft is not None and not (match.is_whole and not match.is_pattern):
        return command.while_drafting
    if visit.has_media and not match.is_whole:
        return False
    if not match.is_main and not _beats_label(visit, command):
        return False
    stray = not match.is_whole and not command.arguments
    return not stray or len(match.rest) <= _LONGEST_STRAY


def _beats_label(visit: Visit, command: Command) -> bool:
    """Whether a word that is merely understood is a command: nobody is refused for saying 行."""
    return policy.may_use(visit.known.actor, command) and _chosen_by_label(visit) is None


async def _number(visit: Visit) -> Answer | Reply | None:
    chosen = None if visit.has_media else reading.number(visit.said)
    if chosen is None:
        return None
    question = visit.known.question
    options = question.options if question else ()
    if question is not None and options and question.is_stale(visit.now):
        return await _anew(visit, question)
    if question is not None and 1 <= chosen <= len(options):
        return await _choose(visit, question, options[chosen - 1])
    if question is not None and question.takes.is_free:
        return None
    return Reply.of("reception.number_unknown")


async def _label(visit: Visit) -> Answer | Reply | None:
    """Take the words of an option for its number (同意 for 1)."""
    question, option = visit.known.question, _chosen_by_label(visit)
    if question is None or option is None:
        return None
    if question.is_stale(visit.now):
        return await _anew(visit, question)
    return await _choose(visit, question, option)


def _chosen_by_label(visit: Visit) -> Choice | None:
    question, text = visit.known.question, reading.bare(visit.said)
    options = question.options if question and text else ()
    return next((option for option in options if reading.bare(option.label) == text), None)


async def _anew(visit: Visit, question: Standing) -> Answer:
    """Give a list of more than a day ago anew instead of taking a number from it."""
    stale = Say("reception.stale_list")
    match = visit.desk.catalogue.find(question.again) if question.again else None
    if match is not None:
        answer = await handling.run(visit.typed(question.again), match.command, match.rest)
        reply = replace(answer.reply, says=(stale, *answer.reply.says))
        return Answer(reply, answer.visit)
    options = tuple(choice.as_option() for choice in question.options)
    ask = Ask(question.kind, options, question.data, question.takes, question.again)
    return Answer(Reply(says=(stale,), ask=ask), visit)


async def _choose(visit: Visit, question: Standing, option: Choice) -> Answer | Reply:
    if option.run is not None:
        match = visit.desk.catalogue.find(option.run)
        if match is None:
            return Reply.of("reception.number_unknown")
        return await handling.run(visit.typed(option.run), match.command, match.rest)
    return await handling.go_on(visit, question, choice=option.value)


async def _courtesy(visit: Visit) -> Reply | None:
    question = visit.known.question
    answers = question is not None and question.takes is Takes.WORDS and bool(visit.said)
    if answers and question is not None and not question.is_stale(visit.now):
        return None
    polite = reading.is_courtesy(visit.said, visit.incoming.parts)
    return Reply(silent=True) if polite else None


async def _newer_question(visit: Visit) -> Reply | None:
    """Give free text to the question that was asked after the draft was opened."""
    question, draft = visit.known.question, visit.known.draft
    if question is None or not question.takes.is_free or not visit.said:
        return None
    if draft is not None and (visit.has_media or draft.asked_at > question.asked_at):
        return None
    return await handling.go_on(visit, question)


async def _draft(visit: Visit) -> Reply | None:
    draft = visit.known.draft
    return await handling.go_on(visit, draft) if draft is not None else None


async def _line_readers(visit: Visit) -> Reply | None:
    """Ask the rooms whether a private line is for one of them."""
    if not visit.chat.is_private or not visit.known.actor.is_bound or not visit.said:
        return None
    call = visit.call(visit.said)
    for read in visit.desk.line_readers:
        try:
            found = await read(call)
        except Refusal as refusal:
            found = Reply(says=(Say(refusal.key, **refusal.fields),))
        if found is not None:
            return found
    return None


async def _unknown(visit: Visit) -> Reply:
    actor, question = visit.known.actor, visit.known.question
    if not visit.chat.is_private:
        return menus.in_group(visit.desk) if not visit.said else Reply.of("reception.unknown_group")
    if question is not None and _still_waits(question, visit.now):
        return Reply(says=(Say("reception.unknown_open", options=menus.shown(question)),))
    if not actor.is_bound:
        return Reply.of("reception.stranger")
    if visit.has_media:
        return Reply.of("reception.loose_media")
    return menus.not_understood(visit.desk, actor, visit.said)


def _still_waits(question: Standing, now: datetime) -> bool:
    """Whether a question is in the middle of being answered: it is not replaced by our guesses."""
    is_list = all(option.run is not None for option in question.options)
    return not is_list and not question.is_stale(now)


_ORDER: tuple[_Step, ...] = (
    _claimed,
    _command,
    _number,
    _label,
    _courtesy,
    _newer_question,
    _draft,
    _line_readers,
    _unknown,
)
