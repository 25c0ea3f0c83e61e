"""Data of any shape for the engine's tests, made at random and split without a data set of its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.data.catalog import DatasetFacts
from engine.data.splitting import SplitData

MakeData = Callable[..., SplitData]


@pytest.fixture(scope="session")
def make_data() -> MakeData:
    def make(
        features: int = 5,
        outputs: int = 3,
        samples: int = 37,
        validation: int = 11,
        task: str = "classification",
        precision: str = "float32",
        seed: int = 0,
    ) -> SplitData:
        generator = np.random.default_rng(seed)
        whole = samples + validation
        inputs = generator.random((whole, features)).astype(precision)
        labels = generator.integers(0, max(2, outputs), whole)
        if task == "regression":
            targets = generator.random((whole, outputs))
        elif outputs == 1:
            targets = labels[:, None].astype(float)
        else:
            targets = np.eye(outputs)[labels]
        targets = targets.astype(precision)
        facts = DatasetFacts("made", task, whole, features, outputs, "", "made for a test")  # type: ignore[arg-type]
        known = labels if task == "classification" else None
        return SplitData(
            facts,
            inputs[:samples],
            targets[:samples],
            None if known is None else known[:samples],
            inputs[samples:],
            targets[samples:],
            None if known is None else known[samples:],
        )

    return make
