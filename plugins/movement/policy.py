"""The rules of journeys that need no table: which day was meant, when to ask, how long. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

# Who left longer ago tells it as an arrival; a plan further ahead is no plan.
GONE_MOST = timedelta(days=30)
AHEAD_MOST = timedelta(days=366)
# A day that lies so shortly behind, and its next one so far ahead, may mean either.
_JUST_GONE, _NOT_SOON = timedelta(days=14), timedelta(days=14)
_LONG_GONE, _FAR = timedelta(days=30), timedelta(days=180)
# A question put off by a pause is given up after so long: shorter than receipts are kept (at least
# 30 days, config.toml), so that what was asked once is never asked again.
ASKED_WITHIN = timedelta(days=28)
# An arrival told again within this long is the same one.
SAME_ARRIVAL = timedelta(days=60)
# Somebody who arrives so much before the day he named left earlier than he said.
EARLY = timedelta(days=3)
# Six options are the most in a chat (dialogues 5).
MOST_OPTIONS = 6
CITIES_OFFERED = 4
EMPLOYER_MOST = 30
# Words said so long after the name of an employer was welcome are about something else.
EMPLOYER_ASKED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Leaving:
    """The day somebody leaves: ``on``, or those to choose from when it is not certain."""

    on: date | None = None
    days: tuple[date, ...] = ()


def leaving(ahead: date | None, behind: date | None, today: date) -> Leaving:
    """Return which day is meant by words that read as a coming day and as a past one.

    A plan takes the nearest coming day (dialogues 2.3). Somebody who has just left says so too:
    when the coming one is far, both are asked about.
    """
    if ahead is not None and ahead - today > AHEAD_MOST:
        ahead = None
    if behind is None or behind >= today or today - behind > GONE_MOST:
        return Leaving(ahead)
    if ahead is None:
        return Leaving(behind)
    gone, soon = today - behind, ahead - today
    near = gone <= _JUST_GONE and soon > _NOT_SOON
    far = gone <= _LONG_GONE and soon > _FAR
    return Leaving(days=(behind, ahead)) if near or far else Leaving(ahead)


def asks_on(leaves_on: date, *, after: int, today: date) -> date:
    """Return the day on which somebody is asked whether he arrived, never today or before."""
    return max(leaves_on + timedelta(days=after), today + timedelta(days=1))
