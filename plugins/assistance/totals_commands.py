"""The chat face of the numbers of help: 帮助汇总."""

from core.actors import Who
from core.conversation import Call, Command, Reply, Reveals, Say
from core.named_periods import current_quarter, find_period, unit_word
from core.period_names import period_name
from core.texts import current
from models.enums import HelpState
from plugins.assistance import totals, words
from plugins.assistance.totals import Totals

_OVER = (HelpState.CLOSED,)
_IN_HAND = (HelpState.TAKEN, HelpState.DONE)


async def handle_totals(call: Call) -> Reply:
    """Say how many asked for help in a period, by kind and how it stands; this quarter without."""
    period, rest = find_period(call.words, call.today)
    named = period or current_quarter(call.today)
    found = await totals.totals(call.actor, unit_word(rest), named.span)
    is_said = period is not None and period != current_quarter(call.today)
    name = period_name(named, call.today) if is_said else Say("assistance.this_quarter")
    return _shown(found, name)


def _shown(found: Totals, period: Say) -> Reply:
    unit = words.LIST_MARK.join(found.units)
    if not found.of(None):
        return Reply.of("assistance.totals_none", unit=unit, period=period)
    says = [
        Say(
            "assistance.totals",
            unit=unit,
            period=period,
            came=found.of(None),
            open=found.of(None, HelpState.OPEN),
            taken=found.of(None, *_IN_HAND),
            closed=found.of(None, *_OVER),
            cancelled=found.of(None, HelpState.CANCELLED),
        )
    ]
    kinds = [
        current().render(
            Say(
                "assistance.totals_kind",
                kind=label,
                came=found.of(kind),
                closed=found.of(kind, *_OVER),
            )
        )
        for kind, label in words.KINDS
        if found.of(kind)
    ]
    says.append(Say("assistance.totals_kinds", kinds=words.GAP.join(kinds)))
    return Reply(says=tuple(says))


TOTALS_COMMANDS = (
    Command(
        name="assistance.totals",
        words=(words.TOTALS,),
        handler=handle_totals,
        summary="assistance.help_totals",
        who=frozenset({Who.SECRETARY, Who.INFLOW, Who.TOWNSHIP}),
        reveals=Reveals.TOTALS,
        arguments=words.TOTALS_ARGUMENTS,
    ),
)
