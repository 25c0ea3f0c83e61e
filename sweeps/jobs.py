"""Which trials are trained together: jobs of one fusion key, sized by `sweeps.job_sizes`, longest first.

The replicates of a configuration stay in one job where they fit. Called by `sweeps.planning`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from engine import shapes
from engine.cost_model import job_seconds
from engine.hyperparameter_kinds import Value
from engine.hyperparameters import fusion_key
from sweeps.job_sizes import Group, trials_per_job
from sweeps.plan import PlannedJob, PlannedTrial
from sweeps.spec import SweepSpec

if TYPE_CHECKING:
    from engine.data.catalog import DatasetFacts

Trials = Sequence[PlannedTrial]


def jobs_of(
    trials: Trials, spec: SweepSpec, datasets: Mapping[str, DatasetFacts], workers: int
) -> tuple[PlannedJob, ...]:
    """The jobs that train all `trials`, numbered from 0 in the order in which they should be queued."""
    batches = list(_fusible(trials))
    groups = [_group(batch, spec, datasets) for batch in batches]
    parts = [
        (part, group.seconds(len(part)))
        for batch, group, size in zip(batches, groups, _sizes(groups, spec, workers), strict=True)
        for part in _parts(batch, size)
    ]
    parts.sort(key=lambda part: -part[1])  # stable: equal ones stay in the sweep's order
    return tuple(PlannedJob(number, tuple(part), seconds) for number, (part, seconds) in enumerate(parts))


def _sizes(groups: Sequence[Group], spec: SweepSpec, workers: int) -> list[int]:
    """As many trials as the user says, or as many as the user's seconds allow, or as suits."""
    if spec.trials_per_job is not None:
        return [spec.trials_per_job] * len(groups)
    return trials_per_job(groups, workers, spec.seconds_per_job)


def _fusible(trials: Trials) -> Iterator[list[PlannedTrial]]:
    """The trials by fusion key, keys in the order in which they first occur."""
    found: dict[tuple[Value, ...], list[PlannedTrial]] = {}
    for configuration, replicates in groupby(trials, key=lambda one: one.trial.configuration):
        found.setdefault(fusion_key(configuration), []).extend(replicates)
    yield from found.values()


def _group(batch: Trials, spec: SweepSpec, datasets: Mapping[str, DatasetFacts]) -> Group:
    configuration = batch[0].trial.configuration
    facts = datasets[configuration.dataset]
    fraction = spec.validation_fraction
    return Group(
        trials=len(batch),
        replicates=spec.replicates,
        seconds=lambda count: spec.slowness * job_seconds(count, configuration, facts, fraction),
        memory=lambda count: shapes.training_bytes(count, configuration, facts, fraction),
    )


def _parts(batch: Trials, size: int) -> Iterator[Trials]:
    """Parts of at most `size` trials, as even as may be, cut between configurations where one fits into a part."""
    units = [list(unit) for _, unit in groupby(batch, key=lambda one: one.configuration_number)]
    if max(map(len, units)) > size:
        units = [[one] for one in batch]
    per_part = max(1, size // max(map(len, units)))
    count = -(-len(units) // per_part)
    for number in range(count):
        cut = units[number * len(units) // count : (number + 1) * len(units) // count]
        yield [trial for unit in cut for trial in unit]
