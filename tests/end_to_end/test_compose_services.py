"""What only docker compose has: health, limits and environment of its containers, and a role that is no superuser."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest

PROJECT = os.environ.get("BACKSWEEP_E2E_COMPOSE_PROJECT", "")
pytestmark = pytest.mark.skipif(not PROJECT, reason="make compose-test names its project")
OURS = {"api", "worker", "scheduler", "tracker", "mlflow"}


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True, timeout=300).stdout


@pytest.fixture(scope="module")
def containers() -> dict[str, dict[str, Any]]:
    """What the engine says of a container of each service that runs."""
    names = docker("ps", "--quiet", "--filter", f"label=com.docker.compose.project={PROJECT}").split()
    found = json.loads(docker("inspect", *names))
    return {each["Config"]["Labels"]["com.docker.compose.service"]: each for each in found}


def test_every_service_is_healthy_by_a_check_of_its_own(containers: dict[str, dict[str, Any]]) -> None:
    states = {name: each["State"].get("Health", {}).get("Status") for name, each in containers.items()}
    assert states == dict.fromkeys(OURS | {"postgres", "redis"}, "healthy")


def test_every_service_has_an_init_and_a_limit_of_its_memory(containers: dict[str, dict[str, Any]]) -> None:
    for name, each in containers.items():
        assert each["HostConfig"]["Init"] is True, name
        assert each["HostConfig"]["Memory"] > 0, name


@pytest.mark.parametrize("name", sorted(OURS))
def test_telemetry_is_off_in_every_program(containers: dict[str, dict[str, Any]], name: str) -> None:
    program = "from mlflow.telemetry.utils import is_telemetry_disabled as off; import sys; sys.exit(not off())"
    docker("exec", "-w", "/", containers[name]["Id"], "python", "-P", "-c", program)


@pytest.mark.parametrize("name", ["worker", "scheduler", "tracker"])
def test_a_program_that_stands_still_becomes_unhealthy_in_its_own_check(
    containers: dict[str, dict[str, Any]], name: str
) -> None:
    """The check itself, on a file as old as that of a program that stands still."""
    command = containers[name]["Config"]["Healthcheck"]["Test"][1]
    asked = ["docker", "exec", containers[name]["Id"], "sh", "-c"]
    assert subprocess.run([*asked, command], timeout=300).returncode == 0
    assert subprocess.run([*asked, f"touch -d '-1 hour' /tmp/alive && {command}"], timeout=300).returncode != 0


def test_the_services_role_is_no_superuser_and_its_password_on_no_command_line(
    containers: dict[str, dict[str, Any]],
) -> None:
    query = "SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolsuper"
    told = docker("exec", containers["postgres"]["Id"], "psql", "-U", "postgres", "-Atc", query)
    assert told.strip() == "postgres"
    for each in containers.values():
        lines = docker("top", each["Id"], "-eo", "pid,args")
        assert os.environ["POSTGRES_PASSWORD"] not in lines
