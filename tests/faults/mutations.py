"""`python -m tests.faults.mutations [NAME ...]`: takes one safeguard away at a time and shows that the suite notices.

Each mutation is made in a copy of the project in a temporary folder; there its tests are run, first as the copy is
(they must pass), then mutated (they must fail). Ends with status 1 when one goes unnoticed. `--file F --find TEXT
--replace TEXT --tests PATHS` tries another one. Nothing here is touched.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults.safeguards import MACHINE, MUTATIONS, Mutation

ROOT = Path(__file__).parents[2]
PARTS = ("api", "backsweep", "comparison", "engine", "migrations", "results", "sweeps", "tracking", "worker", "tests")
FILES = ("settings.py", "pyproject.toml")


def main() -> int:
    """Run the chosen mutations and say what noticed each."""
    options = _options()
    chosen = [one for one in MUTATIONS if not options.names or any(name in one.name for name in options.names)]
    if options.file:
        chosen = [Mutation("given", options.file, options.find, options.replace, tuple(options.tests))]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy")
        _copy(copy)
        tests = sorted({test for mutation in chosen for test in mutation.tests})
        control = _run(copy, tests)
        _say(f"as it is: {_verdict(control)} ({' '.join(tests)})")
        noticed = [_try(copy, mutation) for mutation in chosen]
    return 0 if control.returncode == 0 and all(noticed) else 1


def _try(copy: Path, mutation: Mutation) -> bool:
    path = copy / mutation.file
    original = path.read_text()
    if original.count(mutation.find) != 1:
        _say(f"NOT APPLICABLE  {mutation.name}: {mutation.file} has changed")
        return False
    path.write_text(original.replace(mutation.find, mutation.replace))
    try:
        result = _run(copy, list(mutation.tests))
    finally:
        path.write_text(original)
    noticed = result.returncode == 1
    _say(f"{'noticed' if noticed else 'UNNOTICED':9s}  {mutation.name}\n           {_verdict(result)}")
    return noticed


def _run(copy: Path, tests: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=short", "-m", "not faults", *tests]
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


def _verdict(result: subprocess.CompletedProcess[str]) -> str:
    """The failed test and its error, or pytest's last line."""
    if result.returncode == 0:
        return result.stdout.strip().splitlines()[-1]
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", result.stdout, re.MULTILINE)
    errors = re.findall(
        r"^(?:E|\s*\|)?\s+(?:E\s+)?((?:AssertionError|\w+\.\w+Error|\w+Error)\b.*)$", result.stdout, re.MULTILINE
    )
    return f"{' '.join(failed) or result.stdout[-500:] + result.stderr[-500:]}: {errors[0][:160] if errors else ''}"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _copy(copy: Path) -> None:
    copy.mkdir()
    for part in PARTS:
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in FILES:
        shutil.copy(ROOT / file, copy / file)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.mutations", description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of the names of mutations; none: all")
    parser.add_argument("--file")
    parser.add_argument("--find", default="")
    parser.add_argument("--replace", default="")
    parser.add_argument("--tests", nargs="+", default=[MACHINE])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
