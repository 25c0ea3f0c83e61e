"""Settings of the worker's tests."""

import pytest

from settings import Settings


@pytest.fixture
def settings(database_url) -> Settings:
    return Settings(database_url=database_url, lease_seconds=600.0, flush_seconds=0.05)


@pytest.fixture
def settings_of():
    """Settings for a database that a test has made itself."""
    return lambda database: Settings(database_url=database.url, lease_seconds=600.0, flush_seconds=0.05)
