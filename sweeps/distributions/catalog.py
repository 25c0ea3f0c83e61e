"""The distributions by W&B's names: which keys each takes, with which defaults.

Read by `sweeps.parsing.distribution_forms`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log

from sweeps.distributions.base import Distribution
from sweeps.distributions.beta import Beta
from sweeps.distributions.int_uniform import IntUniform
from sweeps.distributions.inv_log_uniform import InverseLogUniform
from sweeps.distributions.log_normal import LogNormal
from sweeps.distributions.log_uniform import LogUniform
from sweeps.distributions.normal import Normal
from sweeps.distributions.quantised import Quantised
from sweeps.distributions.uniform import Uniform

Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Entry:
    """A distribution's keys with their defaults (None: must be given), and how it is made from their numbers.

    `exponents`: its bounds are natural-log exponents. `positive`: keys that must be above 0. `whole`: its bounds are
    whole numbers.
    """

    keys: Mapping[str, float | None]
    make: Callable[[Numbers], Distribution]
    exponents: bool = False
    positive: tuple[str, ...] = ()
    whole: bool = False


_BOUNDS: dict[str, float | None] = {"min": None, "max": None}
_MOMENTS: dict[str, float | None] = {"mu": 0.0, "sigma": 1.0}
_SHAPES: dict[str, float | None] = {"a": 1.0, "b": 1.0}


def _quantised(entry: Entry) -> Entry:
    def make(numbers: Numbers) -> Distribution:
        return Quantised(entry.make(numbers), numbers["q"])

    return Entry({**entry.keys, "q": 1.0}, make, entry.exponents, (*entry.positive, "q"))


_UNIFORM = Entry(_BOUNDS, lambda given: Uniform(given["min"], given["max"]))
_LOG_UNIFORM = Entry(_BOUNDS, lambda given: LogUniform(given["min"], given["max"]), exponents=True)
_LOG_UNIFORM_VALUES = Entry(
    _BOUNDS,
    lambda given: LogUniform(log(given["min"]), log(given["max"]), (given["min"], given["max"])),
    positive=("min", "max"),
)
_NORMAL = Entry(_MOMENTS, lambda given: Normal(given["mu"], given["sigma"]))
_LOG_NORMAL = Entry(_MOMENTS, lambda given: LogNormal(given["mu"], given["sigma"]))
_BETA = Entry(_SHAPES, lambda given: Beta(given["a"], given["b"]), positive=("a", "b"))

DISTRIBUTIONS: dict[str, Entry] = {
    "int_uniform": Entry(_BOUNDS, lambda given: IntUniform(int(given["min"]), int(given["max"])), whole=True),
    "uniform": _UNIFORM,
    "q_uniform": _quantised(_UNIFORM),
    "log_uniform": _LOG_UNIFORM,
    "log_uniform_values": _LOG_UNIFORM_VALUES,
    "q_log_uniform": _quantised(_LOG_UNIFORM),
    "q_log_uniform_values": _quantised(_LOG_UNIFORM_VALUES),
    "inv_log_uniform": Entry(_BOUNDS, lambda given: InverseLogUniform(given["min"], given["max"]), exponents=True),
    "inv_log_uniform_values": Entry(
        _BOUNDS,
        lambda given: InverseLogUniform(-log(given["max"]), -log(given["min"]), (given["min"], given["max"])),
        positive=("min", "max"),
    ),
    "normal": _NORMAL,
    "q_normal": _quantised(_NORMAL),
    "log_normal": _LOG_NORMAL,
    "q_log_normal": _quantised(_LOG_NORMAL),
    "beta": _BETA,
    "q_beta": _quantised(_BETA),
}
KEYS = frozenset(key for entry in DISTRIBUTIONS.values() for key in entry.keys)
