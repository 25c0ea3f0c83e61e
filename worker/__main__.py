"""`python -m worker train|track|beat`: sets what must be in the environment before NumPy loads, then starts Celery.

train: trains jobs (`--concurrency N`). track: feeds MLflow. beat: recovers, asks for tracking, and proposes
for searches. Further options go to `celery worker`.
"""

from __future__ import annotations

import os
import sys

from engine.blas import choose_kernel, kernel_environment
from engine.errors import EngineError
from settings import Settings, SettingsError, from_environment

ROLES = ("train", "track", "beat")


def main(arguments: list[str]) -> None:
    """Replace this process by the worker of that role; one line and status 2 for what cannot be run."""
    if not arguments or arguments[0] not in ROLES:
        sys.exit(f"usage: python -m worker {{{'|'.join(ROLES)}}} [options of celery worker]")
    try:
        environment = os.environ | _numerics(arguments[0], from_environment())
    except (SettingsError, EngineError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    command = [sys.executable, "-P", "-m", "worker.program", *arguments]
    os.execve(sys.executable, command, environment)


def _numerics(role: str, settings: Settings) -> dict[str, str]:
    """One thread for each process; the kernel matters, and is measured, only where networks are trained."""
    if role != "train":
        return kernel_environment("")
    return kernel_environment(choose_kernel(settings.kernel_cache(), settings.blas_kernel))


if __name__ == "__main__":
    main(sys.argv[1:])
