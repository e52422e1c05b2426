"""What is known after a call to a platform failed: certainly not sent, refused, or unknown."""

from collections.abc import Sequence
from typing import Any

from nonebot.exception import ActionFailed, ApiNotAvailable, NetworkError

from core.messages import SendOutcome, SendResult
from plugins.gateway import words
from plugins.gateway.links import NotSent, Unanswered

# NapCat answers this both when a message failed and when it merely did not see it appear.
_AMBIGUOUS = 1200

# Results of QQ's own kernel inside NapCat's answers (issue 600 there; mirai issue 168).
_KERNEL = {120: "muted", 110: "removed"}
_WORDINGS = (
    ("muted", words.MUTED),
    ("removed", words.REMOVED),
    ("not_friend", words.NOT_FRIEND),
    ("at_all_used_up", words.AT_ALL_USED_UP),
)


def told(result: SendResult, ids: Sequence[str], reason: str | None = None) -> SendOutcome:
    """Return an outcome with the ids of the messages that the platform named, in order."""
    return SendOutcome(result, ids[0] if ids else None, reason, tuple(ids[1:]))


def outcome_of(error: Exception) -> SendOutcome:
    """Return what ``error``, raised by a call, says about the send."""
    if isinstance(error, NotSent | ApiNotAvailable):
        return SendOutcome(SendResult.NOT_SENT, reason="offline")
    if isinstance(error, Unanswered):
        return SendOutcome(SendResult.UNKNOWN, reason=error.msg)
    if isinstance(error, ActionFailed):
        return _refusal(getattr(error, "info", None) or vars(error))
    reason = "disconnect" if isinstance(error, NetworkError) else "error"
    return SendOutcome(SendResult.UNKNOWN, reason=reason)


def _refusal(info: dict[str, Any]) -> SendOutcome:
    said = " ".join(str(info.get(key) or "") for key in ("message", "wording", "msg"))
    if reason := _certain_reason(said):
        return SendOutcome(SendResult.REJECTED, reason=reason)
    if words.TIMED_OUT.search(said):
        return SendOutcome(SendResult.UNKNOWN, reason="timeout")
    if info.get("retcode") == _AMBIGUOUS:
        return SendOutcome(SendResult.UNKNOWN, reason="ambiguous")
    return SendOutcome(SendResult.REJECTED, reason="refused")


def _certain_reason(said: str) -> str | None:
    result = words.KERNEL_RESULT.search(said)
    if result and (reason := _KERNEL.get(int(result[1]))):
        return reason
    return next((reason for reason, pattern in _WORDINGS if pattern.search(said)), None)
