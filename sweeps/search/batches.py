"""How many configurations an adaptive search asks for at once.

Few: what is asked together cannot learn from each other, and a batch of 64 would be a random search. Not one: workers
would stand idle. The replicates of a batch are trained as one array all the same.
"""

from __future__ import annotations


def batch_size(run_cap: int, done: int, workers: int) -> int:
    """As many as there are workers, or an eighth of what remains where that is more; 0 once `run_cap` are done."""
    remaining = max(0, run_cap - done)
    return min(remaining, max(workers, remaining // 8))
