"""How fast one sender may go: a token bucket that keeps one number a sender."""

# Far more senders than write to one bot within a minute; keeps memory flat under a flood.
MOST_SENDERS = 20_000


class Pace:
    """``burst`` messages at once, then ``per_minute`` a minute, for each sender.

    Kept as the moment at which the sender's bucket will be full again (GCRA, ITU-T I.371).
    """

    def __init__(self, *, per_minute: int, burst: int) -> None:
        self._step_s = 60 / per_minute
        self._slack_s = self._step_s * (burst - 1)
        self._full_at: dict[object, float] = {}

    def wait_s(self, sender: object, now: float) -> float:
        """Return for how many seconds ``sender`` has to wait; 0 when the bucket is not empty."""
        return max(0.0, self._full_at.get(sender, now) - self._slack_s - now)

    def take(self, sender: object, now: float) -> None:
        """Take one token, also one that is not there yet."""
        full_at = max(self._full_at.pop(sender, now), now) + self._step_s
        self._full_at[sender] = full_at
        if len(self._full_at) > MOST_SENDERS:
            self._prune(now)

    def _prune(self, now: float) -> None:
        kept = {sender: at for sender, at in self._full_at.items() if at > now}
        # Least recently heard first: dict order is the order of the last take.
        surplus = max(0, len(kept) - MOST_SENDERS // 2)
        self._full_at = dict(list(kept.items())[surplus:])


class OncePer:
    """Lets something pass once a period for each key."""

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._last: dict[object, float] = {}

    def passes(self, key: object, now: float) -> bool:
        """Whether the period since the last pass of ``key`` is over; counts as a pass if so."""
        if now - self._last.get(key, -self._period_s) < self._period_s:
            return False
        self._last[key] = now
        if len(self._last) > MOST_SENDERS:
            self._last = {k: t for k, t in self._last.items() if now - t < self._period_s}
        return True
