"""Who speaks in a group where several of our accounts sit: the choice as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from plugins.delivery import seating
from plugins.delivery.seating import Sitting

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BOTH = frozenset({"R", "A"})
ALL = frozenset({"R", "A", "B"})
FRESH = timedelta(minutes=20)
STALE = timedelta(hours=2)


def sat(name, *, minutes=None, gone=False, seen=FRESH):
    """An account: muted for so many minutes more (below 0: until so long ago), or removed."""
    until = None if minutes is None else NOW + timedelta(minutes=minutes)
    return Sitting(name, "RAB".index(name), not gone, until, NOW - seen)


CASES = {
    "nothing is known": ("R", [], BOTH),
    "nothing is known, and it is off line": ("R", [], frozenset()),
    "all is well": ("R", [sat("R"), sat("A")], BOTH),
    "the regular one sits there last": ("R", [sat("A"), sat("B"), sat("R")], ALL),
    "the regular one has no seat yet": ("R", [sat("A")], BOTH),
    "the regular one is muted": ("A", [sat("R", minutes=5), sat("A")], BOTH),
    "the regular one was removed": ("A", [sat("R", gone=True), sat("A")], BOTH),
    "the regular one is off line": ("A", [sat("R"), sat("A")], {"A"}),
    "without a seat and off line": ("A", [sat("A")], {"A"}),
    "a mute ended just now": ("A", [sat("R", minutes=-9), sat("A")], BOTH),
    "a mute ended ten minutes ago": ("R", [sat("R", minutes=-10), sat("A")], BOTH),
    "both are only just well": ("R", [sat("R", minutes=-1), sat("A", minutes=-5)], BOTH),
    "only just well beats muted": ("R", [sat("R", minutes=-1), sat("A", minutes=5)], BOTH),
    "the longest seated takes over": ("A", [sat("R", minutes=5), sat("B"), sat("A")], ALL),
    "the next one when that is gone too": (
        "B",
        [sat("R", minutes=5), sat("A", gone=True), sat("B")],
        ALL,
    ),
    "the one that took over stays": (
        "B",
        [sat("R", minutes=5), sat("A", minutes=-3), sat("B")],
        ALL,
    ),
    "all are muted": ("R", [sat("R", minutes=5), sat("A", minutes=5)], BOTH),
    "removed, and the other muted": ("A", [sat("R", gone=True), sat("A", minutes=5)], BOTH),
    "all were removed": ("R", [sat("R", gone=True), sat("A", gone=True)], BOTH),
    "all are off line": ("R", [sat("R"), sat("A")], frozenset()),
    "off line, and the other muted": ("R", [sat("R"), sat("A", minutes=5)], {"A"}),
    "muted, and the other off line a while": ("A", [sat("R", minutes=5), sat("A")], {"R"}),
    "muted, and the other off line for long": (
        "R",
        [sat("R", minutes=5), sat("A", seen=STALE)],
        {"R"},
    ),
    "removed, and the other off line for long": (
        "R",
        [sat("R", gone=True), sat("A", seen=STALE)],
        {"R"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_given_a_group_when_somebody_has_to_speak_then_it_is_the_right_one(name):
    speaker, sittings, up = CASES[name]
    assert seating.choose("R", sittings, up=up, now=NOW) == speaker
    # The order in which rows come in changes nothing.
    assert seating.choose("R", sittings[::-1], up=up, now=NOW) == speaker


@pytest.mark.parametrize(
    ("refused", "sittings", "up", "is_replaced"),
    [
        ("R", [sat("R", minutes=30), sat("A")], BOTH, True),
        ("R", [sat("R", minutes=30), sat("A", minutes=-1)], BOTH, True),
        ("R", [sat("R", minutes=30), sat("A", minutes=30)], BOTH, False),
        ("R", [sat("R", gone=True), sat("A", gone=True)], BOTH, False),
        ("R", [sat("R", minutes=30)], BOTH, False),
        ("A", [sat("A", minutes=30)], BOTH, True),
        ("R", [sat("R", minutes=30), sat("A")], {"R"}, True),
        ("R", [sat("R", minutes=30), sat("A", seen=STALE)], {"R"}, False),
    ],
)
def test_given_a_refusal_when_others_sit_there_then_it_is_known_whether_one_can_do_it(
    refused, sittings, up, is_replaced
):
    found = seating.is_replaced(refused, "R", sittings, up=up, now=NOW)
    assert found is is_replaced
    # Never owed again to the one that was just refused: that would go round in circles.
    if found:
        assert seating.choose("R", sittings, up=up, now=NOW) != refused


def test_given_a_raw_row_when_it_is_read_then_moments_are_aware():
    row = {"self_id": "A", "id": 3, "is_member": 1, "silent_until": None}
    text = seating.sitting(row | {"checked_at": "2026-11-23 01:00:00+00:00"})
    assert text == seating.sitting(row | {"checked_at": NOW}) == Sitting("A", 3, True, None, NOW)
    assert seating.moment("2026-11-23 01:00:00") == NOW
