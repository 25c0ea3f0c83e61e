"""The catalogue of built-in data sets: what a sweep may name, without loading it.

Used by the planner and the API, so it imports neither NumPy nor scikit-learn. Shapes and digests are written in; a
test checks them against the loaded arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Task = Literal["classification", "regression"]


@dataclass(frozen=True)
class DatasetFacts:
    """What is known of a data set without its numbers.

    `outputs`: classes (one-hot) or target columns. `digest`: SHA-256 of inputs and targets, see `loading.digest`.
    `source`: where the numbers come from, for people.
    """

    name: str
    task: Task
    samples: int
    features: int
    outputs: int
    digest: str
    source: str


_ENTRIES = (
    DatasetFacts(
        "digits",
        "classification",
        1797,
        64,
        10,
        "a0b1939e5091bf511a07aee4140c38e65f08e1eeb144cf0fc605e517437a2d6d",
        "UCI, Optical Recognition of Handwritten Digits (test part), 8 x 8 pixels; scikit-learn load_digits",
    ),
    DatasetFacts(
        "iris",
        "classification",
        150,
        4,
        3,
        "6119cb766e5d5e8230d40bab96f898949df225d425fab573b5721f3d1c3f3d37",
        "Fisher 1936, UCI Iris; scikit-learn load_iris",
    ),
    DatasetFacts(
        "wine",
        "classification",
        178,
        13,
        3,
        "fc81c62a514e8d34a98023ce3c3cb6179786f2a5657e4670a1bf0aa6b74d9e36",
        "UCI Wine recognition; scikit-learn load_wine",
    ),
    DatasetFacts(
        "breast_cancer",
        "classification",
        569,
        30,
        2,
        "70e12aea1c78656d6260dc7251f5f758ca4f9ec071d7b3b374d9ba9651f1fa4e",
        "UCI Breast Cancer Wisconsin (Diagnostic); scikit-learn load_breast_cancer",
    ),
    DatasetFacts(
        "diabetes",
        "regression",
        442,
        10,
        1,
        "9f7e6a52924e78dda7f979bfe3af3a57f85be8341b73ca864f88ac50925cb451",
        "Efron et al. 2004, Least Angle Regression; scikit-learn load_diabetes, unscaled",
    ),
    DatasetFacts(
        "xor",
        "classification",
        400,
        2,
        2,
        "1cf6dece9796952708ec6ecbd00c2571b829aaafc0f8a7fb9b4e62e091a9dc6b",
        "generated: noisy corners of the unit square",
    ),
    DatasetFacts(
        "moons",
        "classification",
        500,
        2,
        2,
        "eec152fa103fa6d7743c9d56818d176278657352b50460692329917c058fa333",
        "generated: scikit-learn make_moons, noise 0.15",
    ),
    DatasetFacts(
        "circles",
        "classification",
        500,
        2,
        2,
        "38d0e5866b0b70a8aea488aa5a91b5bee48d082ab311af925684eab50d38986a",
        "generated: scikit-learn make_circles, noise 0.08, factor 0.5",
    ),
    DatasetFacts(
        "spirals",
        "classification",
        600,
        2,
        3,
        "ff804d9d60044b5ae9f8051c52dac9a9bcf5687a72ed0991a96201c3b25f0276",
        "generated: three spiral arms",
    ),
)

BUILT_IN: dict[str, DatasetFacts] = {facts.name: facts for facts in _ENTRIES}
