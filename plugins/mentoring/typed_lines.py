"""Reads what a mentor typed with his own people and the moment in view."""

from collections.abc import Sequence

from core import daywords
from core.conversation import Call
from plugins.mentoring import reading
from plugins.mentoring.queries import Mentee
from plugins.mentoring.reading import Line, Named


def read(call: Call, people: Sequence[Mentee]) -> Line:
    """Read the words of a call as a contact line."""
    named = [Named(one.pair_id, one.name) for one in people]
    return reading.read_line(call.words, named, call.today, night=daywords.is_night(call.now))
