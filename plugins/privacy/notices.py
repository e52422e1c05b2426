"""What privacy says later or to somebody else: the questions to mentors and branch, and answers."""

from core.conversation import Ask, Option, Say
from core.personal import CorrectionItem
from plugins.privacy import words

REBIND = "privacy.rebind"
CORRECTION = "privacy.correction"

_ITEMS = {
    CorrectionItem.NAME: Say("privacy.item_name"),
    CorrectionItem.CITY: Say("privacy.item_city"),
    CorrectionItem.STAGE: Say("privacy.item_stage"),
    CorrectionItem.UNIT: Say("privacy.item_unit"),
    CorrectionItem.MENTOR: Say("privacy.item_mentor"),
    CorrectionItem.OTHER: Say("privacy.item_other"),
}


def item_say(item: CorrectionItem) -> Say:
    """Name what may be put right."""
    return _ITEMS[item]


def ask_correction(uid: str, name: str, item: CorrectionItem, right: str) -> tuple[Say, Ask]:
    """Return what the branch is asked about a correction."""
    options = (
        Option(Say("privacy.option_correct"), value={"uid": uid, "yes": True}),
        Option(Say("privacy.option_leave_it"), value={"uid": uid, "yes": False}),
    )
    say = Say("privacy.ask_correction", name=name, item=_ITEMS[item], right=right)
    return say, Ask(CORRECTION, options=options, again=words.WAITING)


def correction_answer(
    item: CorrectionItem, *, is_accepted: bool, is_applied: bool, decider: str
) -> Say:
    """Return what the person hears of what the branch said."""
    fields = {"decider": decider, "item": _ITEMS[item]}
    if not is_accepted:
        return Say("privacy.correction_no", **fields)
    if is_applied:
        return Say("privacy.correction_done", **fields)
    return Say("privacy.correction_agreed", **fields)


def ask_rebind(uid: str, name: str, tail: str) -> tuple[Say, Ask]:
    """Return what a mentor is asked about a new account; ``tail`` are its last characters."""
    options = (
        Option(Say("privacy.option_is_him"), value={"uid": uid, "yes": True}),
        Option(Say("privacy.option_not_him"), value={"uid": uid, "yes": False}),
    )
    say = Say("privacy.ask_rebind", name=name, tail=tail)
    return say, Ask(REBIND, options=options, again=words.WAITING)
