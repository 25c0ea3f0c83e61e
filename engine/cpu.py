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


_X86 = frozenset({"x86_64", "amd64", "i386", "i686"})
_X86_NUMBERS = ("vendor_id", "cpu family", "model", "stepping")
_ARM_NUMBERS = ("CPU implementer", "CPU part", "CPU variant", "CPU revision")


def read_cpu(cpuinfo: Path = Path("/proc/cpuinfo"), architecture: str = platform.machine()) -> Cpu:
    """Read what the processor of this machine is.

    Flags are x86's: there are none on other architectures (an emulator may show its host's), nor without /proc (macOS).
    """
    try:
        text = cpuinfo.read_text().split("\n\n", 1)[0]
    except OSError:
        text = ""
    pairs = (line.partition(":") for line in text.splitlines())
    facts = {key.strip(): value.strip() for key, _, value in pairs}
    if architecture.lower() in _X86 or not text:
        name = facts.get("model name") or platform.processor() or architecture
        numbers = (facts.get(key, "") for key in _X86_NUMBERS)
        return Cpu(name, " ".join((name, *numbers)).strip(), frozenset(facts.get("flags", "").split()))
    model = " ".join(facts[key] for key in _ARM_NUMBERS if key in facts)
    name = " ".join((architecture, model)).strip()
    return Cpu(name, name, frozenset())
