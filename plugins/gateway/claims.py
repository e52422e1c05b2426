"""Several of our accounts in one group: only one of them answers."""

from collections.abc import Hashable

from plugins.gateway import gate


class SlashClaims:
    """Lets only one of our accounts in a group answer a text with a slash.

    Each of them hears the same message, under a message id of its own. The first to hear it has it;
    hearing it again is a repetition, which later is noticed as one.
    """

    KEPT_S = 60.0
    MOST = 1_000

    def __init__(self) -> None:
        self._claims: dict[Hashable, tuple[float, int]] = {}

    def is_ours(self, message: gate.Payload, now: float) -> bool:
        """Whether the account that heard ``message`` is the first of ours to do so."""
        if "group_id" not in message or gate.is_called(message["message"], message["self_id"]):
            return True
        words = hash(str(message["message"]))
        key = (message["group_id"], message["user_id"], message["time"], words)
        if len(self._claims) >= self.MOST:
            self._claims = {k: c for k, c in self._claims.items() if now - c[0] < self.KEPT_S}
        claim = self._claims.get(key)
        if claim is None or now - claim[0] >= self.KEPT_S:
            self._claims[key] = (now, message["self_id"])
            return True
        return claim[1] == int(message["self_id"])
