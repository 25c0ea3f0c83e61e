"""Inputs far from 1: every weighted input of the first layer is large, whatever the weights.

LeCun, Bottou, Orr and Müller, "Efficient BackProp" (1998), section 4.3: inputs of mean 0 and deviation 1.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.wording import number
from engine.hyperparameters import Configuration

LARGE = 3.0  # root mean square of a column


class UnscaledInputs(Rule):
    """A column of the training inputs is large because nothing scales it."""

    name = "unscaled_inputs"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Looks at the inputs as the network gets them."""
        sizes = np.sqrt(np.mean(np.square(evidence.data.train_inputs, dtype=np.float64), axis=0))
        column = int(np.argmax(sizes))
        largest, least = float(sizes[column]), float(sizes.min())
        if advised.scaling != "none" or largest <= LARGE:
            return None
        better = replace(advised, scaling="standard")
        return self.found(
            f"Inputs are not scaled: input {column + 1} is {number(largest)} on average (root mean square), "
            f"the smallest {number(least)}.",
            {"largest_input": largest, "smallest_input": least},
            {"scaling": better.scaling},
            "With standard scaling every input has mean 0 and deviation 1.",
        )
