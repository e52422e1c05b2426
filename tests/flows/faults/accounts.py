"""Draws up a life's accounts: what people saw against what the ledger says."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # ships no types

from core.clock import local
from models.enums import DeliveryState as S
from plugins.delivery import states
from tests.flows.faults.life import Life, Shown
from tests.flows.faults.weather import Item

Row = dict[str, Any]

# Words that were on the wire, or in a window of one second, when the clock jumped.
IN_FLIGHT_S = 2.0
# A busy machine lets several moments pass and then catches up.
SCHEDULING_S = 0.35

_ROWS = (
    "SELECT id, occasion, target, state, reason, in_quiet_hours, expires_at, self_id"
    " FROM delivery WHERE purpose = 'storm'"
)
_LOG = "SELECT delivery_id, old, new, at FROM storm_log ORDER BY id"


async def read(life: Life) -> tuple[list[Row], list[Row]]:
    """Return the deliveries and every change of state that the database saw."""
    if life.place.url == "sqlite":
        return _read_sqlite(life.place.data_dir / "yanzhen.db")
    connection = await asyncpg.connect(life.place.url)
    try:
        return (
            [dict(row) for row in await connection.fetch(_ROWS)],
            [dict(row) for row in await connection.fetch(_LOG)],
        )
    finally:
        await connection.close()


def _read_sqlite(path: Path) -> tuple[list[Row], list[Row]]:
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        found = [[dict(row) for row in connection.execute(query)] for query in (_ROWS, _LOG)]
    connection.close()
    for row in found[0]:
        row["expires_at"] = _moment(row["expires_at"])
    for row in found[1]:
        row["at"] = _moment(row["at"])
    return found[0], found[1]


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def draw_up(life: Life, rows: list[Row], log: list[Row]) -> None:
    """Fill the life's verdict: counts of every fate, and a complaint for all that must not be."""
    by_n = {int(row["occasion"]): row for row in rows}
    life.verdict.deliveries += len(by_n)
    life.verdict.sends += sum(len(end.sends) for end in life.ends.values())
    life.verdict.faults += sum(len(end.faults.done) for end in life.ends.values())
    for n in life.owed:
        if n not in by_n:
            life.verdict.lost += 1
            life.verdict.blame(f"{n}: owed and not in the ledger")
    dropped = _dropped(life)
    for n, row in by_n.items():
        fate = _Fate(life, n, row, life.count_shown(n), is_dropped=n in dropped)
        fate.judge()
    _judge_transitions(life, by_n, log)
    _judge_quiet(life, by_n)
    _judge_pace(life)


def _dropped(life: Life) -> set[int]:
    """Return what was confirmed to us and shown to nobody."""
    return {
        n
        for n, item in life.maybe_owed.items()
        for send in life.ends[item.account].sends
        if send.answer == "ok" and not send.is_shown and item.mark in send.text
    }


