"""Dataclass to sentences for study. Wording lives in ``content/texts/study.toml``."""

from collections.abc import Sequence
from datetime import date, datetime

from core.clock import at_local, local_day
from core.config import settings
from core.conversation import Ask, Option, Reply, Say, Slot
from core.messages import Blob
from plugins.study import order_views, plan_words, recordings
from plugins.study.attendance import Entered
from plugins.study.library import Material
from plugins.study.periods import Period
from plugins.study.queries import Hours
from plugins.study.service import QuizResult
from plugins.study.words import LIST_MARK


def offer(piece: Material, read: int) -> Reply:
    """Offer a piece: read it, or do its questions."""
    return Reply(
        says=(Say("study.offer", title=piece.title, minutes=piece.minutes),),
        ask=lesson_ask(piece, read, listed=False),
    )


def lesson_ask(piece: Material, read: int, *, listed: bool) -> Ask:
    """Return the question that stays open while somebody reads a piece."""
    options = (
        Option(Say("study.option_read"), value="read"),
        *_listening(piece),
        *((Option(Say("study.option_quiz", count=len(piece.quiz)), value="quiz"),)
          if piece.quiz else ()),
    )  # fmt: skip
    data = {"material": piece.slug, "read": read}
    return Ask(kind="study.lesson", data=data, options=options, listed=listed)


def _listening(piece: Material) -> tuple[Option, ...]:
    """Return the way to listen, only where somebody recorded the piece."""
    if piece.voice is None and not recordings.has(piece.slug):
        return ()
    return (Option(Say("study.option_listen"), value="listen"),)


def whole(piece: Material, said: Say, blobs: tuple[Blob, ...]) -> Reply:
    """Show all of a piece at once, as pictures or to listen to; its source stands in words."""
    after = Say("study.last_section", source=piece.source, count=len(piece.quiz))
    return Reply(
        says=(said, after), ask=lesson_ask(piece, len(piece.sections), listed=True), blobs=blobs
    )


def section(piece: Material, read: int) -> Reply:
    """Show section ``read`` (from 1), and what comes next."""
    left = len(piece.sections) - read
    says = [Say("study.section", section=piece.sections[read - 1])]
    if left:
        says.append(Say("study.more_sections", left=left))
    elif piece.is_local:
        says += local_end(piece)
    else:
        says.append(Say("study.last_section", source=piece.source, count=len(piece.quiz)))
    return Reply(
        says=tuple(says),
        ask=lesson_ask(piece, read, listed=True),
        blobs=piece.attachments if read == 1 else (),
    )


def local_end(piece: Material) -> list[Say]:
    """Say where a local piece comes from, and where the original stands."""
    link = [Say("study.local_link", link=piece.link)] if piece.link else []
    return [*link, Say("study.local_source", source=piece.source)]


def first_question(piece: Material) -> Reply:
    """Begin the questions of a piece; a local one has none."""
    if not piece.quiz:
        return Reply.of("study.no_questions", title=piece.title)
    return question(piece, 0, 0)


def question(piece: Material, index: int, right: int, before: tuple[Say, ...] = ()) -> Reply:
    """Ask question ``index`` (from 0), after the explanation of the one before."""
    item = piece.quiz[index]
    says = (
        Say("study.question", number=index + 1, ask=item.ask)
        if before
        else Say("study.first_question", count=len(piece.quiz), ask=item.ask)
    )
    return Reply(
        says=(*before, says),
        ask=Ask(
            kind="study.quiz",
            data={"material": piece.slug, "question": index, "right": right},
            options=tuple(
                Option(words, value=number) for number, words in enumerate(item.options, 1)
            ),
        ),
    )


def explained(piece: Material, index: int, result: QuizResult) -> Say:
    """Say what the answer is and why."""
    item = piece.quiz[index]
    if result.is_right:
        return Say("study.right", answer=item.answer, explain=item.explain)
    return Say("study.not_right", answer=item.answer, explain=item.explain)


