"""Asks which of several people of one name is meant."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.conversation import Ask, Option, Reply, Say
from core.texts import current
from plugins.mentoring.namesakes import Namesake, told_apart

# Six options are the most in a chat (dialogues 5).
MOST = 6
_TWO = 2


def which(found: Sequence[Namesake], kind: str, data: Mapping[str, Any]) -> Reply:
    """Offer people of one name by number; ``kind`` gets the person chosen, with ``data``."""
    labels = told_apart([one.traits for one in found])
    options = tuple(
        Option(Say("mentoring.option_of_unit", unit=label), value=one.person_id)
        for label, one in list(zip(labels, found, strict=True))[:MOST]
    )
    shown, name = current().options(options), found[0].name
    say = Say("mentoring.some_of_a_name", name=name, count=len(found), options=shown)
    if len(found) == _TWO:
        say = Say("mentoring.two_of_a_name", name=name, options=shown)
    return Reply(says=(say,), ask=Ask(kind, options, dict(data), listed=True))
