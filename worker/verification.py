"""`python -m worker.verification SWEEP KERNEL`: verdicts on a sweep's trials, as lines of JSON.

Started by `backsweep verify` with the environment that this kernel needs; the database is that of the settings. A
failure is one line on standard error and status 1.
"""

from __future__ import annotations

import json
import sys

from engine.blas import machine
from engine.errors import EngineError
from engine.same_bits import same_bits
from results import schema
from results.database import open_database
from results.errors import ResultsError
from settings import from_environment
from worker.errors import WorkerError
from worker.verifying import verify


def main(sweep_id: int, kernel: str) -> None:
    """Print a line for each trial as soon as it is judged."""
    here = str(machine()["kernel"])
    if here != kernel:
        sys.exit(f"trained with the BLAS kernel {kernel or 'of an unknown name'}; this machine computes with {here}")
    settings = from_environment()
    database = open_database(settings.database_url)
    try:
        schema.check(database)
        for verdict in verify(database, sweep_id, kernel, same_bits(settings.kernel_cache()).together):
            sys.stdout.write(json.dumps({**vars(verdict), "same": verdict.same}) + "\n")
            sys.stdout.flush()
    except (ResultsError, EngineError, WorkerError) as error:
        sys.exit(str(error))
    finally:
        database.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
