"""When somebody takes up a help case (求助), and when it is asked how it goes. Pure."""

from datetime import datetime, timedelta

from core.clock import at_local, local_day

# Somebody has it in hand by six in the evening of the next day (dialogues 3.8).
TAKEN_BY_HOUR = 18
# A week after somebody took it the person is asked how it goes, in the evening (dialogues 3.8).
ASK_AFTER = timedelta(days=7)
ASK_HOUR = 19
# Words of a case, sealed (the least that tells what is wrong; DESIGN 2.5).
WORDS_MOST = 200
# A question whether it is done is still worth asking this long.
QUESTION_LIFE = timedelta(days=14)


def taken_by(opened_at: datetime) -> datetime:
    """Return by when somebody should have taken a case that was opened at ``opened_at``."""
    return at_local(local_day(opened_at) + timedelta(days=1), TAKEN_BY_HOUR)


def asked_at(taken_at: datetime) -> datetime:
    """Return when the person is asked how it goes."""
    return at_local(local_day(taken_at) + ASK_AFTER, ASK_HOUR)
