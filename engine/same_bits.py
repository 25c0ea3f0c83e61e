"""Whether the promise "the same bits, alone or among others, stopped and continued or not" holds on this machine.

The promise rests on the BLAS that NumPy computes with and on NumPy's own loops, so it is tried out where training
happens: networks of several sizes are trained in arrays, alone and continued, and every recorded number and every
weight is compared. The worker asks before it trains, and trains one by one where arrays differ. As a program,
`python -m engine.same_bits CACHE`, it prints a line of JSON: for `backsweep doctor`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from engine.blas import SameBits, machine, remembered
from engine.cpu import read_cpu
from engine.data.catalog import DatasetFacts
from engine.data.splitting import SplitData
from engine.hyperparameters import configuration
from engine.state import TrialState
from engine.training import Training
from engine.trials import Trial

# A fusion key, the data (features, outputs, training samples), and how many trials. Between them: products of one
# row and of blocks that do not divide evenly, long sums, remainders of batches, both precisions, every kind of update.
_CASES: tuple[tuple[dict[str, Any], tuple[int, int, int], int], ...] = (
    ({"layers": [32], "batch_size": 32, "cost": "cross_entropy"}, (64, 10, 75), 7),
    ({"layers": [30], "batch_size": 10, "activation": "sigmoid", "optimizer": "momentum"}, (784, 10, 25), 3),
    ({"layers": [70, 50], "batch_size": 33, "activation": "relu", "optimizer": "adam"}, (90, 3, 68), 5),
    ({"layers": [128, 64], "batch_size": 32, "activation": "gelu", "optimizer": "rmsprop"}, (784, 10, 40), 2),
    ({"layers": [7, 5], "batch_size": 5, "precision": "float64", "optimizer": "nesterov"}, (5, 1, 37), 6),
    ({"layers": [40], "batch_size": 16, "precision": "float64", "activation": "elu"}, (30, 4, 35), 4),
    ({"layers": [1, 9], "batch_size": 1, "dropout": 0.3, "activation": "silu", "optimizer": "adagrad"}, (2, 2, 9), 5),
)
_OWN: tuple[dict[str, Any], ...] = (  # what trials of one array differ in; the second one's cost diverges or saturates
    {"learning_rate": 0.1},
    {"learning_rate": 1e5},
    {"learning_rate": 0.5, "l2": 0.1, "clip_norm": 0.5},
)
_EPOCHS = 2
_Course = list[bytes]  # of one trial: all that was recorded of each epoch, and its state then


_known: dict[str, SameBits] = {}  # in this process


def same_bits(cache: Path, *, anew: bool = False) -> SameBits:
    """What `examine` finds, from the file `cache` where this CPU, NumPy, BLAS, kernel and engine were examined before.

    `anew`: examine in any case, and keep what comes of it.
    """
    here = machine()
    arithmetic = [here[name] for name in ("numpy", "blas", "kernel", "threads", "numerics")]
    key = " | ".join(["same bits", *map(str, (read_cpu().identity, _numpy_build(), *arithmetic))])
    if anew or key not in _known:
        _known[key] = SameBits(remembered(cache, key, examine, () if anew else tuple(SameBits)))
    return _known[key]


def _numpy_build() -> str:
    """A short digest of NumPy's build: compilers, libraries, and the vector instructions it finds here."""
    return hashlib.sha256(json.dumps(np.show_config(mode="dicts"), sort_keys=True).encode()).hexdigest()[:8]


def examine() -> SameBits:
    """Train in arrays, alone and continued, and compare; takes well under a second."""
    cases = [_case(*case) for case in _CASES]
    if all(_holds(*case, together=True) for case in cases):
        return SameBits.FUSED
    return SameBits.ONE_BY_ONE if all(_holds(*case, together=False) for case in cases) else SameBits.NO


def _case(shared: dict[str, Any], sizes: tuple[int, int, int], trials: int) -> tuple[tuple[Trial, ...], SplitData]:
    configurations = [
        configuration({"initialization": "glorot_normal", **shared, "epochs": _EPOCHS, **_OWN[number % len(_OWN)]})
        for number in range(trials)
    ]
    data = _data(*sizes, configurations[0].precision)
    return tuple(Trial(one, seed, seed) for seed, one in enumerate(configurations)), data


def _data(features: int, outputs: int, samples: int, precision: str) -> SplitData:
    """Data made at random: as many validation samples as training samples, less two."""
    generator = np.random.Generator(np.random.Philox(key=samples))
    whole = 2 * samples - 2
    inputs = generator.random((whole, features)).astype(precision)
    labels = generator.integers(0, max(2, outputs), whole)
    targets = (np.eye(outputs)[labels] if outputs > 1 else labels[:, None]).astype(precision)
    facts = DatasetFacts("same_bits", "classification", whole, features, outputs, "", "made to compare bits")
    train, held_out = slice(samples), slice(samples, None)
    return SplitData(
        facts, inputs[train], targets[train], labels[train], inputs[held_out], targets[held_out], labels[held_out]
    )


def _holds(trials: Sequence[Trial], data: SplitData, *, together: bool) -> bool:
    """Whether a case gives the same bits in an array (or one by one), alone, and continued in other company."""
    everybody = range(len(trials))
    whole = _courses(trials, data, everybody, None, together)
    alone = [_courses(trials, data, [position], None, together)[position] for position in everybody]
    if any(alone[position] != whole[position] for position in everybody):
        return False
    states = _states(trials, data, together)
    for company in (sorted(states)[::2], sorted(states, reverse=True)[1::2]):
        if company:
            continued = _courses(trials, data, company, states, together)
            if any(continued[position] != whole[position][2:] for position in company):
                return False
    return True


def _courses(
    trials: Sequence[Trial],
    data: SplitData,
    company: Sequence[int],
    states: Mapping[int, TrialState] | None,
    together: bool,
) -> dict[int, _Course]:
    """The course of each of these trials, trained in this company."""
    chosen = None if states is None else [states[position] for position in company]
    training = Training([trials[position] for position in company], data, chosen, together=together)
    courses: dict[int, _Course] = {position: [] for position in company}
    for records in training.epochs():
        after = training.states()
        columns = [value for name, value in vars(records).items() if isinstance(value, np.ndarray) and name != "trials"]
        if records.layers is not None:
            columns += asdict(records.layers).values()
        for row, place in enumerate(records.trials.tolist()):
            weights = after[place].arrays.values() if place in after else ()
            numbers = [column[row].tobytes() for column in columns] + [array.tobytes() for array in weights]
            courses[company[place]].append(b"".join(numbers))
    return courses


def _states(trials: Sequence[Trial], data: SplitData, together: bool) -> dict[int, TrialState]:
    """The states of the trials that are left after the first epoch, as they come back from a checkpoint."""
    training = Training(trials, data, together=together)
    for records in training.epochs():
        if records.epoch == 1:
            break
    return {position: TrialState.from_bytes(state.to_bytes()) for position, state in training.states().items()}


def main(cache: str) -> None:
    """Examine anew, keep it in the file `cache`, and print it with the machine and the seconds it took."""
    machine()  # NumPy's own start does not count
    started = perf_counter()
    found = same_bits(Path(cache), anew=True)
    sys.stdout.write(json.dumps({**machine(), "same_bits": found, "seconds": perf_counter() - started}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
