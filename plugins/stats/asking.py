"""Which numbers somebody means: by his words, or by the page that he has open."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from core.actors import UnitScope
from core.conversation import Call
from plugins.identity.policy import visible_units
from plugins.stats import periods, queries, words
from plugins.stats.counts import Area, People
from plugins.stats.periods import Period

# Questions that are about an area and a period: the page, and the units below.
_PAGES = frozenset({"stats.more", "stats.parts"})


@dataclass(frozen=True, slots=True)
class Asked:
    """An area and a period within somebody's scope. ``line`` asks for their page again."""

    scope: UnitScope
    area: Area
    period: Period
    line: str

    @property
    def people(self) -> People:
        """Whose rows count."""
        return People(self.scope, self.area)

    def page(self, today: date) -> Callable[[], Awaitable[queries.Page]]:
        """Return what reads the page of numbers."""
        return partial(queries.page, self.scope, self.area, self.period, today)


async def said(call: Call) -> Asked:
    """Return what the words of ``call`` name: this quarter and all of the scope without any.

    Raises Refusal ``identity.unit_unknown``.
    """
    scope = visible_units(call.actor)
    period, rest = periods.find_period(call.words, call.today)
    area = await queries.area_of(scope, periods.unit_word(rest))
    line = f"{words.STATISTICS} {call.words}".strip()
    return Asked(scope, area, period or periods.current_quarter(call.today), line)


async def open_one(call: Call) -> Asked:
    """Return what the open question is about; this quarter and all of the scope without one.

    Raises Refusal ``identity.unit_unknown`` when it is out of scope meanwhile.
    """
    data = call.question.data if call.question else {}
    scope = visible_units(call.actor)
    path, kept = str(data.get("path", "")), str(data.get("period", ""))
    period = Period.from_text(kept) if kept else periods.current_quarter(call.today)
    area = await (queries.area_at(scope, path) if path else queries.area_of(scope, ""))
    return Asked(scope, area, period, str(data.get("line", words.STATISTICS)))


async def meant(call: Call) -> Asked:
    """Return what 图 or 明细 is about: what it names, else the page that is open."""
    has_page = call.question is not None and call.question.kind in _PAGES
    return await (said(call) if call.words.strip() or not has_page else open_one(call))
