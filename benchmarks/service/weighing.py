"""What processes weigh: resident memory and processor time of each, and of each program together."""

from __future__ import annotations

from dataclasses import dataclass, field

import psutil

POSTGRESQL = "PostgreSQL"


@dataclass(frozen=True)
class Program:
    """All processes of one program: how many at once, and of the largest its peak and the largest growth, in bytes.

    `together`: the highest sum of their resident memory, what they share counted in each. `seconds`: processor time.
    """

    processes: int
    peak: int
    growth: int
    together: int
    seconds: float


@dataclass
class Weights:
    """Of one process: resident bytes, and seconds of processor time so far, at each look since the `first`."""

    first: int
    memory: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def growth(self, looks: int) -> int:
        """Bytes from a tenth of the time on to the highest; 0 for a process that did not live throughout."""
        if len(self.memory) < 0.8 * looks:
            return 0
        start = len(self.memory) // 10
        return max(self.memory[start:]) - self.memory[start]

    def spent(self) -> float:
        """Processor seconds while watched; a process that was not there at first spent all of its own."""
        return self.seconds[-1] - (self.seconds[0] if self.first == 0 else 0.0)


def together(found: list[Weights], looks: int) -> Program:
    """The processes of one program as one."""
    sums, counts = [0] * looks, [0] * looks
    for one in found:
        for look, memory in zip(range(one.first, looks), one.memory, strict=False):
            sums[look], counts[look] = sums[look] + memory, counts[look] + 1
    return Program(
        processes=max(counts),
        peak=max(max(one.memory) for one in found),
        growth=max(one.growth(looks) for one in found),
        together=max(sums),
        seconds=sum(one.spent() for one in found),
    )


def resident(process: psutil.Process, name: str) -> int:
    """Bytes; of PostgreSQL's processes without the buffers they share, which grow into each as it touches them."""
    found = process.memory_info()
    return int(found.rss - (found.shared if name == POSTGRESQL else 0))


def name_of(command: list[str]) -> str:
    """The program of a stack that the command line starts."""
    line = " ".join(command)
    known = {"api.wsgi": "API", "redis": "Redis", "program train": "worker", "program track": "tracker"}
    known |= {"program beat": "scheduler", "mlflow": "MLflow", "postgres": POSTGRESQL}
    return next((name for word, name in known.items() if word in line), "other")


def machine_seconds() -> tuple[float, float]:
    """Seconds that this machine's processors were busy or stolen by other machines, and all seconds they had."""
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    busy = [getattr(times, kind, 0.0) for kind in ("user", "nice", "system", "irq", "softirq", "steal")]
    return sum(busy), sum(busy) + idle
