"""Those who do the same work: one file each, behind `base.Peer`. A peer whose library is missing is skipped by name."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from benchmarks.engine.peers.base import Peer

# Order of the report; the first is what the others are compared with.
MODULES = (
    "ours",
    "floor",
    "numpy_single",
    "torch_eager",
    "torch_stack",
    "torch_stack_by_hand",
    "jax_vmap",
    "sklearn_mlp",
)


def available(wanted: Sequence[str] = ("",)) -> tuple[list[type[Peer]], dict[str, str]]:
    """Ours and the peers with one of `wanted` in their module's name; and those that cannot run, with the reason."""
    found, missing = [], {}
    for name in MODULES:
        if name != "ours" and not any(part in name for part in wanted):
            continue
        try:
            found.append(import_module(f"benchmarks.engine.peers.{name}").PEER)
        except ImportError as error:
            missing[name] = str(error)
    return found, missing
