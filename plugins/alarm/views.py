"""Alarms to sentences. Wording lives in ``content/texts/alarm.toml``; accounts show four digits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from core.conversation import Say
from core.texts import current
from plugins.alarm.service import Matter

_QQ = "onebot11"
_TAIL = 4
_BETWEEN = "\n\n"
# From this on hours are said, not minutes.
_HOURS_FROM = timedelta(minutes=90)

Maker = Callable[[Matter, datetime], Say]


def packed(
    matters: Sequence[Matter], *, now: datetime, most_bytes: int
) -> Iterator[tuple[str, list[Matter]]]:
    """Return messages of at most ``most_bytes``, each with the matters it tells of."""
    words, held = "", list[Matter]()
    for matter in matters:
        sentence = current().render(say(matter, now=now))
        longer = f"{words}{_BETWEEN}{sentence}" if words else sentence
        if words and len(longer.encode()) > most_bytes:
            yield words, held
            words, held = sentence, [matter]
        else:
            words, held = longer, [*held, matter]
    if held:
        yield words, held


def say(matter: Matter, *, now: datetime) -> Say:
    """Return what the operator reads about one matter."""
    makers = _OVER if matter.is_over else _BEGAN
    return makers.get(matter.kind, _other)(matter, now)


def _offline(matter: Matter, now: datetime) -> Say:
    return Say(
        "alarm.offline",
        account=_account(matter),
        lasting=_lasting(matter, now),
        waiting=_waiting(matter),
    )


def _no_way_through(matter: Matter, _now: datetime) -> Say:
    return Say("alarm.no_way_through", account=_account(matter), waiting=_waiting(matter))


def _silent(matter: Matter, _now: datetime) -> Say:
    return Say("alarm.silent", account=_account(matter), waiting=_waiting(matter))


def _muted(matter: Matter, _now: datetime) -> Say:
    groups = matter.detail.get("groups", 0)
    return Say("alarm.muted", account=_account(matter), groups=groups)


def _stuck(matter: Matter, now: datetime) -> Say:
    return Say("alarm.waiting", lasting=_lasting(matter, now), waiting=_waiting(matter))


def _disk_low(matter: Matter, _now: datetime) -> Say:
    return Say("alarm.disk_low", megabytes=matter.detail.get("megabytes", 0))


def _other(matter: Matter, _now: datetime) -> Say:
    if matter.is_over:
        return Say("alarm.other_over")
    return Say("alarm.other", since=_since(matter), today=_since(matter).date())


def _offline_over(matter: Matter, now: datetime) -> Say:
    return Say("alarm.offline_over", account=_account(matter), lasting=_lasting(matter, now))


def _no_way_through_over(matter: Matter, _now: datetime) -> Say:
    return Say("alarm.no_way_through_over", account=_account(matter))


def _silent_over(matter: Matter, _now: datetime) -> Say:
    return Say("alarm.silent_over", account=_account(matter))


def _muted_over(matter: Matter, _now: datetime) -> Say:
    return Say("alarm.muted_over", account=_account(matter))


def _stuck_over(_matter: Matter, _now: datetime) -> Say:
    return Say("alarm.waiting_over")


def _disk_low_over(_matter: Matter, _now: datetime) -> Say:
    return Say("alarm.disk_low_over")


_BEGAN: Mapping[str, Maker] = {
    "offline": _offline,
    "no_way_through": _no_way_through,
    "silent": _silent,
    "muted": _muted,
    "waiting": _stuck,
    "disk_low": _disk_low,
}
_OVER: Mapping[str, Maker] = {
    "offline": _offline_over,
    "no_way_through": _no_way_through_over,
    "silent": _silent_over,
    "muted": _muted_over,
    "waiting": _stuck_over,
    "disk_low": _disk_low_over,
}


def _account(matter: Matter) -> Say:
    """Name an account of ours by its platform and last digits: ``account:onebot11:3889000001``."""
    _, _, voice = matter.key.partition(":")
    platform, _, self_id = voice.partition(":")
    if platform == _QQ:
        return Say("alarm.account_qq", tail=self_id[-_TAIL:])
    return Say("alarm.account_other", tail=self_id[-_TAIL:])


def _waiting(matter: Matter) -> Say:
    count = matter.detail.get("waiting", 0)
    if count:
        return Say("alarm.kept", count=count)
    return Say("alarm.kept_none")


def _since(matter: Matter) -> datetime:
    """Return when it really began, which is before anybody raised the alarm."""
    since = matter.detail.get("since")
    return datetime.fromisoformat(since) if isinstance(since, str) else matter.raised_at


def _lasting(matter: Matter, now: datetime) -> Say:
    lasting = (matter.cleared_at or now) - _since(matter)
    if lasting < _HOURS_FROM:
        return Say("alarm.minutes", count=max(1, round(lasting / timedelta(minutes=1))))
    if lasting < timedelta(hours=48):
        return Say("alarm.hours", count=round(lasting / timedelta(hours=1)))
    return Say("alarm.days", count=lasting.days)
