"""Which processor this is and what it can do, as Linux tells it. Used by `blas`; imports nothing heavy."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cpu:
    """`name` for people; `identity` tells models apart that share a name; `flags` are empty where not known."""

    name: str
    identity: str
    flags: frozenset[str]


def read_cpu(cpuinfo: Path = Path("/proc/cpuinfo")) -> Cpu:
    """The processor of this machine; where /proc is missing (macOS) or has no x86 flags (arm64), without flags."""
    try:
        text = cpuinfo.read_text().split("\n\n", 1)[0]
    except OSError:
        text = ""
    pairs = (line.partition(":") for line in text.splitlines())
    facts = {key.strip(): value.strip() for key, _, value in pairs}
    name = facts.get("model name") or platform.processor() or platform.machine()
    numbers = (facts.get(key, "") for key in ("vendor_id", "cpu family", "model", "stepping"))
    return Cpu(name, " ".join((name, *numbers)).strip(), frozenset(facts.get("flags", "").split()))
