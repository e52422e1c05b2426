"""Totals of study in words (学时 汇总). No names, no ranking, no total of a few."""

from collections.abc import Sequence

from core.config import settings
from core.conversation import Ask, Option, Reply, Say
from models.enums import Evidence
from plugins.study import views, words
from plugins.study.library import Material
from plugins.study.periods import Period
from plugins.study.totals import Place, Question, Total, Totals

QUIZZES = "study.totals"
MOST = 6


def private(place: Place, period: Period, found: Totals, pieces: Sequence[Material]) -> Reply:
    """Show the totals to whoever is in charge, and the quizzes that can be looked at."""
    called = views.called(period)
    if found.is_empty:
        return Reply.of("study.totals_none", name=place.name, period=called)
    says = [Say("study.totals", name=place.name, period=called), *_kinds(found)]
    if found.withheld:
        says.append(Say("study.totals_few", least=settings().privacy.group_total_min))
    says.append(Say("study.totals_only"))
    options = tuple(
        Option(Say("study.totals_option_quiz", title=piece.title), value=piece.slug)
        for piece in pieces[:MOST]
    )
    data = {"name": place.name, "paths": list(place.paths)}
    return Reply(
        says=tuple(says), ask=Ask(QUIZZES, options, data, again=words.TOTALS) if options else None
    )


def aloud(place: Place, period: Period, found: Totals) -> Reply | None:
    """Show in a group what may be said there; None when every kind is of too few people."""
    if not found.kinds:
        return None
    heading = Say("study.totals", name=place.name, period=views.called(period))
    return Reply(says=(heading, *_kinds(found)))


def questions(piece: Material, found: Sequence[Question]) -> Reply:
    """Show how the questions of a piece went the first time."""
    says = [Say("study.totals_quiz_head", title=piece.title, count=len(piece.quiz))]
    for one in found:
        if one.wrong is None:
            says.append(Say("study.totals_question_few", number=one.number, people=one.people))
        elif one.wrong:
            says.append(
                Say("study.totals_question", number=one.number, people=one.people, wrong=one.wrong)
            )
        else:
            says.append(Say("study.totals_question_none", number=one.number, people=one.people))
    if not found:
        return Reply.of("study.totals_quiz_few", least=settings().privacy.group_total_min)
    return Reply(says=tuple(says))


def _kinds(found: Totals) -> list[Say]:
    rules = settings().study
    says = []
    if total := found.kinds.get(Evidence.QUIZ):
        says.append(
            Say("study.totals_quiz", people=total.people, hours=views.hours_words(total.tenths))
        )
    if total := found.kinds.get(Evidence.ATTENDED):
        counted = _counted(total, rules.attended_factor)
        says.append(Say("study.totals_attended", people=total.people, **counted))
    if total := found.kinds.get(Evidence.DECLARED):
        counted = _counted(total, rules.declared_factor)
        says.append(Say("study.totals_declared", people=total.people, **counted))
    return says


def _counted(total: Total, factor: float) -> dict[str, str]:
    return {
        "raw": views.hours_words(total.tenths),
        "hours": views.hours_words(round(total.tenths * factor)),
    }
