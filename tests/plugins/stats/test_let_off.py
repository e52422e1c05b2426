"""Whoever the branch let off a report (免交) is not counted among those who owe it."""

from core.actors import UnitScope
from core.clock import FrozenClock
from core.periods import Quarter
from models import Person, ReportAllowance
from models.enums import AllowanceKind
from plugins.stats import counts, lists
from plugins.stats.counts import Area
from plugins.stats.periods import quarter_period
from tests.plugins.mentoring.town import Town

QUARTER = Quarter(2026, 3)


async def _expected(scope: UnitScope) -> int:
    rows = await counts.stage_rows(scope, Area(""), quarter_period(QUARTER))
    return sum(figures.expected for _, figures in rows)


async def test_given_somebody_let_off_when_it_is_counted_then_he_owes_nothing_until_taken_back(
    township: Town, clock: FrozenClock
) -> None:
    scope = UnitScope((township.units["县"].path,))
    assert await _expected(scope) == 30
    lazy = await Person.get(name="王家村7")
    row = await ReportAllowance.create(
        uid="a", person=lazy, quarter="2026Q3", kind=AllowanceKind.EXEMPTION,
        reason_sealed=b"", granted_by=lazy, granted_at=clock.now(),
    )  # fmt: skip
    names = {one.name for one in await lists.owing(scope, Area(""), QUARTER)}
    assert (await _expected(scope), "王家村7" in names, len(names)) == (29, False, 3)
    row.withdrawn_at = clock.now()
    await row.save()
    names = {one.name for one in await lists.owing(scope, Area(""), QUARTER)}
    assert (await _expected(scope), "王家村7" in names, len(names)) == (30, True, 4)
    row.withdrawn_at, row.kind = None, AllowanceKind.EXTENSION
    await row.save()
    assert await _expected(scope) == 30
