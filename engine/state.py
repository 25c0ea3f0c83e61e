"""The state of one trial between two epochs: all that a continuation needs, as named arrays and as bytes.

Taken from `Training.states`, given to `Training`; the worker stores its bytes as a checkpoint.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class TrialState:
    """Weights and optimiser state at the end of an epoch.

    `arrays`: per weight layer l from 1 on `weights_l` (to, from), as in `torch.nn.Linear.weight`, `bias_l` (to,) and,
    where the layer's activation is PReLU, `slope_l` (1,); then what the optimiser keeps, shaped the same, such as
    `velocity.weights_l`. There is no generator state: random numbers follow from seed and epoch.
    """

    epoch: int
    updates: int
    arrays: Mapping[str, NDArray[np.floating]]

    def to_bytes(self) -> bytes:
        """An uncompressed NPZ archive."""
        buffer = io.BytesIO()
        counters = {"epoch": np.int64(self.epoch), "updates": np.int64(self.updates)}
        np.savez(buffer, allow_pickle=False, **counters, **dict(self.arrays))
        return buffer.getvalue()

    @staticmethod
    def from_bytes(stored: bytes) -> TrialState:
        """The state that `to_bytes` wrote; never unpickles."""
        with np.load(io.BytesIO(stored), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        return TrialState(int(arrays.pop("epoch")), int(arrays.pop("updates")), arrays)
