"""The storm's own eyes: accounts that are wrong are called wrong."""

import copy
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from tests.flows.faults import accounts
from tests.flows.faults.ends import BEGINNING
from tests.flows.faults.keeping import Zygote
from tests.flows.faults.life import Life, Place, Shown
from tests.flows.faults.weather import Item, mark

ACCOUNT = "3889000001"
NIGHT = BEGINNING + timedelta(hours=13)


@pytest.fixture
def life(tmp_path: Path) -> Life:
    """A life in which one message was owed and seen once."""
    targets: dict[str, list[tuple[str, str, int]]] = {
        ACCOUNT: [("group:1", "group", 700), ("person:1", "private", 701)]
    }
    place = Place(tmp_path, "sqlite", "token", targets, (1,))
    made = Life(0, place, cast("Zygote", None))
    item = Item(1, ACCOUNT, "group:1", ("group", 700), mark(1), 20, None, None, True, False)
    made.owed[1] = made.maybe_owed[1] = item
    made.weather.has_history = True
    made.weather.is_young = False
    saw(made)
    return made


def saw(life: Life, *, at: Any = BEGINNING) -> None:
    life.shown.append(Shown(ACCOUNT, ("group", 700), f"{mark(1)} 请交。", at, 0.0))


ROW: accounts.Row = {
    "id": 1, "occasion": "1", "target": "group:1", "state": "sent", "reason": None,
    "in_quiet_hours": False, "expires_at": None, "self_id": f"onebot11:{ACCOUNT}",
}  # fmt: skip
LOG: list[accounts.Row] = [
    {"delivery_id": 1, "old": old, "new": new, "at": BEGINNING}
    for old, new in (("due", "leased"), ("leased", "sending"), ("sending", "sent"))
]


def drawn_up(life: Life, row: accounts.Row = ROW, log: list[accounts.Row] = LOG) -> list[str]:
    accounts.draw_up(life, [row], log)
    return life.verdict.complaints


def test_given_one_message_seen_once_when_drawn_up_then_nobody_complains(life: Life) -> None:
    assert drawn_up(life) == []
    assert life.verdict.shown_once == 1


def test_given_a_message_seen_twice_when_drawn_up_then_it_is_a_duplicate(life: Life) -> None:
    saw(life)
    assert drawn_up(life)
    assert life.verdict.duplicates == 1


@pytest.mark.parametrize("state", ["sent", "due", "leased", "sending"])
def test_given_a_message_nobody_saw_when_it_is_not_called_doubtful_then_it_is_lost(
    state: str, life: Life
) -> None:
    life.shown.clear()
    assert drawn_up(life, ROW | {"state": state})
    assert life.verdict.lost == 1


def test_given_a_message_that_is_not_in_the_ledger_when_drawn_up_then_it_is_lost(
    life: Life,
) -> None:
    accounts.draw_up(life, [], [])
    assert life.verdict.lost == 1


@pytest.mark.parametrize("state", ["rejected", "expired", "cancelled"])
def test_given_a_message_let_go_of_when_somebody_saw_it_then_that_is_wrong(
    state: str, life: Life
) -> None:
    assert drawn_up(life, ROW | {"state": state})


def _taken_back(life: Life) -> None:
    life.taken_back.add(1)


def _refused_by_check(life: Life) -> None:
    life.refused_by_check[1] = 0


def _at_night(life: Life) -> None:
    life.shown.clear()
    saw(life, at=NIGHT)


@pytest.mark.parametrize("wrong", [_taken_back, _refused_by_check, _at_night])
def test_given_a_message_that_nobody_should_have_seen_when_drawn_up_then_that_is_wrong(
    wrong: Callable[[Life], None], life: Life
) -> None:
    wrong(life)
    assert drawn_up(life)


def test_given_a_step_that_no_table_knows_when_drawn_up_then_it_is_wrong(life: Life) -> None:
    odd = {"delivery_id": 1, "old": "sent", "new": "due", "at": BEGINNING}
    assert drawn_up(life, log=[*LOG, odd])


def test_given_sending_at_night_or_too_late_when_drawn_up_then_both_are_wrong(life: Life) -> None:
    log = copy.deepcopy(LOG)
    log[1]["at"] = NIGHT
    assert len(drawn_up(life, ROW | {"expires_at": NIGHT}, log)) == 2


def test_given_sends_without_pauses_when_drawn_up_then_that_is_wrong(life: Life) -> None:
    life.weather.is_slow = True
    life.called_at[ACCOUNT] = [number * 0.001 for number in range(40)]
    assert drawn_up(life)


def test_given_sends_with_their_pauses_when_drawn_up_then_nobody_complains(life: Life) -> None:
    life.weather.is_slow = True
    life.called_at[ACCOUNT] = [number * 0.021 for number in range(40)]
    assert drawn_up(life) == []
