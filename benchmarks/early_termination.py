"""What early termination saves and costs: `python -m benchmarks.early_termination [--json] [--write] [--seeds N]`.

Every rule judges real random sweeps, stored in databases of their own and trained by `worker.train_job`, twice: once
as a user would run it, to count the epochs that are not trained, and once with every stopped trial audited, so that
false kills are counted and not estimated. No time is measured. `--write` puts the table into docs/early-termination.md.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from api.models.early_termination import early_termination_of
from benchmarks.sections import replace_section
from comparison.judging import judge
from engine.data.catalog import BUILT_IN
from results.database import Database, open_database
from results.reads.comparison import trial_results
from results.reads.early_termination import stopping
from results.reads.sweeps import find
from results.schema import upgrade
from results.writes import sweeps
from settings import Settings
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from worker.train_job import train_job

PAGE = Path(__file__).parents[1] / "docs" / "early-termination.md"
CONFIGURATIONS, EPOCHS = 120, 27
AIM_SAVED, AIM_KILLED = 0.5, 0.1
PARAMETERS: dict[str, Any] = {
    "dataset": {"value": "digits"},
    "layers": {"values": [[16], [32], [64], [32, 32]]},
    "activation": {"values": ["sigmoid", "tanh", "relu"]},
    "initialization": {"values": ["normal", "glorot_normal", "he_normal"]},
    "learning_rate": {"distribution": "log_uniform_values", "min": 0.001, "max": 30},
    "batch_size": {"values": [16, 32, 64]},
    "epochs": {"value": EPOCHS},
}
RULES: dict[str, dict[str, Any]] = {
    "hyperband, min_iter 1, eta 3": {"type": "hyperband", "min_iter": 1, "eta": 3},
    "hyperband, min_iter 3, eta 3": {"type": "hyperband", "min_iter": 3, "eta": 3},
    "hyperband, min_iter 3, eta 3, strict": {"type": "hyperband", "min_iter": 3, "eta": 3, "strict": True},
    "hyperband, min_iter 9, eta 3": {"type": "hyperband", "min_iter": 9, "eta": 3},
    "hyperband, min_iter 3, eta 2": {"type": "hyperband", "min_iter": 3, "eta": 2},
    "asha, min_resource 3, reduction_factor 3": {"type": "asha", "min_resource": 3, "reduction_factor": 3},
    "median, n_warmup_steps 3, interval_steps 3": {"type": "median", "n_warmup_steps": 3, "interval_steps": 3},
}


@dataclass(frozen=True)
class Found:
    """One rule on one sweep. `saved`: share of the epochs not trained; `kill_rate`: false kills over stopped trials.

    `best_stopped`: share of the best tenth that was stopped; `regret`: best cost of what went on over the best of all.
    """

    saved: float
    stopped: int
    killed: int
    best_stopped: float
    regret: float

    @property
    def kill_rate(self) -> float:
        """0 where nothing was stopped."""
        return self.killed / self.stopped if self.stopped else 0.0


def measure(rule: dict[str, Any], seed: int) -> Found:
    """The rule on the random sweep of this seed."""
    saved, _, _ = _swept(rule, seed, audit=0.0)
    _, cost, regret = _swept(rule, seed, audit=1.0)
    return Found(saved, cost.stopped, cost.killed, cost.best_stopped_share or 0.0, regret)


def _swept(rule: dict[str, Any], seed: int, audit: float) -> tuple[float, Any, float]:
    """Share of epochs saved, the audit, and the regret, as the service reports them of a sweep that it has run."""
    document = {
        "name": rule["type"],
        "method": "random",
        "run_cap": CONFIGURATIONS,
        "parameters": PARAMETERS,
        "early_terminate": rule,
        "backsweep": {"replicates": 1, "seed": seed, "audit": audit},
    }
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/results.db"
        upgrade(url)
        database = open_database(url)
        try:
            return _reported(database, _train(database, document))
        finally:
            database.dispose()


def _train(database: Database, document: dict[str, Any]) -> int:
    spec = parse(document, BUILT_IN, CONFIGURATIONS)
    with database.write() as connection:
        created = sweeps.create(connection, plan(spec, BUILT_IN), document, BUILT_IN, 1)
    for job_id in created.job_ids:
        train_job(database, Settings(), job_id, "benchmark")
    return created.sweep_id


def _reported(database: Database, sweep_id: int) -> tuple[float, Any, float]:
    with database.read() as connection:
        sweep, results = find(connection, sweep_id), trial_results(connection, sweep_id)
        report = early_termination_of(sweep, stopping(connection, sweep_id), results)
    loss = judge(sweep.metric_name, sweep.metric_goal).loss
    stopped = {one.trial_id for one in report.decisions if one.verdict == "stop"}
    kept = min(loss(one) for one in results if one.trial_id not in stopped)
    return report.saved_share, report.audit, kept / min(map(loss, results))


def page(found: dict[str, list[Found]]) -> str:
    """The table, and whether the aim was met."""
    seeds = len(next(iter(found.values())))
    head = (
        "| rule | epochs saved | false-kill rate | best tenth stopped | best cost kept / best of all |\n" + "|---" * 5
    )
    return (
        f"Random sweeps of {CONFIGURATIONS} configurations on digits, {EPOCHS} epochs, "
        f"{sum('value' not in one for one in PARAMETERS.values())} hyperparameters varied, {seeds} seeds, made by "
        "`python -m benchmarks.early_termination --write`. Medians over the seeds with their range; the false-kill "
        "rate is over all stopped trials of all seeds, every one of which was trained to its end in a second sweep.\n\n"
        + head
        + "|\n"
        + "\n".join(_row(name, courses) for name, courses in found.items())
        + "\n\n"
        + _verdict(found)
    )


def _row(name: str, courses: Sequence[Found]) -> str:
    killed, stopped = sum(one.killed for one in courses), sum(one.stopped for one in courses)
    worst = max(one.kill_rate for one in courses)
    cells = (
        name,
        _spread([one.saved for one in courses]),
        f"{killed / max(1, stopped):.1%} ({killed} of {stopped}; worst sweep {worst:.1%})",
        _spread([one.best_stopped for one in courses]),
        f"{median(one.regret for one in courses):.3f} (worst {max(one.regret for one in courses):.3f})",
    )
    return "| " + " | ".join(cells) + " |"


def _spread(shares: Sequence[float]) -> str:
    return f"**{median(shares):.0%}** ({min(shares):.0%} to {max(shares):.0%})"


def _verdict(found: dict[str, list[Found]]) -> str:
    met = [
        name
        for name, courses in found.items()
        if all(one.saved >= AIM_SAVED and one.kill_rate < AIM_KILLED for one in courses)
    ]
    aim = f"At least {AIM_SAVED:.0%} of the epochs saved at a false-kill rate below {AIM_KILLED:.0%}, in every sweep: "
    return (
        aim + ("; ".join(met) if met else "none of these") + ".\n\n"
        "Stopping blindly would have a false-kill rate of a tenth, so the rate alone flatters an eager rule; the share "
        "of the best tenth that is stopped tells eager rules from patient ones.\n"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write", action="store_true", help="put the table into docs/early-termination.md")
    parser.add_argument("--seeds", type=int, default=5, help="sweeps for each rule (5)")
    options = parser.parse_args()
    found = {name: [measure(rule, seed) for seed in range(options.seeds)] for name, rule in RULES.items()}
    text = page(found)
    print(json.dumps({name: list(map(asdict, courses)) for name, courses in found.items()}) if options.json else text)
    if options.write:
        replace_section(PAGE, "## Measured", text)


if __name__ == "__main__":
    main()