class _Fate:
    """One delivery: what the ledger says became of it, and how often people saw it."""

    def __init__(self, life: Life, n: int, row: Row, shown: int, *, is_dropped: bool) -> None:
        self.life, self.verdict = life, life.verdict
        self.n, self.row, self.shown, self.is_dropped = n, row, shown, is_dropped

    def judge(self) -> None:
        """Count it, and complain."""
        if self.shown > 1:
            self.verdict.duplicates += 1
            self.blame("shown twice")
        self._ends[S(self.row["state"])](self)
        before = self.life.refused_by_check.get(self.n)
        if before is not None and self.shown > before:
            self.blame("shown after its check said no")
        if self.n in self.life.taken_back and self.shown:
            self.blame("shown though it was taken back")

    def blame(self, what: str) -> None:
        """Write down a complaint with all that is known."""
        reason, target = self.row["reason"], self.row["target"]
        self.verdict.blame(f"{self.n}: {what} ({target}, {self.row['state']}, {reason})")

    def _lost(self, what: str) -> None:
        self.verdict.lost += 1
        self.blame(what)

    def _sent(self) -> None:
        if self.shown:
            self.verdict.shown_once += 1
        elif not self.is_dropped:
            self._lost("called sent, shown to nobody, and no silent drop")
        elif self.life.weather.has_history and not self.life.weather.is_young:
            self._lost("a silent drop that history shows was not found")
        else:
            self.verdict.drops_not_verifiable += 1

    def _unknown(self) -> None:
        if self.is_dropped and not self.shown:
            self.verdict.drops_found += 1
        elif self.life.weather.has_history:
            self.verdict.unknown_with_evidence += 1
        else:
            self.verdict.unknown_without += 1

    def _rejected(self) -> None:
        self.verdict.refused += 1
        if self.shown:
            self.blame("called refused and shown")

    def _over(self) -> None:
        if self.row["state"] == S.EXPIRED.value:
            self.verdict.expired += 1
        elif self.n in self.life.taken_back:
            self.verdict.taken_back += 1
        else:
            self.verdict.not_owed += 1
        if self.shown:
            self.blame("shown though it was let go of")

    def _stuck(self) -> None:
        self._lost("still not over after the calm")

    _ends: dict[S, Callable[["_Fate"], None]] = {  # noqa: RUF012  # a table
        S.SENT: _sent,
        S.UNKNOWN: _unknown,
        S.REJECTED: _rejected,
        S.EXPIRED: _over,
        S.CANCELLED: _over,
        S.DUE: _stuck,
        S.LEASED: _stuck,
        S.SENDING: _stuck,
    }


def _judge_transitions(life: Life, by_n: dict[int, Row], log: list[Row]) -> None:
    """Every change of state is in the table; nothing is sent when it is quiet or too late."""
    by_id = {row["id"]: row for row in by_n.values()}
    life.verdict.transitions += len(log)
    for step in log:
        old, new, at = S(step["old"]), S(step["new"]), step["at"]
        if new not in states.NEXT[old]:
            life.verdict.blame(f"went from {old.value} to {new.value}")
        row = by_id.get(step["delivery_id"])
        if row is None or new is not S.SENDING:
            continue
        n = row["occasion"]
        if _is_quiet(at) and not row["in_quiet_hours"]:
            life.verdict.blame(f"{n}: began to be sent in the quiet hours")
        if row["expires_at"] is not None and row["expires_at"] <= at:
            life.verdict.blame(f"{n}: began to be sent after its end")


def _is_quiet(at: datetime) -> bool:
    return not 8 <= local(at).hour < 21  # the default of config.toml


def _judge_quiet(life: Life, by_n: dict[int, Row]) -> None:
    """Nobody reads at night what may wait, but for what was on its way when the clock jumped."""
    for seen in life.shown:
        if _is_quiet(seen.at) and not _was_in_flight(life, seen):
            for item in _items_in(life, seen):
                if not item.in_quiet_hours and item.n in by_n:
                    life.verdict.blame(f"{item.n}: shown in the quiet hours")


def _was_in_flight(life: Life, seen: Shown) -> bool:
    return any(
        0 <= seen.real - real < IN_FLIGHT_S and not _is_quiet(before)
        for (real, _), before in zip(life.jumped_at, _befores(life), strict=False)
    )


def _befores(life: Life) -> list[datetime]:
    """Return at which moment the clock stood before each of its steps, and after the last."""
    return [life.began_at, *(after for _, after in life.jumped_at)]


def _items_in(life: Life, seen: Shown) -> list[Item]:
    return [item for item in life.maybe_owed.values() if item.mark in seen.text]


def _judge_pace(life: Life) -> None:
    """No account speaks faster than its pauses allow, over every stretch of its talk.

    Judged where pauses are long enough to be seen: between any two sends lies at least the shortest
    pause times their distance, less what a stalled machine may have held the first one back.
    """
    if not life.weather.is_slow:
        return
    shortest, _ = life.weather.pause
    for account, times in life.called_at.items():
        for first, begun in enumerate(times):
            for last in range(first + 1, len(times)):
                least = (last - first) * shortest - SCHEDULING_S
                if times[last] - begun < least:
                    life.verdict.blame(f"{account}: {last - first} sends within {least:.2f} s")
                    return
