"""Moments of schedules, catching up, and jobs that fail."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import FrozenClock, local
from core.scheduling import Daily, Every, Job, Scheduler, Tick, Weekly, When

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday, 9:00 in Shanghai
DAY = timedelta(days=1)


class Book:
    """A book of rows in memory."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, datetime]] = []

    async def last_fired(self, job: str) -> datetime | None:
        return max((at for name, at in self.rows if name == job), default=None)

    async def record(self, job: str, fire_at: datetime) -> None:
        self.rows.append((job, fire_at))


class Ran:
    """A job's work that remembers its ticks, and fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.ticks: list[Tick] = []
        self.failures = failures

    async def __call__(self, tick: Tick) -> None:
        self.ticks.append(tick)
        if len(self.ticks) <= self.failures:
            raise RuntimeError("words of a person")

    @property
    def moments(self) -> list[datetime]:
        return [tick.fire_at for tick in self.ticks]


@pytest.mark.parametrize(
    ("when", "latest"),
    [
        (Every(60), NINE),
        (Every(50 * 60), datetime(2026, 11, 23, 0, 30, tzinfo=UTC)),
        (Daily(9), NINE),
        (Daily(9, 1), NINE - DAY + timedelta(minutes=1)),
        (Daily(0), NINE - timedelta(hours=9)),
        (Weekly(0, 9), NINE),
        (Weekly(0, 9, 1), NINE - 7 * DAY + timedelta(minutes=1)),
        (Weekly(6, 20), NINE - timedelta(hours=13)),
        (Weekly(1, 9), NINE - 6 * DAY),
    ],
)
def test_given_a_schedule_when_asked_then_its_latest_moment_is_right(
    when: When, latest: datetime
) -> None:
    assert when.latest(NINE) == latest


@given(
    now=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(  # noqa: DTZ001  # made aware
        lambda moment: moment.replace(tzinfo=UTC)
    ),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
)
def test_given_any_moment_when_asked_then_the_latest_is_the_last_one_not_after_it(
    now: datetime, weekday: int, hour: int, minute: int
) -> None:
    for when, period in ((Daily(hour, minute), DAY), (Weekly(weekday, hour, minute), 7 * DAY)):
        latest = when.latest(now)
        assert latest <= now < latest + period
        assert (local(latest).hour, local(latest).minute) == (hour, minute)
    assert local(Weekly(weekday, hour, minute).latest(now)).weekday() == weekday


async def test_given_a_first_start_when_ticking_then_only_later_moments_fire() -> None:
    ran, book = Ran(), Book()
    scheduler = Scheduler([Job("study.digest", Daily(9), ran)], book)
    await scheduler.tick(NINE + timedelta(minutes=5))
    await scheduler.tick(NINE + timedelta(hours=20))
    assert ran.moments == []
    await scheduler.tick(NINE + DAY)
    assert ran.ticks == [Tick(now=NINE + DAY, fire_at=NINE + DAY)]


async def test_given_an_installation_before_the_hour_when_it_comes_then_it_fires_once() -> None:
    ran, book = Ran(), Book()
    scheduler = Scheduler([Job("study.digest", Daily(9), ran)], book)
    for second in range(-10, 60, 5):
        await scheduler.tick(NINE + timedelta(seconds=second))
    assert ran.moments == [NINE]


async def test_given_days_without_power_when_ticking_again_then_the_latest_fires_once() -> None:
    ran, book = Ran(), Book()
    book.rows = [("study.digest", NINE)]
    scheduler = Scheduler([Job("study.digest", Daily(9), ran)], book)
    now = NINE + timedelta(days=5, hours=3)
    await scheduler.tick(now)
    await scheduler.tick(now)
    assert ran.ticks == [Tick(now=now, fire_at=NINE + 5 * DAY)]


async def test_given_a_clock_set_back_when_ticking_then_nothing_fires_again() -> None:
    ran, book = Ran(), Book()
    book.rows = [("study.digest", NINE)]
    scheduler = Scheduler([Job("study.digest", Every(60), ran)], book)
    await scheduler.tick(NINE - timedelta(hours=1))
    assert ran.moments == []


async def test_given_a_failing_job_when_ticking_then_others_run_and_it_is_tried_again() -> None:
    broken, fine, book = Ran(failures=2), Ran(), Book()
    book.rows = [("a.broken", NINE - DAY), ("b.fine", NINE - DAY)]
    scheduler = Scheduler([Job("a.broken", Daily(9), broken), Job("b.fine", Daily(9), fine)], book)
    for _ in range(4):
        await scheduler.tick(NINE)
    assert (broken.moments, fine.moments) == ([NINE] * 3, [NINE])


async def test_given_a_book_that_fails_when_ticking_then_the_tick_does_not_raise() -> None:
    class Broken(Book):
        async def last_fired(self, job: str) -> datetime | None:
            raise ConnectionError(job)

    ran = Ran()
    await Scheduler([Job("a.b", Daily(9), ran)], Broken()).tick(NINE)
    assert ran.moments == []


async def test_given_a_crash_after_the_run_when_ticking_again_then_it_runs_again() -> None:
    class Crashing(Book):
        async def record(self, job: str, fire_at: datetime) -> None:
            if not ran.ticks[1:]:
                raise ConnectionError
            await super().record(job, fire_at)

    ran, book = Ran(), Crashing()
    book.rows = [("a.b", NINE - DAY)]
    scheduler = Scheduler([Job("a.b", Daily(9), ran)], book)
    for _ in range(3):
        await scheduler.tick(NINE)
    assert ran.moments == [NINE, NINE]


def test_given_two_jobs_of_one_name_when_made_then_it_is_refused() -> None:
    with pytest.raises(ValueError, match="two jobs"):
        Scheduler([Job("a.b", Daily(9), Ran()), Job("a.b", Daily(8), Ran())], Book())


async def test_given_ticks_at_once_when_running_then_they_take_turns(clock: FrozenClock) -> None:
    ran, book = Ran(), Book()
    book.rows = [("a.b", NINE - DAY)]
    scheduler = Scheduler([Job("a.b", Daily(9), ran)], book)
    await asyncio.gather(*(scheduler.tick_now() for _ in range(5)))
    assert ran.moments == [clock.now()]


async def test_given_a_started_scheduler_when_stopped_then_a_running_tick_ends_first(
    clock: FrozenClock,
) -> None:
    entered, go_on, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(_tick: Tick) -> None:
        entered.set()
        await go_on.wait()
        done.set()

    book = Book()
    book.rows = [("a.b", NINE - DAY)]
    scheduler = Scheduler([Job("a.b", Daily(9), slow)], book, tick_s=0.01)
    scheduler.start()
    async with asyncio.timeout(5):
        await entered.wait()
    stopping = asyncio.create_task(scheduler.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    go_on.set()
    await stopping
    assert done.is_set()
    assert book.rows[-1] == ("a.b", clock.now())
    await scheduler.stop()
