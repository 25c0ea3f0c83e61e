"""`backsweep gradient-check FILE`: holds backpropagation against finite differences for a sweep's configurations.

Runs in this process, on the engine itself: no service is asked. Configurations that have the same gradient (they
differ in the learning rate, say) are checked once.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backsweep.display.console import console
from backsweep.errors import BacksweepError

if TYPE_CHECKING:
    from engine.hyperparameters import Configuration
    from sweeps.spec import SweepSpec

# What decides the gradient at the start of training; the rest of the registry plays no part in it.
DECISIVE = (
    "dataset",
    "layers",
    "activation",
    "activation_slope",
    "output_activation",
    "cost",
    "initialization",
    "initialization_scale",
    "initial_bias",
    "l2",
    "dropout",
    "scaling",
)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--most", default=20, show_default=True, type=click.IntRange(1), help="configurations to check")
def gradient_check(file: Path, most: int) -> None:
    """Check the gradients of FILE's configurations against central differences; status 1 when one is wrong."""
    from backsweep.display.gradients import gradient_table
    from engine.gradient_check import check_configuration
    from sweeps.seeds import data_seed, init_seed, split_seed

    spec = _spec(file)
    different = _different(spec)
    seeds = init_seed(spec.seed, 0), data_seed(spec.seed, 0), split_seed(spec.seed)
    checks = [(one, check_configuration(one, *seeds, spec.validation_fraction)) for one in different[:most]]
    console().print(gradient_table(checks, [name for name in spec.swept if name in DECISIVE]))
    if len(different) > most:
        console().print(f"{len(different) - most} more configurations differ in their gradient: --most N checks them.")
    sys.exit(0 if all(check.passed for _, check in checks) else 1)


def _spec(file: Path) -> SweepSpec:
    from engine.data.catalog import BUILT_IN
    from settings import Settings
    from sweeps.errors import InvalidSweep
    from sweeps.parsing.sweep import parse
    from sweeps.reading.documents import read

    media_type = "application/json" if file.suffix == ".json" else "application/yaml"
    try:
        return parse(read(file.read_bytes(), media_type), BUILT_IN, Settings().max_trials)
    except InvalidSweep as invalid:
        faults = "\n".join(f"  {fault.pointer or '/'} {fault.message}" for fault in invalid.faults)
        raise BacksweepError(f"{file} is not a sweep:\n{faults}") from invalid


def _different(spec: SweepSpec) -> list[Configuration]:
    """One configuration for each gradient, in the sweep's order."""
    from engine.hyperparameters import Configuration
    from sweeps.grid import configurations

    plain = Configuration()
    found: dict[Configuration, None] = {}
    for one in configurations(spec):
        found[replace(plain, **{name: getattr(one, name) for name in DECISIVE})] = None
    return list(found)
