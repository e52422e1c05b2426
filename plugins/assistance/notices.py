"""What is owed to others about a help case: rows of the ledger, each with its still-owed check."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from core.conversation import Ask, Option, Say
from core.messages import Text
from core.texts import current
from models import AssistanceCase
from models.enums import HelpState, Priority
from plugins.assistance import policy, words
from plugins.delivery import service as delivery

NEW = "assistance.new"
LEFT = "assistance.left"
NEWS = "assistance.news"
QUESTION = "assistance.question"
IS_OPEN = "assistance.is_open"
IS_TAKEN = "assistance.is_taken"
IS_DONE = "assistance.is_done"


async def owe(
    people: Sequence[int],
    row: AssistanceCase,
    say: Say,
    *,
    purpose: str,
    what: str,
    now: datetime,
    ask: Ask | None = None,
    not_before: datetime | None = None,
    check: str | None = None,
) -> None:
    """Owe ``say`` to each of ``people``, once for a case and ``what`` happened."""
    for person_id in people:
        await delivery.enqueue(
            purpose=purpose,
            occasion=f"{row.id}:{what}",
            target=f"person:{person_id}",
            parts=(Text(current().render(say)),),
            ask=ask,
            now=now,
            priority=Priority.NOTICE,
            not_before=not_before,
            expires_at=(not_before or now) + policy.QUESTION_LIFE,
            check=check,
            reference={"case": row.id},
        )


def week_question(row: AssistanceCase) -> tuple[Say, Ask]:
    """Return the question a week after somebody took the case."""
    options = (
        Option(Say("assistance.option_solved"), value="solved"),
        Option(Say("assistance.option_moving"), value="moving"),
        Option(Say("assistance.option_still"), value="still"),
    )
    say = Say(
        "assistance.week_question",
        matter=words.MATTERS[row.kind],
        options=current().options(options),
    )
    return say, Ask("assistance.week", options, {"case": row.id}, listed=True)


def done_question(row: AssistanceCase, helper: str) -> tuple[Say, Ask]:
    """Return the question whether it is done, as the helper says."""
    options = (
        Option(Say("assistance.option_yes"), value="solved"),
        Option(Say("assistance.option_not_yet"), value="still"),
    )
    say = Say(
        "assistance.done_question",
        helper=helper,
        matter=words.MATTERS[row.kind],
        options=current().options(options),
    )
    return say, Ask("assistance.done_answer", options, {"case": row.id}, listed=True)


def _while(state: HelpState) -> Callable[[dict[str, Any]], Awaitable[bool]]:
    async def still_owed(reference: dict[str, Any]) -> bool:
        return await AssistanceCase.filter(id=int(reference["case"]), state=state).exists()

    return still_owed


CHECKS = {
    IS_OPEN: _while(HelpState.OPEN),
    IS_TAKEN: _while(HelpState.TAKEN),
    IS_DONE: _while(HelpState.DONE),
}
