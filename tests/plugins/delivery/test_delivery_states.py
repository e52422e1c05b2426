import pytest

from core.errors import Fault
from models.enums import DeliveryState as S
from plugins.delivery import states

# docs/adr/0004, and what it leaves to the one who claims: a claimed row may turn out to be
# not owed, too late or without anybody to go to; a refused one is sent again by a
# person; one that the platform confirmed and its history lacks is called unknown.
ALLOWED = {
    (S.DUE, S.LEASED), (S.DUE, S.EXPIRED), (S.DUE, S.CANCELLED),
    (S.LEASED, S.SENDING), (S.LEASED, S.DUE), (S.LEASED, S.EXPIRED), (S.LEASED, S.CANCELLED),
    (S.LEASED, S.REJECTED),
    (S.SENDING, S.SENT), (S.SENDING, S.DUE), (S.SENDING, S.REJECTED), (S.SENDING, S.UNKNOWN),
    (S.UNKNOWN, S.SENT), (S.UNKNOWN, S.DUE),
    (S.REJECTED, S.DUE),
    (S.SENT, S.UNKNOWN),
}  # fmt: skip


@pytest.mark.parametrize("old", S)
@pytest.mark.parametrize("new", S)
def test_given_two_states_when_a_step_is_asked_then_only_those_of_the_table_pass(
    old: S, new: S
) -> None:
    if (old, new) in ALLOWED:
        states.require(old, new)
    else:
        with pytest.raises(Fault):
            states.require(old, new)


def test_given_the_table_when_sources_are_asked_then_they_mirror_it() -> None:
    for new in S:
        assert states.sources(new) == {old for old, to in ALLOWED if to is new}
