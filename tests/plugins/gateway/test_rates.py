"""How fast one sender may go."""

from plugins.gateway import rates
from plugins.gateway.rates import OncePer, Pace


def taken(pace: Pace, sender: object, now: float) -> float:
    wait = pace.wait_s(sender, now)
    pace.take(sender, now)
    return wait


def test_given_a_burst_when_it_is_over_then_each_waits_its_step():
    pace = Pace(per_minute=20, burst=3)
    assert [taken(pace, 1, 0.0) for _ in range(5)] == [0, 0, 0, 3, 6]


def test_given_time_when_it_passes_then_the_bucket_fills_up_to_the_burst_and_no_further():
    pace = Pace(per_minute=20, burst=3)
    for _ in range(3):
        pace.take(1, 0.0)
    assert [taken(pace, 1, 1000.0) for _ in range(4)] == [0, 0, 0, 3]


def test_given_two_senders_when_one_is_fast_then_the_other_is_free():
    pace = Pace(per_minute=20, burst=1)
    pace.take(1, 0.0)
    assert pace.wait_s(1, 0.0) == 3
    assert pace.wait_s(2, 0.0) == 0


def test_given_very_many_senders_when_they_write_then_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(rates, "MOST_SENDERS", 100)
    pace, once = Pace(per_minute=1, burst=1), OncePer(1)
    for sender in range(1000):
        pace.take(sender, sender * 0.001)
        once.passes(sender, sender * 10.0)
    assert len(pace._full_at) <= 100
    assert pace.wait_s(999, 1.0) > 0
    assert len(once._last) <= 101


def test_given_once_a_period_when_it_is_asked_then_only_the_first_passes():
    once = OncePer(600)
    assert [once.passes(1, now) for now in (0.0, 1.0, 599.0, 600.0, 601.0)] == [
        True, False, False, True, False,
    ]  # fmt: skip
    assert once.passes(2, 1.0)
