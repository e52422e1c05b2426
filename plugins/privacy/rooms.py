"""What the rooms say of the personal rows they keep, as values handed over by bot.py."""

from collections.abc import Mapping

from core.personal import PersonalData

# Tables that hold nothing of a person, each with the reason. Ids of who ordered, reviewed or
# entered something are acts of an office: they stay, and lead to a nameless stub once the person is
# erased.
NOT_PERSONAL: Mapping[str, str] = {
    "unit": "organizations and their tree",
    "chat_group": "group chats of units; nothing of who talks there is kept",
    "seat": "our own accounts in group chats",
    "bot_account": "our own accounts",
    "worker": "our own processes",
    "alarm": "what is wrong with our own accounts and disks",
    "occurrence": "which jobs have fired",
    "instance_mark": "what the database is for",
    "seen_event": "hashes of events, gone after hours",
    "report_cycle": "when a unit collects reports",
    "report_schedule": "how often a unit collects reports; who set it is an act",
    "mentoring_rule": "how often a unit's mentors make contact, and who is asked after a silence",
    "push": "which piece a group got",
    "study_plan": "what a unit or group is sent when; who changed it is an act",
    "plan_pause": "days without digests of a unit; who entered them is an act",
    "material_review": "what units say about study pieces; who reviewed them is an act",
    "local_material": "study pieces; who proposed and reviewed them are acts",
    "push_order": "ordered pushes; who ordered and reviewed them are acts",
    "feed_source": "public feeds",
    "feed_item": "titles of public feeds; who decided about them is an act",
    "doomed_file": "random ids of files about to be removed",
}

_rooms: dict[str, PersonalData] = {}


def use_rooms(rooms: Mapping[str, PersonalData]) -> None:
    """Take what the doors export, by room, bottom up."""
    _rooms.clear()
    _rooms.update(rooms)


def bottom_up() -> tuple[tuple[str, PersonalData], ...]:
    """Return every room that keeps something of people, the lowest first."""
    return tuple(_rooms.items())


def top_down() -> tuple[PersonalData, ...]:
    """Return the same the other way round: whoever refers to others lets go first."""
    return tuple(reversed(_rooms.values()))


def by_rank() -> tuple[PersonalData, ...]:
    """Return the same in the order in which people are told of it."""
    return tuple(sorted(_rooms.values(), key=lambda room: room.rank))
