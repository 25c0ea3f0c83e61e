"""Random numbers without a generator: each is a hash of what it is for.

The same sweep draws the same, and one parameter's draws do not depend on which others there are. Used by
`sweeps.random_search`. Light: hashing only.
"""

from __future__ import annotations

from hashlib import blake2b


def uniform(search_seed: int, configuration: int, purpose: str, attempt: int = 0) -> float:
    """A number strictly between 0 and 1, on a lattice of 2^53 points, keyed by its arguments."""
    text = f"{search_seed}:{configuration}:{attempt}:{purpose}"
    return ((int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 11) + 0.5) / 2**53
