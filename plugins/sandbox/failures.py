"""How the end says no: codes and wordings of failed calls, and calls that end without an answer.

The shape follows NapCat: retcode 1200, and the kernel's own result and sentence inside a line that
begins with ``EventChecker Failed`` (NapCatQQ issue 600, 2024-12) or ``Timeout`` (issue 808,
2025-02). Result 110 with its sentence is quoted from there; 120 for a mute is mirai issue 168. The
other numbers and sentences were not seen in writing and are only of the same kind.
"""

import json
from importlib.resources import files
from typing import Any

from plugins.sandbox.entities import Refusal

BAD_REQUEST = 1400
NO_SUCH_ACTION = 1404
FAILED = 1200

_WORDINGS: dict[str, Any] = json.loads(
    files(__package__).joinpath("wordings.json").read_text(encoding="utf-8")
)
_SEND = (
    "NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg "
    "ListenerName:NodeIKernelMsgListener/onMsgInfoListUpdate EventRet:\n"
)


class ActionError(Exception):
    """A call is answered with status failed."""

    def __init__(self, retcode: int, message: str) -> None:
        super().__init__(message)
        self.retcode = retcode
        self.message = message


class Unanswered(Exception):
    """A call is never answered."""


class LinkCut(Exception):
    """The connection breaks at this call; it is never answered."""


def refused(refusal: Refusal) -> ActionError:
    """Make the certain refusal that the kernel words itself."""
    verdict = json.dumps(_WORDINGS[refusal.value], ensure_ascii=False, indent=4)
    return ActionError(FAILED, f"EventChecker Failed: {_SEND}{verdict}\n")


def timed_out() -> ActionError:
    """Make the ambiguous failure: the message may stand in the chat or not."""
    verdict = json.dumps({"result": 0, "errMsg": ""}, indent=4)
    return ActionError(FAILED, f"Timeout: {_SEND}{verdict}\n")


def unsupported(action: str) -> ActionError:
    """Make the answer to an action nobody knows."""
    return ActionError(NO_SUCH_ACTION, f"{_WORDINGS['unsupported_action']} {action}")


def unreadable(source: str) -> ActionError:
    """Make the answer to a picture or file that cannot be read."""
    return ActionError(FAILED, f"{_WORDINGS['unreadable_source']} {source}")
