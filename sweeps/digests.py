"""What a trial's results depend on, as one SHA-256: trials with the same digest have the same curve.

Called by `results.writes.sweeps` and `results.writes.extending`, which store it with every trial, and by previews.
What computes (NumPy, BLAS, its kernel) is known only once a trial was trained, and stands beside the digest. Pure and
light: hashing only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.effects import canonical
from engine.hyperparameters import Configuration, values_of
from engine.shapes import training_samples
from engine.trials import Trial
from engine.version import NUMERICS
from sweeps.plan import Plan
from sweeps.seeds import split_seed

if TYPE_CHECKING:
    from engine.data.catalog import DatasetFacts


@dataclass(frozen=True)
class Data:
    """What a trial learns: a data set by content, and its split; `samples`: how many it has, which its content says."""

    digest: str
    task: str
    validation_fraction: float
    split_seed: int
    samples: int


def trial_digests(plan: Plan, datasets: Mapping[str, DatasetFacts]) -> dict[int, str]:
    """The digest of every planned trial, by number."""
    split = split_seed(plan.spec.seed)
    begun = {}
    for number, configuration in _configurations(plan):
        facts = datasets[configuration.dataset]
        data = Data(facts.digest, facts.task, plan.spec.validation_fraction, split, facts.samples)
        begun[number] = _begun(configuration, data)
    return {
        one.number: _completed(begun[one.configuration_number], one.trial) for job in plan.jobs for one in job.trials
    }


def trial_digest(trial: Trial, data: Data) -> str:
    """SHA-256, in hexadecimal, of the numerics' version, the configuration, the data and the seeds.

    Of equal trainings the configuration is the same (`engine.effects`), however they were written. Canonical JSON: keys
    sorted, no spaces, floats by their shortest exact text. Of the data set it is the content that counts, not the name.
    """
    return _completed(_begun(trial.configuration, data), trial)


def _configurations(plan: Plan) -> list[tuple[int, Configuration]]:
    found = {one.configuration_number: one.trial.configuration for job in plan.jobs for one in job.trials}
    return list(found.items())


def _begun(configuration: Configuration, data: Data) -> hashlib._Hash:
    """All but the seeds, which differ between the replicates of a configuration."""
    same = values_of(canonical(configuration, data.task))
    values = {name: value for name, value in same.items() if name != "dataset"}
    # a mini-batch is at most the training set
    values["batch_size"] = min(configuration.batch_size, training_samples(data.samples, data.validation_fraction))
    content = {name: value for name, value in vars(data).items() if name != "samples"}
    whole = {"numerics": NUMERICS, "configuration": values, "data": content}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode())


def _completed(begun: hashlib._Hash, trial: Trial) -> str:
    hashed = begun.copy()
    hashed.update(f"\n{trial.init_seed} {trial.data_seed}".encode())
    return hashed.hexdigest()