def finished(piece: Material, right: int, before: Say, *, earned: int, bound: bool) -> Reply:
    """Close a quiz: the result is for the person alone. ``earned`` are tenths of an hour."""
    count = len(piece.quiz)
    if not bound or not settings().study.quiz_tenths:
        closing = Say("study.quiz_done_uncounted", count=count, right=right)
    elif earned:
        closing = Say("study.quiz_done", count=count, right=right, hours=hours_words(earned))
    else:
        closing = Say("study.quiz_done_again", count=count, right=right)
    return Reply(says=(before, closing), close=frozenset({Slot.QUESTION}))


def in_group(piece: Material) -> Reply:
    """Show the piece of the week where everybody reads it."""
    if piece.is_local:
        return Reply.of("study.section", section=order_views.digest(piece))
    return Reply.of("study.digest", title=piece.title, push=piece.push, count=len(piece.quiz))


def hours_of(period: Period, found: Hours) -> Reply:
    """Show one's own study hours: the sum, each kind of evidence apart, and what counts how."""
    rules = settings().study
    attended, declared = (
        round(found.attended * rules.attended_factor),
        round(found.declared * rules.declared_factor),
    )
    days = called(period)
    if not (found.quiz or found.attended or found.declared):
        if not rules.quiz_tenths:
            return Reply.of("study.no_hours_uncounted", period=days)
        return Reply.of("study.no_hours", period=days, each=hours_words(rules.quiz_tenths))
    says = [Say("study.hours", period=days, total=hours_words(found.quiz + attended + declared))]
    if found.quizzes:
        says.append(Say("study.hours_quiz", count=found.quizzes, hours=hours_words(found.quiz)))
    if found.attended:
        says.append(
            Say(
                "study.hours_attended",
                raw=hours_words(found.attended),
                factor=f"{rules.attended_factor:g}",
                hours=hours_words(attended),
            )
        )
    if found.declared:
        says.append(
            Say(
                "study.hours_declared",
                raw=hours_words(found.declared),
                factor=f"{rules.declared_factor:g}",
                hours=hours_words(declared),
            )
        )
    return Reply(says=(*says, Say("study.hours_own")))


def called(period: Period) -> Say:
    """Say which days a period is."""
    if not period.label:
        return Say("study.period_year", year=period.span.first.year)
    return Say("study.period", label=period.label, first=period.span.first, last=period.span.last)


def hours_words(tenths: int) -> str:
    """Return tenths of an hour as people write hours."""
    return f"{tenths / 10:g}"


def listed(key: str, pieces: Sequence[Material], again: str) -> Reply:
    """Show pieces under numbers; a number opens one."""
    options = tuple(Option(piece.title, value=piece.slug) for piece in pieces)
    return Reply(says=(Say(key),), ask=Ask(kind="study.listed", options=options, again=again))


def no_period() -> Reply:
    """Say which periods are understood."""
    return Reply.of("study.period_unknown")


def entered(done: Entered, today: date) -> Reply:
    """Repeat what was written down for whom, and how it is taken back."""
    return Reply.of(
        "study.attended",
        names=LIST_MARK.join(done.names),
        hours=hours_words(done.tenths),
        title=done.title,
        on=done.on,
        today=today,
    )


def taken_back(done: Entered, today: date) -> Reply:
    """Repeat what was taken back."""
    return Reply.of(
        "study.attended_undone",
        names=LIST_MARK.join(done.names),
        hours=hours_words(done.tenths),
        title=done.title,
        on=done.on,
        today=today,
    )


def subscribed(now: datetime) -> Reply:
    """Say when the private digest comes, which has one hour for everybody (config.toml)."""
    hours = settings().study
    day = plan_words.WEEKDAY_NAMES[hours.weekday]
    at = at_local(local_day(now), hours.hour, hours.minute)
    return Reply.of("study.subscribed", when=Say("study.plan_weekly", day=day, at=at))
