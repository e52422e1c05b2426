"""What somebody in charge sees of a piece to review: all of it, and three numbers to say."""

from collections.abc import Sequence
from datetime import date

from core.conversation import Ask, Option, Reply, Say, Slot, Takes
from models.enums import MaterialDecision
from plugins.study import material_words
from plugins.study.library import Material
from plugins.study.reviews import Said, fingerprint

PIECE = "study.material"
PICK = "study.material_pick"
REASON = "study.material_reason"
# A list on a phone.
_MOST = 6
_WHY = Say("study.review_why")


def piece(
    shown: Material, left: int, series: str, said: Said | None = None, *,
    today: date, before: tuple[Say, ...] = (),
) -> Reply:  # fmt: skip
    """Show a piece whole, with its questions and their answers, and ask what becomes of it."""
    data = {"slug": shown.slug, "sha256": fingerprint(shown), "series": series}
    options = (
        Option(Say("study.review_option_pass"), value=MaterialDecision.PASS.value),
        Option(Say("study.review_option_hold"), value=MaterialDecision.HOLD.value),
        Option(Say("study.review_option_later"), value=MaterialDecision.LATER.value),
    )
    says = (
        *before,
        Say("study.review_piece", title=shown.title, series=shown.series, left=left),
        *_said(said, today),
        Say(
            "study.review_source", source=shown.source, on=shown.source_date,
            until=shown.effective_until, today=today,
        ),
        Say("study.review_push", push=shown.push),
        *(
            Say("study.review_section", number=number, section=section)
            for number, section in enumerate(shown.sections, 1)
        ),
        *_questions(shown),
    )  # fmt: skip
    return Reply(says=says, ask=Ask(PIECE, options, data, again=_again(series)))


def _again(series: str) -> str:
    return f"{material_words.REVIEW} {series}".strip()


def _said(said: Said | None, today: date) -> tuple[Say, ...]:
    if said is None:
        return ()
    passed = said.decision is MaterialDecision.PASS
    key = "study.review_said_pass" if passed else "study.review_said_hold"
    line = Say(key, name=said.name, at=said.at, today=today)
    return (line, Say("study.review_said_why", reason=said.reason)) if said.reason else (line,)


def _questions(shown: Material) -> tuple[Say, ...]:
    return tuple(
        Say(
            "study.review_question",
            number=number,
            ask=one.ask,
            wrong="；".join(words for n, words in enumerate(one.options, 1) if n != one.answer),
            right=one.options[one.answer - 1],
            explain=one.explain,
        )
        for number, one in enumerate(shown.quiz, 1)
    )


def why(shown: Material, taken: int, data: dict[str, object]) -> Reply:
    """Say that a piece stays back, and ``taken`` messages with it; ask for a reason, if any."""
    options = (Option(Say("study.review_option_next"), value="next"),)
    ask = Ask(REASON, options, data, takes=Takes.TEXT, again=_again(str(data["series"])))
    stopped = (Say("study.review_taken_back", count=taken),) if taken else ()
    return Reply(says=(Say("study.review_held", title=shown.title), *stopped, _WHY), ask=ask)


def nothing_left(series: str, before: tuple[Say, ...] = ()) -> Reply:
    """Say that everything has been read."""
    last = Say("study.review_series_done", series=series) if series else Say("study.review_done")
    return Reply(says=(*before, last), close=frozenset({Slot.QUESTION}))


def left(counts: Sequence[tuple[str, int]], held: int) -> Reply:
    """Say how many pieces nobody has read, by series; a number goes on with one."""
    total = sum(count for _, count in counts)
    says = [Say("study.review_left", count=total)] if total else [Say("study.review_done")]
    says += [Say("study.review_left_more", count=len(counts) - _MOST)] * (len(counts) > _MOST)
    if held:
        says.append(Say("study.review_left_held", count=held))
    options = tuple(
        Option(Say("study.review_option_series", series=series, count=count), run=_again(series))
        for series, count in counts[:_MOST]
    )
    ask = Ask(PICK, options, again=material_words.LEFT_LINE) if options else None
    return Reply(says=tuple(says), ask=ask)


def which(pieces: Sequence[Material], key: str) -> Reply:
    """Show pieces under numbers; a number opens one to read."""
    options = tuple(Option(one.title, value=one.slug) for one in pieces[:_MOST])
    return Reply(says=(Say(key),), ask=Ask(PICK, options, again=material_words.REVIEW))
