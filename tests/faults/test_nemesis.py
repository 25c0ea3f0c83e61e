"""Everything at once, in an order that follows from a seed: and at the end nothing is lost, twice or different."""

import pytest

from tests.faults.disturbances import EVERYWHERE, ON_REDIS, ON_SQLITE, QUICK, mlflow_is_locked
from tests.faults.nemesis import disturb
from tests.services.brokers import RedisServer


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_short_nemesis_leaves_nothing_lost_twice_or_different(stack):
    assert disturb(stack, seed=1, chosen=QUICK, rounds=1) == []


@pytest.mark.faults
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("seed", [1])
def test_the_whole_nemesis_leaves_nothing_lost_twice_or_different(stack, seed):
    local = (*ON_SQLITE, mlflow_is_locked) if stack.database.dialect == "sqlite" else ()
    frozen = ON_REDIS if isinstance(stack.broker, RedisServer) else ()
    assert disturb(stack, seed, (*EVERYWHERE, *local, *frozen), rounds=1) == []
