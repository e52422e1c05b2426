"""What an error says about a send, where no real end can be brought to raise it."""

import pytest
from nonebot.adapters.onebot.v11 import ApiNotAvailable

from core.messages import SendOutcome, SendResult
from plugins.gateway.links import NotSent
from plugins.gateway.verdicts import outcome_of


@pytest.mark.parametrize("error", [NotSent("not connected"), ApiNotAvailable()])
def test_given_a_link_that_went_before_the_write_when_it_is_judged_then_it_is_not_sent(error):
    assert outcome_of(error) == SendOutcome(SendResult.NOT_SENT, reason="offline")
