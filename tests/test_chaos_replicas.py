"""Bots that share a database are killed and started at random, and keep their promises together."""

import pytest

from tests import postgres
from tests.chaos import replicas
from tests.conftest import MISSING

ALERTS, RETRIES, BOTS, SEED = 60, 10, 3, 20261125


@pytest.mark.timeout(900)
@pytest.mark.skipif(postgres.programs() is None, reason=MISSING)
def test_killed_and_started_at_random_they_lose_and_repeat_nothing() -> None:
    """Every alert is counted once and has its card once; nothing is sent twice, and every press has its end."""
    found = replicas.run(ALERTS, RETRIES, BOTS, SEED)
    assert found.reports == []
    assert found.is_good, found.wrong
    assert found.ends.total()
    assert found.messages
