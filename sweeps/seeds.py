"""Every seed of a sweep, derived from the one its user gave. Light: hashing only.

A trial's seeds depend on the sweep's seed and the replicate's number alone, never on the configuration: replicate r
has the same initialisation draws and the same mini-batch order everywhere (common random numbers), so configurations
are compared pairwise. The purposes are hashed in, so that no two seeds of a sweep are the same by construction.
"""

from __future__ import annotations

from hashlib import blake2b

LARGEST_SEED = 2**32  # of a sweep; derived seeds lie in [0, 2**32)


def init_seed(seed: int, replicate: int) -> int:
    """Seed of the initial weights of a replicate."""
    return _derived("init", seed, replicate)


def data_seed(seed: int, replicate: int) -> int:
    """Seed of the mini-batch order (and of dropout) of a replicate."""
    return _derived("data", seed, replicate)


def split_seed(seed: int) -> int:
    """Seed of the validation split, which all trials of a sweep share."""
    return _derived("split", seed)


def search_seed(seed: int) -> int:
    """Seed of the search for configurations."""
    return _derived("search", seed)


def audit_seed(seed: int, number: int) -> int:
    """What decides whether a trial that early termination would stop goes on to be audited."""
    return _derived("audit", seed, number)


def _derived(purpose: str, *numbers: int) -> int:
    text = ":".join((purpose, *map(str, numbers)))
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest(), "big")
