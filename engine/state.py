"""The state of one trial between two epochs: all that a continuation needs, as named arrays and as bytes.

Taken from `Training.states`, given to `Training`; the worker stores its bytes as a checkpoint.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# A ZIP archive, which NPZ is, ends with the length of a comment (two bytes) and the comment.
_NO_COMMENT = b"\x00\x00"
_DIGEST_FOLLOWS = (64).to_bytes(2, "little")


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
        """An uncompressed NPZ archive whose comment is the digest of all that stands before it."""
        buffer = io.BytesIO()
        counters = {"epoch": np.int64(self.epoch), "updates": np.int64(self.updates)}
        np.savez(buffer, allow_pickle=False, **counters, **dict(self.arrays))
        archive = buffer.getvalue()
        return archive[: -len(_NO_COMMENT)] + _DIGEST_FOLLOWS + _digest(archive)

    @staticmethod
    def from_bytes(stored: bytes) -> TrialState:
        """The state that `to_bytes` wrote; never unpickles. Raises ValueError when a bit of it has changed since."""
        body, mark, digest = stored[:-66], stored[-66:-64], stored[-64:]
        if mark == _DIGEST_FOLLOWS and digest != _digest(body + _NO_COMMENT):
            raise ValueError("the saved state is not what was saved: its digest differs")
        with np.load(io.BytesIO(stored), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        return TrialState(int(arrays.pop("epoch")), int(arrays.pop("updates")), arrays)


def _digest(archive: bytes) -> bytes:
    return hashlib.sha256(archive).hexdigest().encode()
