"""What a sweep would be, without storing or training anything: how many, how long, how much memory, the first points.

Called by the API. Figures are estimates by the engine's own formulas, right within a factor of about two.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.data.catalog import DatasetFacts
from engine.hyperparameter_kinds import Value
from engine.hyperparameters import Configuration
from engine.shapes import layer_sizes, parameter_count, training_bytes
from sweeps.plan import Plan, PlannedJob
from sweeps.spec import SweepSpec

SHOWN = 10  # configurations
STANDING_IN = (
    "This search proposes as results come in: random draws stand for its configurations here, and the estimates are "
    "made from them."
)
Datasets = Mapping[str, DatasetFacts]


@dataclass(frozen=True)
class PreviewedConfiguration:
    """One configuration: what the document gives of it, and the weights, biases and slopes of its network."""

    number: int
    values: Mapping[str, Value]
    parameter_count: int


@dataclass(frozen=True)
class Preview:
    """Counts and estimates of a sweep; the first configurations stand for the others.

    `parameter_counts`: of the smallest and the largest network. `work_seconds`: on one core; `estimated_seconds`: from
    the first job's start to the last one's end with that many `workers`. `job_bytes`: memory of the largest job;
    `memory_bytes`: of as many of the largest jobs as there are workers. `lengths`: the numbers of epochs that occur.
    """

    spec: SweepSpec
    configuration_count: int
    trial_count: int
    job_count: int
    epoch_count: int
    parameter_counts: tuple[int, int]
    workers: int
    work_seconds: float
    estimated_seconds: float
    job_bytes: int
    memory_bytes: int
    lengths: tuple[int, ...]
    configurations: tuple[PreviewedConfiguration, ...]


def preview(spec: SweepSpec, planned: Plan, datasets: Datasets, workers: int = 2) -> Preview:
    """The preview of a parsed sweep on that many workers, one core each.

    `planned`: its plan, or that of its `stand_ins`. What is taken over from earlier sweeps costs nothing.
    """
    sizes = [_parameter_count(one, datasets) for one in planned.configurations]
    seconds = [job.estimated_seconds for job in planned.jobs]
    memory = sorted((_bytes(job, planned, datasets) for job in planned.jobs), reverse=True)
    return Preview(
        spec=replace(spec, notes=(*planned.spec.notes, STANDING_IN)) if spec.adaptive else planned.spec,
        configuration_count=len(planned.configurations),
        trial_count=sum(len(job.trials) for job in (*planned.jobs, *planned.taken_over)),
        job_count=len(planned.jobs),
        epoch_count=sum(one.trial.configuration.epochs for job in planned.jobs for one in job.trials),
        parameter_counts=(min(sizes), max(sizes)),
        workers=workers,
        work_seconds=sum(seconds),
        estimated_seconds=elapsed(seconds, workers),
        job_bytes=max(memory, default=0),
        memory_bytes=sum(memory[:workers]),
        lengths=tuple(sorted({one.epochs for one in planned.configurations})),
        configurations=tuple(_first(planned, sizes)),
    )


def elapsed(seconds: Sequence[float], workers: int) -> float:
    """When the last job ends if each worker takes the next one of the queue as soon as it is free."""
    free = [0.0] * workers
    for each in seconds:
        heapq.heappush(free, heapq.heappop(free) + each)
    return max(free)


def _first(planned: Plan, sizes: Sequence[int]) -> Iterator[PreviewedConfiguration]:
    names = (*planned.spec.parameters, *planned.spec.drawn)
    for number, one in enumerate(planned.configurations[:SHOWN]):
        values = {name: getattr(one, name) for name in names}
        yield PreviewedConfiguration(number, values, sizes[number])


def _parameter_count(one: Configuration, datasets: Datasets) -> int:
    return parameter_count(layer_sizes(one, datasets[one.dataset]), one)


def _bytes(job: PlannedJob, planned: Plan, datasets: Datasets) -> int:
    one = job.trials[0].trial.configuration  # all of a job have the same shapes
    return training_bytes(len(job.trials), one, datasets[one.dataset], planned.spec.validation_fraction)
