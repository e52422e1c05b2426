"""The numbered questions of 推送 计划: what shall be changed, and to what. One at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.conversation import Ask, Option, Reply, Say, Takes
from models.enums import Form
from plugins.study import plan_lines, plan_views, plan_words

# Four names of series a page, beside 全部 and the way on.
_SERIES_PAGE = 4
_FORMS = (Form.TEXT, Form.PICTURE, Form.FORWARD, Form.FILE)
_RHYTHMS = (1, 2, 3, 4)
# Evenings after work: what most groups choose (weekday, hour).
_HOURS = ((0, 20), (2, 19), (4, 20), (6, 10))

Data = Mapping[str, Any]


def which(data: Data) -> Reply:
    """Ask what shall be changed."""
    options = (
        Option(Say("study.plan_field_when"), value="when"),
        Option(Say("study.plan_field_series"), value="series"),
        Option(Say("study.plan_field_pieces"), value="pieces"),
        Option(Say("study.plan_field_rhythm"), value="every_weeks"),
        Option(Say("study.plan_field_form"), value="form"),
        Option(Say("study.plan_field_rest"), value="rest"),
    )
    return Reply(
        says=(Say("study.plan_which_field"),),
        ask=Ask(plan_views.FIELD, options, data, again=plan_words.PLAN),
    )


def ask(field: str, data: Data, series: Sequence[str], *, page: int = 0) -> Reply:
    """Ask for the new value of ``field``; words are understood as well as numbers."""
    says, options = _QUESTIONS[field] if field in _QUESTIONS else _series(series, page)
    return Reply(
        says=(says,),
        ask=Ask(plan_views.VALUE, options, data, takes=Takes.TEXT, again=plan_words.PLAN),
    )


def _series(names: Sequence[str], page: int) -> tuple[Say, tuple[Option, ...]]:
    here = names[page * _SERIES_PAGE : (page + 1) * _SERIES_PAGE]
    options = [Option(Say("study.plan_all_series"), value={"series": []})]
    options += [Option(name, value={"series": [name]}) for name in here]
    if len(names) > (page + 1) * _SERIES_PAGE:
        options.append(Option(Say("study.plan_option_further"), value={"page": page + 1}))
    return Say("study.plan_ask_series"), tuple(options)


def _when() -> tuple[Option, ...]:
    return tuple(
        Option(
            Say("study.plan_option_when", day=plan_words.WEEKDAY_NAMES[day], hour=_clock(hour)),
            value={"weekday": day, "hour": hour, "minute": 0},
        )
        for day, hour in _HOURS
    )


def _clock(hour: int) -> Say:
    if hour < plan_lines.NOON:
        return Say("study.plan_morning", hour=hour)
    return Say("study.plan_evening", hour=hour - plan_lines.NOON)


_FORM_NAMES = {
    Form.TEXT: Say("study.plan_form_text"),
    Form.PICTURE: Say("study.plan_form_picture"),
    Form.FORWARD: Say("study.plan_form_forward"),
    Form.FILE: Say("study.plan_form_file"),
}
_QUESTIONS: Mapping[str, tuple[Say, tuple[Option, ...]]] = {
    "when": (Say("study.plan_ask_when"), _when()),
    "pieces": (
        Say("study.plan_ask_pieces"),
        tuple(
            Option(Say("study.plan_option_pieces", count=count), value={"pieces": count})
            for count in range(1, plan_lines.PIECES_MOST + 1)
        ),
    ),
    "every_weeks": (
        Say("study.plan_ask_rhythm"),
        tuple(
            Option(
                Say("study.plan_option_rhythm", weeks=weeks)
                if weeks > 1
                else Say("study.plan_option_weekly"),
                value={"every_weeks": weeks},
            )
            for weeks in _RHYTHMS
        ),
    ),
    "form": (
        Say("study.plan_ask_form"),
        tuple(Option(_FORM_NAMES[form], value={"form": form.value}) for form in _FORMS),
    ),
    "rest": (
        Say("study.plan_ask_rest"),
        (
            Option(Say("study.plan_option_skips"), value={"skips_holidays": True}),
            Option(Say("study.plan_option_goes_on"), value={"skips_holidays": False}),
            Option(Say("study.plan_option_stop"), value={"is_stopped": True}),
            Option(Say("study.plan_option_go"), value={"is_stopped": False}),
        ),
    ),
}
