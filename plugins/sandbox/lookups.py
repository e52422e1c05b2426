"""The actions that only look: messages, people, groups, files, and the state of the end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from plugins.sandbox.entities import Chat, Group, Member, Refusal, group, private
from plugins.sandbox.events import EventWriter
from plugins.sandbox.failures import BAD_REQUEST, FAILED, ActionError, refused, unsupported
from plugins.sandbox.media import Media, MediaStore
from plugins.sandbox.sending import Sending
from plugins.sandbox.world import World

_HISTORY_COUNT = 20
_Params = Mapping[str, Any]


@dataclass(slots=True)
class Desk:
    """Everything an action works with."""

    world: World
    media: MediaStore
    sending: Sending
    events: EventWriter
    media_url: Callable[[str], str]
    is_online: Callable[[], bool]
    offers_history: bool = True


def number(params: _Params, name: str) -> int:
    """Read a number that may come as text; ActionError when there is none."""
    try:
        return int(params[name])
    except (KeyError, TypeError, ValueError) as error:
        raise ActionError(BAD_REQUEST, f"{name} is missing or no number") from error


def _get_msg(desk: Desk, params: _Params) -> dict[str, Any]:
    message = desk.world.message(number(params, "message_id"))
    if message is None or message.recalled_by is not None:
        raise refused(Refusal.UNKNOWN_MESSAGE)
    return desk.events.message(message)


def _history(desk: Desk, chat: Chat, params: _Params) -> dict[str, Any]:
    if not desk.offers_history:
        raise unsupported("get_msg_history")
    # What reached nobody has no number; what was taken back leaves a gap.
    numbered = enumerate(desk.world.messages(chat), start=1)
    numbers = {m.message_id: str(place) for place, m in numbered if m.recalled_by is None}
    shown = [m for m in desk.world.messages(chat) if m.recalled_by is None]
    until = number(params, "message_seq") if params.get("message_seq") else 0
    if until:
        places = [i for i, message in enumerate(shown) if message.message_id == until]
        shown = shown[: places[-1] + 1] if places else []
    count = number(params, "count") if params.get("count") else _HISTORY_COUNT
    told = [
        desk.events.message(message) | {"real_seq": numbers[message.message_id]}
        for message in shown[-count:]
    ]
    return {"messages": told}


def _get_group_msg_history(desk: Desk, params: _Params) -> dict[str, Any]:
    found = _joined_group(desk, params)
    return _history(desk, group(found.group_id), params)


def _get_friend_msg_history(desk: Desk, params: _Params) -> dict[str, Any]:
    return _history(desk, private(number(params, "user_id")), params)


def _get_login_info(desk: Desk, _params: _Params) -> dict[str, Any]:
    return {"user_id": desk.world.bot.user_id, "nickname": desk.world.bot.nickname}


def _get_stranger_info(desk: Desk, params: _Params) -> dict[str, Any]:
    try:
        person = desk.world.person(number(params, "user_id"))
    except KeyError as error:
        raise ActionError(FAILED, "no such user") from error
    return {"user_id": person.user_id, "nickname": person.nickname, "sex": "unknown", "age": 0}


def _get_friend_list(desk: Desk, _params: _Params) -> list[dict[str, Any]]:
    people = (desk.world.people[user_id] for user_id in sorted(desk.world.friends))
    return [{"user_id": p.user_id, "nickname": p.nickname, "remark": ""} for p in people]


def _get_group_list(desk: Desk, _params: _Params) -> list[dict[str, Any]]:
    return [_group_info(found) for found in desk.world.groups_of(desk.world.bot.user_id)]


def _get_group_info(desk: Desk, params: _Params) -> dict[str, Any]:
    return _group_info(_joined_group(desk, params))


def _get_group_member_info(desk: Desk, params: _Params) -> dict[str, Any]:
    found = _joined_group(desk, params)
    member = found.members.get(number(params, "user_id"))
    if member is None:
        raise ActionError(FAILED, f"group({found.group_id}) member does not exist")
    return _member_info(desk, found, member)


def _get_group_member_list(desk: Desk, params: _Params) -> list[dict[str, Any]]:
    found = _joined_group(desk, params)
    return [_member_info(desk, found, member) for member in found.members.values()]


def _get_group_at_all_remain(desk: Desk, params: _Params) -> dict[str, Any]:
    found = _joined_group(desk, params)
    account, in_group = desk.world.at_all_left(found.group_id)
    is_manager = found.members[desk.world.bot.user_id].role != "member"
    return {
        "can_at_all": is_manager and min(account, in_group) > 0,
        "remain_at_all_count_for_group": in_group,
        "remain_at_all_count_for_uin": account,
    }


def _get_file(desk: Desk, params: _Params) -> dict[str, Any]:
    kept = _kept(desk, params)
    url = desk.media_url(kept.media_id)
    return {"file": url, "url": url, "file_size": str(len(kept.content)), "file_name": kept.name}


def _get_file_url(desk: Desk, params: _Params) -> dict[str, Any]:
    return {"url": desk.media_url(_kept(desk, params).media_id)}


def _get_status(desk: Desk, _params: _Params) -> dict[str, Any]:
    return {"online": desk.is_online(), "good": True, "stat": {}}


def _get_version_info(_desk: Desk, _params: _Params) -> dict[str, Any]:
    return {"app_name": "sandbox", "app_version": "1.0.0", "protocol_version": "v11"}


def _can(_desk: Desk, _params: _Params) -> dict[str, Any]:
    return {"yes": True}


def _joined_group(desk: Desk, params: _Params) -> Group:
    found = desk.world.groups.get(number(params, "group_id"))
    if found is None or desk.world.bot.user_id not in found.members:
        raise ActionError(FAILED, f"group {params['group_id']} does not exist")
    return found


def _kept(desk: Desk, params: _Params) -> Media:
    kept = desk.media.find_named(str(params.get("file_id") or params.get("file") or ""))
    if kept is None:
        raise ActionError(FAILED, "file not found")
    return kept


def _group_info(found: Group) -> dict[str, Any]:
    return {
        "group_id": found.group_id,
        "group_name": found.name,
        "member_count": len(found.members),
        "max_member_count": 500,
        "group_all_shut": -1 if found.is_whole_muted else 0,
    }


def _member_info(desk: Desk, found: Group, member: Member) -> dict[str, Any]:
    is_muted = desk.world.is_muted(found.group_id, member.user_id)
    until = member.muted_until if is_muted else None
    return {
        "group_id": found.group_id,
        "user_id": member.user_id,
        "nickname": desk.world.person(member.user_id).nickname,
        "card": member.card,
        "role": member.role,
        "shut_up_timestamp": int(until.timestamp()) if until else 0,
        "join_time": 0,
        "last_sent_time": 0,
        "title": "",
    }


LOOKUPS: Mapping[str, Callable[[Desk, _Params], Any]] = {
    "get_msg": _get_msg,
    "get_group_msg_history": _get_group_msg_history,
    "get_friend_msg_history": _get_friend_msg_history,
    "get_login_info": _get_login_info,
    "get_stranger_info": _get_stranger_info,
    "get_friend_list": _get_friend_list,
    "get_group_list": _get_group_list,
    "get_group_info": _get_group_info,
    "get_group_member_info": _get_group_member_info,
    "get_group_member_list": _get_group_member_list,
    "get_group_at_all_remain": _get_group_at_all_remain,
    "get_image": _get_file,
    "get_record": _get_file,
    "get_file": _get_file,
    "get_group_file_url": _get_file_url,
    "get_private_file_url": _get_file_url,
    "get_status": _get_status,
    "get_version_info": _get_version_info,
    "can_send_image": _can,
    "can_send_record": _can,
}
