"""Random trees, people and offices: no page names or counts anything outside of what is one's own.

The rule is read naively by the oracle of the statistics' test; the pages are asked over the wire.
"""

import html
import re
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings

from core.actors import RoleKind
from core.clock import FrozenClock
from core.database import run_tx
from core.errors import Refusal
from core.messages import Text
from models import (
    Account,
    AuditLog,
    BotAccount,
    ConsoleLink,
    ConsoleSession,
    Delivery,
    Group,
    Message,
    ReadLog,
    Role,
    RosterImport,
)
from models.enums import DeliveryState, Priority, ReportState
from plugins.console import service
from plugins.delivery import service as delivery
from plugins.study import library
from tests.plugins.console.conftest import Browser
from tests.plugins.mentoring.town import at
from tests.plugins.stats.test_scope import TODAY, Oracle, Someone, World, actor_of, build, worlds

MAY_ENTER = {
    RoleKind.BRANCH_SECRETARY, RoleKind.DEPUTY_SECRETARY, RoleKind.ORGANIZATION_COMMISSIONER,
    RoleKind.TOWNSHIP_CLERK, RoleKind.COUNTY_CLERK,
}  # fmt: skip
BRANCH = MAY_ENTER - {RoleKind.TOWNSHIP_CLERK, RoleKind.COUNTY_CLERK}
NOW = at(11, 23)
_TAG = re.compile(r"<[^>]*>")


async def furnish(world: World) -> None:
    """Add to the world what pages show beside people: accounts, groups, a push, what was done."""
    for model in (
        RosterImport, ConsoleSession, ConsoleLink, Account, Role, AuditLog, ReadLog, Delivery,
        Message, Group, BotAccount,
    ):  # fmt: skip
        await model.all().delete()
    await build(world)
    for kind, unit in sorted(set(world.grants)):
        await Role.create(person_id=1, unit_id=unit + 1, kind=kind, from_on=at(1, 1).date())
    await Account.create(
        id=1, platform="onebot11", account_id="1", person_id=1, self_id="9", bound_at=NOW
    )
    for number in range(len(world.parents)):
        await Group.create(
            id=number + 1, platform="onebot11", chat_id=f"7{number}", self_id="9",
            name=f"群{number}", unit_id=number + 1, bound_at=NOW, next_digest_at=NOW,
        )  # fmt: skip
    await BotAccount.create(platform="onebot11", self_id="9", first_seen_at=NOW)
    await delivery.broadcast(
        purpose="study.push", occasion="one", parts=(Text("一"),), now=NOW, title="一次",
        targets=[f"group:{number + 1}" for number in range(len(world.parents))],
        priority=Priority.DIGEST,
    )  # fmt: skip
    await Delivery.all().update(state=DeliveryState.UNKNOWN)
    for number in range(len(world.people)):
        counts = {"added": 1000 + number, "updated": 0, "unchanged": 0, "units": 0}
        for kind, done in (("open", None), ("done", NOW)):
            await RosterImport.create(
                uid=f"{kind}{number}", source_key=f"{kind}{number}", asked_by_id=number + 1,
                received_at=NOW, confirmed_at=done, applied_at=done, counts=counts,
            )  # fmt: skip
        await AuditLog.create(
            at=NOW, actor_id=number + 1, action="identity.invite", subject_kind="person",
            subject_id=number + 1, detail={},
        )  # fmt: skip
        await ReadLog.create(
            at=NOW, person_id=number + 1, reader_id=2, reader_role="mentor", what="dossier"
        )


class Rights:
    """What the asker may see, one row after the other."""

    def __init__(self, world: World) -> None:
        self.world, self.oracle = world, Oracle(world)
        self.kinds = {kind for kind, _ in world.grants}
        self.branches = [world.path(unit) for kind, unit in world.grants if kind in BRANCH]

    def is_mentee(self, one: Someone) -> bool:
        return one.mentor == 0 and (one.mentor_until is None or one.mentor_until >= TODAY)

    def meets(self, one: Someone) -> bool:
        return self.is_mentee(one) or self.oracle.inside(one, self.oracle.named)

    def people(self) -> set[int]:
        return {n for n, one in enumerate(self.world.people) if self.meets(one)}

    def names(self) -> set[int]:
        """People met, himself, and the mentor of somebody he meets (two are mentors at most)."""
        mentors = {self.world.people[n].mentor for n in self.people()}
        return self.people() | {0} | {1 for mentor in mentors if mentor is not None}

    def readers(self) -> set[int]:
        """Who looked at the things of those he meets by his office is named to him."""
        looked = any(self.oracle.inside(one, self.oracle.named) for one in self.world.people)
        return self.names() | ({1} if looked else set())

    def is_own_unit(self, number: int) -> bool:
        path = self.world.path(number)
        return any(path.startswith(root) for root in (*self.oracle.scope, *self.oracle.named))

    def units(self) -> set[int]:
        places = {
            place
            for n in self.people()
            for place in (self.world.people[n].home, self.world.people[n].inflow)
            if place is not None
        }
        # A place away from home is asked for by name when people of the scope live there.
        return {n for n in range(len(self.world.parents)) if self.is_own_unit(n) or n in places} | {
            one.inflow for one in self.counted() if one.inflow is not None
        }

    def counted(self) -> list[Someone]:
        return [one for one in self.world.people if self.oracle.inside(one, self.oracle.scope)]

    def groups(self) -> set[int]:
        everything = set(range(len(self.world.parents)))
        if RoleKind.OPERATOR in self.kinds:
            return everything
        return {
            n
            for n in everything
            if any(self.world.path(n).startswith(root) for root in self.oracle.scope)
        }

    def waits(self, number: int, one: Someone) -> bool:
        if number == 0:
            return False
        home = self.world.path(one.home)
        is_branch = any(home.startswith(root) for root in self.branches)
        return (one.report is ReportState.WAITING_MENTOR and self.is_mentee(one)) or (
            one.report is ReportState.WAITING_SECRETARY and is_branch
        )


