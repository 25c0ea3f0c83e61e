"""A deployment for each test, with everything fast so that tests wait for little, but leases that outlast a stall."""

from collections.abc import Iterator

import pytest

from settings import Settings
from tests.faults.deployment import Deployment


@pytest.fixture
def settings(database_url, redis_server) -> Settings:
    return Settings(
        database_url=database_url,
        redis_url=redis_server.url,
        lease_seconds=120.0,
        flush_seconds=0.1,
        checkpoint_seconds=0.4,
        recovery_seconds=0.4,
        resend_seconds=1.0,
    )


@pytest.fixture
def deployment(settings, database, tmp_path) -> Iterator[Deployment]:
    logs = tmp_path / "logs"
    logs.mkdir()
    deployment = Deployment(settings, database, logs)
    yield deployment
    deployment.group.stop()
