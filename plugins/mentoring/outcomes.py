"""Reads out of a mentor's line what came of the contact, and by which channel. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.enums import Channel, Outcome
from plugins.mentoring import outcome_words, words
from plugins.mentoring.masked import Masked
from plugins.mentoring.outcome_words import OutcomeWord

_Match = tuple[OutcomeWord, re.Match[str]]
# Ways that are no more than a try until somebody answers are left out: messages, letters.
_BY_TALK = frozenset(
    (Channel.PHONE, Channel.VOICE, Channel.VIDEO, Channel.VISIT, Channel.IN_PERSON)
)
# So many characters together tell something.
_TELLING = 4
_VAIN = frozenset((Outcome.NO_ANSWER, Outcome.NUMBER_DEAD))


@dataclass(frozen=True, slots=True)
class Way:
    """What came of it, how they were in touch, and how that is repeated.

    ``is_guess`` says that they talked only as it seems: what was told has to come from somewhere.
    """

    outcome: Outcome | None
    channel: Channel | None
    label: str
    is_guess: bool = False


def read_way(rest: Masked) -> Way:
    """Take outcome and channel; of a vain try and a talk in one line the later one counts."""
    came = _read_outcome(rest)
    channel, label = _read_channel(rest, came)
    return Way(came.outcome, channel, label, came.is_guess)


def is_touch(piece: str) -> bool:
    """Whether a piece names a channel, or tells plainly whether they talked."""
    told = (word for word in outcome_words.OUTCOMES if word.taken)
    ways = (word.pattern for word in (*words.CHANNELS, *words.CHANNEL_HINTS))
    patterns = (*ways, *(word.pattern for word in told))
    return any(found[0] for pattern in patterns for found in pattern.finditer(piece))


@dataclass(frozen=True, slots=True)
class _Came:
    """What came of it; ``implied`` is the channel that its word says.

    ``vain_at`` is where a vain try by that channel stands, ``talked_at`` the talk after one.
    """

    outcome: Outcome | None = None
    implied: Channel | None = None
    vain_at: int | None = None
    talked_at: int | None = None
    is_guess: bool = False


def _read_outcome(rest: Masked) -> _Came:
    matches = list(_matches(rest.text))
    heard = _heard_of(rest.text)
    if _is_unsure(rest.text, matches):
        return _Came(None, matches[0][0].channel if matches else None)
    if not matches:
        unsaid = _unsaid(rest.text, heard_of=heard is not None)
        is_guess = unsaid is None and _tells_of_him(rest.text)
        return _Came(Outcome.REACHED if is_guess else unsaid, is_guess=is_guess)
    word, found = matches[0]
    talk = _later_talk(rest.text, word, found)
    if _is_unclear(rest.text, word, found, talk, heard):
        return _Came(None, word.channel)
    word, found = talk or (word, found)
    if heard is not None and word.outcome is not Outcome.NUMBER_DEAD:
        plain = word.outcome is Outcome.REACHED and word.taken
        unclear = plain and found.start() > heard.end()
        return _Came(None if unclear else Outcome.THROUGH_OTHERS)
    _take(rest, word, matches)
    implied = next((o.channel for o, _ in matches if o.outcome is word.outcome and o.channel), None)
    vain = word.outcome in _VAIN and word.channel is not None
    return _Came(
        word.outcome,
        implied,
        found.start() if vain else None,
        talk[1].start() if talk else None,
    )


def _is_unclear(
    text: str,
    word: OutcomeWord,
    found: re.Match[str],
    talk: _Match | None,
    heard: re.Match[str] | None,
) -> bool:
    """Whether what stands there first is no more than one side of it, so that it has to be asked.

    A dead number of which somebody else told; a talk and a vain try in no order; a vain try after
    which something good came another way; trouble behind a plain "all is well".
    """
    if word.outcome in _VAIN and talk is None and _is_gainsaid(text, found):
        return True
    if word.outcome is Outcome.NUMBER_DEAD and heard and heard.end() <= found.start():
        return outcome_words.WRONG_NUMBER.search(found[0]) is None
    if word.outcome in _VAIN and talk is None:
        answers = heard is None and outcome_words.ANSWERED.search(text, found.end()) is not None
        return answers or _by_another_way(text, found.end())
    plain = word.outcome is Outcome.REACHED and not word.taken
    return plain and outcome_words.WEIGHTY.search(text) is not None


def _is_gainsaid(text: str, vain: re.Match[str]) -> bool:
    """Whether a talk is told before a vain try, and nothing says which came last."""
    talk = talk_after(text[: vain.start()], 0)
    between = text[talk[1].end() : vain.start()] if talk else ""
    return talk is not None and outcome_words.LATER.search(between) is None


def _is_unsure(text: str, matches: Sequence[_Match]) -> bool:
    """Whether nobody could tell what came of it, or two different changes are told."""
    changes = {
        word.outcome: found for word, found in matches if word.outcome in outcome_words.CHANGES
    }
    spans = sorted(found.span() for found in changes.values())
    both = len(spans) > 1 and spans[0][1] <= spans[1][0]
    unsure = outcome_words.UNSURE.search(text)
    return both or (unsure is not None and talk_after(text, unsure.end()) is None)


def _matches(text: str) -> Iterator[_Match]:
    for word in outcome_words.OUTCOMES:
        for found in word.pattern.finditer(text):
            if not _is_untrue(text, word, found):
                yield word, found
                break


def _is_untrue(text: str, word: OutcomeWord, found: re.Match[str]) -> bool:
    """Whether it is denied, a change is only planned, or a need is over."""
    if word.outcome is Outcome.HELP_NEEDED and outcome_words.SETTLED.search(text[found.start() :]):
        return True
    before = words.BREAKS.split(text[: found.start()])[-1]
    if word.outcome is Outcome.HELP_NEEDED and outcome_words.NOT_HIS.search(before):
        return True
    if word.outcome in outcome_words.CHANGES:
        return outcome_words.NOT_YET.search(before) is not None
    if word.outcome is Outcome.REACHED:
        return word.taken and (
            outcome_words.NO_TALK.search(before) is not None or _is_of_a_vain_try(text, found)
        )
    # The verb of "is not" may be part of what was found.
    verb = outcome_words.IS if found[0].startswith(outcome_words.IS) else ""
    return outcome_words.DENIED.search(before + verb) is not None


def _is_of_a_vain_try(text: str, talk: re.Match[str]) -> bool:
    """Whether the words of a talk are part of those of a vain try (无人接听)."""
    return any(
        found.start() <= talk.start() < found.end()
        for word in outcome_words.OUTCOMES
        if word.outcome is Outcome.NO_ANSWER
        for found in word.pattern.finditer(text)
    )


def _unsaid(text: str, *, heard_of: bool) -> Outcome | None:
    """Return what came of it when only what was said stands there (电话 说活多)."""
    if heard_of:
        return Outcome.THROUGH_OTHERS
    changes = (word for word in outcome_words.OUTCOMES if word.outcome in outcome_words.CHANGES)
    planned = any(word.pattern.search(text) for word in changes)
    over = outcome_words.OVER.search(text)
    spoke = outcome_words.SPOKE.search(text) or over
    weighs = outcome_words.BUSY.search(text) or (not over and outcome_words.WEIGHTY.search(text))
    if planned or weighs or not spoke:
        return None
    touched = any(word.pattern.search(text) for word in (*words.CHANNELS, *words.CHANNEL_HINTS))
    return Outcome.REACHED if touched else None


def _tells_of_him(text: str) -> bool:
    """Whether a way is named that only a talk makes, and more is told than the try itself."""
    if any(pattern.search(text) for pattern in outcome_words.NO_GUESS):
        return False
    if any(word.outcome in _VAIN and word.pattern.search(text) for word in outcome_words.OUTCOMES):
        return False
    talks = (word for word in words.CHANNELS if word.channel in _BY_TALK)
    if not any(found[0] for word in talks for found in word.pattern.finditer(text)):
        return False
    for word in (*words.CHANNELS, *words.CHANNEL_HINTS):
        text = word.pattern.sub(" ", text)
    pieces = (words.FILLERS.sub("", piece) for piece in words.BREAKS.split(text))
    plain = (piece for piece in pieces if not outcome_words.DIGIT.search(piece))
    return any(len(outcome_words.HAN.findall(piece)) >= _TELLING for piece in plain)


def _heard_of(text: str) -> re.Match[str] | None:
    """Return where it stands that somebody else told it."""
    others = (outcome_words.THROUGH_OTHERS, outcome_words.MOST_LIKELY_OTHERS)
    for found in (one for pattern in others for one in pattern.finditer(text)):
        before = words.BREAKS.split(text[: found.start()])[-1]
        if outcome_words.PASSED_ON.search(before):
            continue
        return None if outcome_words.HIMSELF.search(text, found.end()) else found
    return None


def _later_talk(text: str, word: OutcomeWord, vain: re.Match[str]) -> _Match | None:
    """Return the plain word of a talk that comes after a vain try, and no other vain one after."""
    if word.outcome not in _VAIN:
        return None
    talk = talk_after(text, vain.end())
    vain_again = talk is not None and any(
        found.start() >= talk[1].end() for found in word.pattern.finditer(text)
    )
    return None if vain_again else talk


def talk_after(text: str, start: int) -> _Match | None:
    """Return the plain word of a talk that stands in ``text`` from ``start`` on."""
    for other in outcome_words.OUTCOMES:
        if other.outcome is Outcome.REACHED and other.taken:
            for found in other.pattern.finditer(text, start):
                if not _is_untrue(text, other, found):
                    return other, found
    return None


def is_vain_only(text: str) -> bool:
    """Whether nothing but vain tries is told."""
    return talk_after(text, 0) is None and any(
        word.outcome in _VAIN and word.pattern.search(text) for word in outcome_words.OUTCOMES
    )


def talk_after_vain(text: str) -> int | None:
    """Return where a talk is told after a vain try; None when not both are."""
    for word in outcome_words.OUTCOMES:
        vain = word.pattern.search(text) if word.outcome in _VAIN else None
        talk = _later_talk(text, word, vain) if vain else None
        if talk is not None:
            return talk[1].start()
    return None


def _by_another_way(text: str, start: int) -> bool:
    """Whether after a vain try another channel is named and something good is told of it."""
    ways = (word.pattern.search(text, start) for word in words.CHANNELS)
    begins = min((found.end() for found in ways if found and found[0]), default=None)
    if begins is None:
        return False
    plain = (word for word in outcome_words.OUTCOMES if word.outcome is Outcome.REACHED)
    return any(
        not _is_untrue(text, word, found)
        for word in plain
        for found in word.pattern.finditer(text, begins)
    )


def _take(rest: Masked, word: OutcomeWord, matches: list[_Match]) -> None:
    for other, _ in matches:
        if other.taken and other.outcome in {word.outcome, Outcome.REACHED}:
            while rest.take(other.pattern) is not None:
                pass


def _channels(text: str) -> list[tuple[int, int, re.Match[str]]]:
    """Return where channels are named: those of the contact, else those he was asked for."""
    found = sorted(
        (match.start(), place, match)
        for place, word in enumerate(words.CHANNELS)
        for match in word.pattern.finditer(text)
        if match[0]
    )
    own = [one for one in found if not words.ASKED_OF_US.search(text[: one[0]])]
    return own or found


def _read_channel(rest: Masked, came: _Came) -> tuple[Channel | None, str]:
    """Take the first channel; after a vain try the one by which they talked."""
    found = _channels(rest.text)
    talked_at, implied = came.talked_at, came.implied
    before = [one for one in found if talked_at is not None and one[0] <= talked_at]
    by_word = came.vain_at is not None and bool(found) and came.vain_at < found[0][0]
    if found and not by_word:
        instead = [one for one in found if words.INSTEAD.search(rest.text[: one[0]])]
        _, place, match = before[-1] if before else (instead or found)[0]
        rest.mask(*match.span())
        return words.CHANNELS[place].channel, words.CHANNELS[place].label
    hint = next((word for word in words.CHANNEL_HINTS if rest.take(word.pattern)), None)
    if hint is not None and implied is None:
        return hint.channel, hint.label
    return implied, words.CHANNEL_LABELS[implied.value] if implied else ""