@dataclass(frozen=True)
class Shown:
    """The words of a page."""

    status: int
    text: str

    def numbers(self, word: str) -> set[int]:
        return {int(found) for found in re.findall(rf"{word}(\d+)", self.text)}

    def count(self, pattern: str) -> int:
        found = re.search(pattern, self.text)
        assert found, pattern
        return int(found[1])


async def read(browser: Browser, path: str) -> Shown:
    answer = await browser.get(path)
    return Shown(answer.status, html.unescape(_TAG.sub(" ", answer.text)))


def paths(world: World, message: int) -> list[str]:
    fixed = ["/", "/reports", "/people", "/units", "/pushes", "/calendar", "/log"]
    fixed += ["/approvals", "/imports", "/log/looks", f"/pushes/{message}"]
    numbers = range(len(world.people))
    return [
        *fixed,
        *(f"/people/{n + 1}" for n in numbers),
        *(f"/reports/r{n}" for n in numbers),
        *(f"/units?unit={world.path(n)}" for n in range(len(world.parents))),
    ]


async def entered(world: World, port: int) -> Browser | None:
    grants = [(kind, unit) for kind, unit in world.grants if kind in MAY_ENTER]
    try:
        token = await service.make_link(actor=actor_of(world), now=NOW)
    except Refusal:
        assert not grants
        return None
    assert grants
    browser = Browser(port)
    assert (await browser.press(token)).status == 200
    return browser


@pytest.mark.usefixtures("texts", "keys")
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=worlds())
async def test_given_any_world_when_every_page_is_walked_then_nothing_comes_from_outside(
    database: str, clock: FrozenClock, port: int, world: World
) -> None:
    library.use(library.Library.load(library.FOLDER))
    await run_tx(lambda: furnish(world))
    browser = await entered(world, port)
    if browser is None:
        return
    rights = Rights(world)
    try:
        await _names_stay_inside(browser, rights)
        await _doors_stay_shut(browser, rights)
        await _counts_agree(browser, rights)
    finally:
        await browser.close()


async def _names_stay_inside(browser: Browser, rights: Rights) -> None:
    message = (await Message.get()).id
    for path in paths(rights.world, message):
        shown = await read(browser, path)
        assert shown.status in {200, 404}, path
        named = rights.readers() if path == "/log/looks" else rights.names()
        assert shown.numbers("人") <= named, path
        assert shown.numbers("单位") <= rights.units(), path
        assert shown.numbers("群") <= rights.groups(), path


async def _doors_stay_shut(browser: Browser, rights: Rights) -> None:
    for number, one in enumerate(rights.world.people):
        person = await browser.get(f"/people/{number + 1}")
        assert person.status == (200 if rights.meets(one) else 404)
        report = await browser.get(f"/reports/r{number}")
        assert report.status == (200 if rights.waits(number, one) else 404)
        # A table that somebody brought in is his alone.
        brought = await browser.get(f"/imports/done{number}")
        assert brought.status == (200 if number == 0 else 404)
    assert (await browser.get("/imports/open1")).status == 404
    assert (await browser.get("/imports/done1/files/1")).status == 404
    for number in range(len(rights.world.parents)):
        unit = await browser.get(f"/units?unit={rights.world.path(number)}")
        assert unit.status == (200 if rights.oracle.sees_unit(number) else 404)


async def _counts_agree(browser: Browser, rights: Rights) -> None:
    counted, oracle = rights.counted(), rights.oracle
    owing = [one for one in counted if oracle.owes(one)]
    units = await read(browser, "/units")
    assert units.count(r"该交的汇报\s+(\d+)") == len(owing)
    assert units.count(r"\s交了\s+(\d+)") == sum(one.report is not None for one in owing)
    assert (await read(browser, "/people")).count(r"您看得到的 (\d+) 人") == len(rights.people())
    waiting = [one for n, one in enumerate(rights.world.people) if rights.waits(n, one)]
    assert (await read(browser, "/reports")).count(r"等您看的 (\d+) 份") == len(waiting)
    imported = await read(browser, "/imports")
    assert re.findall(r"新加 (\d+) 人", imported.text) == ["1000"]
    pushes = await read(browser, "/pushes")
    if rights.groups():
        assert pushes.count(r"(\d+) 个群，发了 0 个") == len(rights.groups())
        assert pushes.count(r"(\d+) 条等您看一眼") == len(rights.groups())
    else:
        assert "还没有发过。" in pushes.text
