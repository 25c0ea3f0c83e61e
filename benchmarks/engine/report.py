"""The figures for people: one table per workload and kind of work, a row per peer, a column per number of trials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.engine.health import HealthCost
from benchmarks.engine.measuring import Measurement

_WIDTH = 34


def tables(measurements: Sequence[Measurement]) -> Iterator[str]:
    """Lines of text. A cell: microseconds per trial and update, then the time over ours with its quartiles."""
    cases = list(dict.fromkeys((one.workload, one.work) for one in measurements))
    for workload, work in cases:
        chosen = [one for one in measurements if (one.workload, one.work) == (workload, work)]
        trials = list(dict.fromkeys(one.trials for one in chosen))
        yield f"\n{workload}, {work}: microseconds per trial and update (time over ours, quartiles)"
        yield " " * _WIDTH + "".join(f"{f'{count} trials':>26}" for count in trials)
        for peer in dict.fromkeys(one.peer for one in chosen):
            cells = {one.trials: _cell(one) for one in chosen if one.peer == peer}
            yield f"{peer:{_WIDTH}}" + "".join(f"{cells.get(count, ''):>26}" for count in trials)


def _cell(one: Measurement) -> str:
    time = f"{one.microseconds.median:.2f}"
    ratio = one.ratio
    digits = 2 if ratio.median < 10 else 1
    return f"{time} ({ratio.median:.{digits}f}, {ratio.low:.{digits}f}-{ratio.high:.{digits}f})"


def compilations(measurements: Sequence[Measurement]) -> Iterator[str]:
    """What the first epoch took beyond a later one, where that is worth mentioning."""
    slow = [one for one in measurements if one.first_seconds > 0.2]
    if slow:
        yield "\nFirst epoch beyond a later one (compilation), not in the figures above:"
    for one in slow:
        yield f"  {one.peer}, {one.workload}, {one.trials} trials, {one.work}: {one.first_seconds:.1f} s"


def health(costs: Sequence[HealthCost]) -> Iterator[str]:
    """What layer health adds to an epoch with evaluation."""
    if costs:
        yield "\nLayer health on, time over off (quartiles):"
    for one in costs:
        ratio = one.ratio
        yield f"  {one.workload}, {one.trials} trials: {ratio.median:.3f} ({ratio.low:.3f}-{ratio.high:.3f})"
