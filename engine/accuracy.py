"""How many samples are classified rightly: the class with the greatest output, the first of equals.

Called by `engine.evaluation`. The same answer as argmax, by passes that run along the samples: argmax over an axis
that is not the last costs several times the network's own products.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Array


def indicators(labels: NDArray[np.int64], outputs: int) -> NDArray[np.bool_]:
    """(outputs, samples): whether a sample is of a class; for a single output, (1, samples), whether it is class 1."""
    classes = np.arange(outputs)[:, None] if outputs > 1 else np.ones((1, 1))
    return np.asarray(classes == labels)


def correct(values: Array, own: NDArray[np.bool_], threshold: float) -> NDArray[np.float64]:
    """(trials,): rightly classified samples, from outputs (trials, outputs, samples) and the samples' indicators.

    `own`: (outputs, samples), or (trials, outputs, samples) where each trial has samples of its own.

    A single output says class 1 above the threshold. Where two outputs are equal, argmax decides for that trial. What
    is not less than the greatest is counted, so that outputs that are not numbers count as equal ones: they must not
    make up for equal ones of another sample or trial.
    """
    trials, outputs, samples = values.shape
    if outputs == 1:
        return _counts((values > threshold) == own)
    greatest = ~(values < np.maximum.reduce(values, axis=1, keepdims=True))
    clear = np.count_nonzero(greatest) == trials * samples
    unclear = np.empty(0, dtype=np.intp) if clear else np.flatnonzero(_counts(greatest) != samples)
    greatest &= own
    hits = _counts(greatest)
    for trial in unclear:
        flags = own if own.ndim == 2 else own[trial if len(own) > 1 else 0]
        hits[trial] = np.count_nonzero(flags[values[trial].argmax(axis=0), np.arange(samples)])
    return hits


def _counts(flags: NDArray[np.bool_]) -> NDArray[np.float64]:
    """True values per trial, one trial after the other: a reduction would convert each of them to an integer first."""
    return np.array([np.count_nonzero(one) for one in flags], dtype=np.float64)
