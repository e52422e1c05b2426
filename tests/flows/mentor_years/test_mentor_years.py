"""Two years of contact on a standing clock: everybody was heard, or asked about as the rules say.

The dice are seeded; what has to happen is reckoned by ``what_is_due``, which knows none of our
code. In ``county`` people talk, pause, leave, move and change mentors, mentors are away with and
without a deputy, and the bot is down for a while.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from core.clock import FrozenClock, local_day
from core.config import Delivery as Limits
from core.config import Settings, use
from models import Delivery, Escalation
from plugins import assistance, mentoring, study
from plugins.study import library
from plugins.study.library import Library
from tests.flows.mentor_years.county import OUTAGES, County, lived
from tests.flows.mentor_years.what_is_due import DAY

# What was said to whom when, the same on every database; by how many people there are.
LOGS = {36: "f03a57630f70e3a2", 300: "aea76ac305f9cf45"}
CONTACT = re.compile(r"联系(工友\d+号)（")


@pytest.fixture
def fast(settings: Settings, database: str, keys: object, texts: object) -> Iterator[Settings]:
    """No pauses between sends, the lists of the whole house, and nothing in the library."""
    made = settings.model_copy(update={"delivery": Limits(min_interval_s=0.0, max_interval_s=0.0)})
    use(made)
    library.use(Library(()))
    mentoring.use_todo((*study.TODO, *assistance.TODO))
    yield made
    library.use(Library.load(library.FOLDER))


async def agrees(county: County) -> None:
    """Everything that was asked is what the rules ask for; nothing was said twice, or at night."""
    number = {person.id: n for n, person in enumerate(county.people)}
    rows = await Escalation.all().order_by("id")
    asked = [(number[row.person_id], row.level.value, local_day(row.asked_at)) for row in rows]
    assert sorted(asked) == sorted(county.expected)
    assert all(8 <= at.hour < 21 for at, _, _ in county.end.heard)
    inspection = await Delivery.filter(purpose="mentoring.inspection").values_list(
        "occasion", "target"
    )
    of_one = Counter((key.rpartition(":")[0], target) for key, target in inspection)
    assert max(of_one.values(), default=0) <= 2
    lists_agree(county)
    clusters_agree(county)
    absences_agree(county)
    journeys_agree(county)


def lists_agree(county: County) -> None:
    """On Monday everybody due stands on the list of who is to talk to him, once, and no other."""
    lists = county.heard_of("件事：")
    assert max(Counter((at.date(), who) for at, who, _ in lists).values()) == 1
    told = {(at.date(), who): words for at, who, words in lists}
    mondays = {one.day for one in county.mondays}
    assert {day for day, _ in told} <= mondays
    for monday in county.mondays:
        for who, people in monday.due.items():
            words = told.get((monday.day, who), "")
            named = set(CONTACT.findall(words))
            assert words, (monday.day, who, people)
            assert people <= named or "另有" in words, (monday.day, who, people - named)
    for (day, who), words in told.items():
        monday = next(one for one in county.mondays if one.day == day)
        assert set(CONTACT.findall(words)) <= monday.may.get(who, set()), (day, who)
        for name in CONTACT.findall(words):
            assert not _is_done(county, name, day), (day, name)


def _is_done(county: County, name: str, day: date) -> bool:
    """Whether somebody was heard in the last three weeks, and nothing began anew since.

    A vain try is asked for again after eight days, a new mentor has a first talk.
    """
    anew = [*county.handed.get(name, ()), *county.tried.get(name, ())]
    last = max((one for one in anew if one < day), default=date.min)
    talks = county.talked.get(name, [])
    return any(day - timedelta(days=20) <= one < day and one > last for one in talks)


def clusters_agree(county: County) -> None:
    """Of three people of one city who are over due the branch hears once in a quarter."""
    said = Counter(
        (words.split("在")[0], words.split("在")[1].split("的有")[0],
         f"{at.year}Q{(at.month + 2) // 3}")
        for at, _, words in county.heard_of("人一起没联系上")
    )  # fmt: skip
    assert set(said) == county.clusters
    assert max(said.values(), default=0) <= 1


def absences_agree(county: County) -> None:
    """A mentor who was away with a deputy hears on the morning after what was done, once."""
    names = [mentor.name for mentor in county.mentors]
    heard = Counter((at.date(), who) for at, who, _ in county.heard_of("代您到"))
    last_day = county.clock.now().date()
    expected: Counter[tuple[date, str]] = Counter()
    for one in county.absences:
        if one.deputy is not None and not one.is_called_off and one.last < last_day:
            expected[_first_up(one.last + DAY), names[one.mentor]] += 1
    assert heard == expected


def _first_up(day: date) -> date:
    """Return the first day from ``day`` on which the bot is up."""
    while any(first <= day < last for first, last in OUTAGES):
        day += DAY
    return day


def journeys_agree(county: County) -> None:
    """Nobody is asked twice whether he arrived, nor after he said so."""
    for at, who, _ in county.heard_of("了吗？1 到了"):
        journeys = [one for one in county.journeys if one.name == who and one.left_on < at.date()]
        assert journeys, (at, who)
        assert journeys[-1].arrived_on is None or journeys[-1].arrived_on >= at.date(), (at, who)
    asked = Counter(
        (who, max(one.left_on for one in county.journeys
                  if one.name == who and one.left_on < at.date()))
        for at, who, _ in county.heard_of("了吗？1 到了")
    )  # fmt: skip
    assert max(asked.values(), default=0) <= 1


async def test_given_months_of_dice_when_lived_then_all_were_heard_or_asked_about(
    fast: Settings, clock: FrozenClock
) -> None:
    county = await lived(clock, people=36, mentors=12, days=150)

    await agrees(county)
    assert len(county.expected) > 20
    assert county.log_hash() == "62a62ccb2be37bb0"


@pytest.mark.slow
@pytest.mark.parametrize(("people", "mentors"), [(36, 12), (300, 60)])
async def test_given_two_years_of_a_county_when_lived_then_all_were_heard_or_asked_about(
    fast: Settings, clock: FrozenClock, people: int, mentors: int
) -> None:
    county = await lived(clock, people=people, mentors=mentors, days=710)

    await agrees(county)
    assert len(county.expected) > people
    assert any(one.deputy is None for one in county.absences)
    assert any(one.is_called_off for one in county.absences)
    assert county.log_hash() == LOGS[people]
