"""安静时间: how a span is read, that it only grows, and for whom it holds."""

import pytest

from core.actors import RoleKind
from core.clock import FrozenClock
from core.config import QuietHours, Settings, use
from core.errors import Refusal
from models import AuditLog, Unit
from plugins.delivery import commands, hours
from plugins.delivery.hours import Span
from tests.plugins.delivery.conftest import unit
from tests.plugins.delivery.pushing import OPERATOR, call, officer, said

CLERK = officer(RoleKind.TOWNSHIP_CLERK, "/1/", unit_id=1)
SECRETARY = officer(RoleKind.BRANCH_SECRETARY, "/1/2/", unit_id=2)


@pytest.fixture
async def village(database: str, texts: object, settings: Settings, clock: FrozenClock) -> Unit:
    await unit(clock, "柳河乡", "/1/")
    return await unit(clock, "王家村", "/1/2/")


@pytest.mark.parametrize(
    ("said_words", "span"),
    [
        ("20点到9点", (1200, 540)),
        ("晚上8点到早上9点", (1200, 540)),
        ("晚上八点半到第二天早上九点", (1230, 540)),
        ("20:30-9:15", (1230, 555)),
        ("从20点30分至9点", (1230, 540)),
        ("8点到9点", (1200, 540)),
        ("21点到8点", (1260, 480)),
        ("夜里9点到上午10点", (1260, 600)),
        ("24点到9点", (0, 540)),
        ("22点到7点", (1320, 420)),
    ],
)
def test_given_a_span_as_people_write_it_when_it_is_read_then_it_is_understood(
    said_words: str, span: tuple[int, int], settings: Settings
) -> None:
    assert hours.read(said_words) == Span(*span)


@pytest.mark.parametrize("words", ["晚一点", "25点到9点", "20点", "20点70分到9点", "明天"])
def test_given_no_span_when_it_is_read_then_it_is_none(words: str, settings: Settings) -> None:
    assert hours.read(words) is None


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ((1260, 480), (1260, 480), True),
        ((1200, 540), (1260, 480), True),
        ((1320, 480), (1260, 480), False),
        ((1260, 420), (1260, 480), False),
        ((480, 1260), (1260, 480), False),
        ((1200, 540), (0, 0), True),
        ((0, 540), (1260, 480), False),
    ],
)
def test_given_two_spans_when_they_are_compared_then_only_the_longer_covers(
    outer: tuple[int, int], inner: tuple[int, int], *, expected: bool
) -> None:
    assert Span(*outer).covers(Span(*inner)) is expected


async def test_given_a_village_when_its_hours_are_set_and_dropped_then_it_is_said_and_kept(
    village: Unit, clock: FrozenClock
) -> None:
    assert said(await commands.handle_quiet(call(SECRETARY, clock))) == (
        "王家村晚上9点到早上8点我不主动发消息，问我照常答。\n想再长些，回「安静时间 20点到9点」。"
    )
    assert said(await commands.handle_quiet(call(SECRETARY, clock, "20点到9点"))) == (
        "好，王家村晚上8点到上午9点我不主动发消息，赶上的等到上午9点再发。"
        "下面没有自己定的单位也照这个。"
    )
    row = await Unit.get(id=village.id)
    assert (row.quiet_from, row.quiet_until) == (1200, 540)
    assert (await Unit.get(id=1)).quiet_from is None
    audit = await AuditLog.get()
    assert (audit.action, audit.subject_id, audit.detail) == (
        "unit.quiet_hours", village.id, {"from": 1200, "until": 540},
    )  # fmt: skip
    text = said(await commands.handle_quiet(call(SECRETARY, clock)))
    assert text.startswith("王家村自己定的：晚上8点到上午9点")
    assert said(await commands.handle_quiet(call(SECRETARY, clock, "照旧"))) == (
        "好，王家村照旧，晚上9点到早上8点我不主动发消息。"
    )
    assert (await Unit.get(id=village.id)).quiet_from is None


async def test_given_hours_of_the_township_when_a_village_asks_then_they_hold_for_it(
    village: Unit, clock: FrozenClock
) -> None:
    await commands.handle_quiet(call(CLERK, clock, "20点到8点"))
    text = said(await commands.handle_quiet(call(SECRETARY, clock)))
    assert text.startswith("王家村照柳河乡的，晚上8点到早上8点我不主动发消息")
    await commands.handle_quiet(call(SECRETARY, clock, "21点到9点"))
    text = said(await commands.handle_quiet(call(SECRETARY, clock)))
    assert text.startswith("王家村自己定的：晚上9点到上午9点")
    assert (await Unit.get(id=1)).quiet_from == 1200


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("22点到8点", "delivery.quiet_shorter"),
        ("21点到7点", "delivery.quiet_shorter"),
        ("12点到8点", "delivery.quiet_too_long"),
        ("晚一点", "delivery.quiet_unread"),
    ],
)
async def test_given_a_span_that_cannot_be_when_it_is_said_then_nothing_changes(
    words: str, key: str, village: Unit, clock: FrozenClock
) -> None:
    with pytest.raises(Refusal) as caught:
        await commands.handle_quiet(call(SECRETARY, clock, words))
    assert caught.value.key == key
    assert (await Unit.get(id=village.id)).quiet_from is None
    assert await AuditLog.all().count() == 0


async def test_given_no_office_in_a_unit_when_hours_are_asked_then_it_is_refused(
    village: Unit, clock: FrozenClock
) -> None:
    with pytest.raises(Refusal) as caught:
        await commands.handle_quiet(call(OPERATOR, clock, "20点到9点"))
    assert caught.value.key == "delivery.quiet_no_unit"


async def test_given_other_hours_in_the_configuration_when_a_span_is_shorter_then_it_is_refused(
    village: Unit, settings: Settings, clock: FrozenClock
) -> None:
    wide = QuietHours(start="19:00", end="09:00")  # type: ignore[arg-type]
    use(settings.model_copy(update={"quiet_hours": wide}))
    with pytest.raises(Refusal) as caught:
        await commands.handle_quiet(call(SECRETARY, clock, "20点到9点"))
    assert caught.value.key == "delivery.quiet_shorter"
