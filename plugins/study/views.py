"""Dataclass to sentences for study. Wording lives in ``content/texts/study.toml``."""

from core.conversation import Ask, Option, Reply, Say, Slot
from plugins.study.library import Material
from plugins.study.queries import Hours
from plugins.study.service import QuizResult


def offer(piece: Material, read: int) -> Reply:
    """Offer a piece: read it, or do its questions."""
    return Reply(
        says=(Say("study.offer", title=piece.title, minutes=piece.minutes),),
        ask=lesson_ask(piece, read, listed=False),
    )


def lesson_ask(piece: Material, read: int, *, listed: bool) -> Ask:
    """Return the question that stays open while somebody reads a piece."""
    return Ask(
        kind="study.lesson",
        data={"material": piece.slug, "read": read},
        options=(
            Option(Say("study.option_read"), value="read"),
            Option(Say("study.option_quiz", count=len(piece.quiz)), value="quiz"),
        ),
        listed=listed,
    )


def section(piece: Material, read: int) -> Reply:
    """Show section ``read`` (from 1), and what comes next."""
    left = len(piece.sections) - read
    after = (
        Say("study.more_sections", left=left)
        if left
        else Say("study.last_section", source=piece.source, count=len(piece.quiz))
    )
    return Reply(
        says=(Say("study.section", section=piece.sections[read - 1]), after),
        ask=lesson_ask(piece, read, listed=True),
    )


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


def finished(piece: Material, right: int, before: Say, *, earned: bool, bound: bool) -> Reply:
    """Close a quiz: the result is for the person alone."""
    count = len(piece.quiz)
    if not bound:
        closing = Say("study.quiz_done_stranger", count=count, right=right)
    elif earned:
        closing = Say("study.quiz_done", count=count, right=right)
    else:
        closing = Say("study.quiz_done_again", count=count, right=right)
    return Reply(says=(before, closing), close=frozenset({Slot.QUESTION}))


def in_group(piece: Material) -> Reply:
    """Show the piece of the week where everybody reads it."""
    return Reply.of("study.digest", title=piece.title, push=piece.push, count=len(piece.quiz))


def hours_of(year: int, found: Hours) -> Reply:
    """Show one's own study hours by kind of evidence."""
    total = found.declared + found.quiz + found.attended
    if not total:
        return Reply.of("study.no_hours", year=year)
    return Reply.of(
        "study.hours",
        year=year,
        total=_hours(total),
        quiz=_hours(found.quiz),
        attended=_hours(found.attended),
        declared=_hours(found.declared),
    )


def _hours(tenths: int) -> str:
    return f"{tenths / 10:g}"
