"""Groups of parameters, W&B's nested `parameters`: each member becomes the hyperparameter that it names.

`optimizer: {parameters: {lr: ..., name: ...}}` gives learning_rate and optimizer; `schedule: {parameters: {epochs:
...}}` gives schedule_epochs. Called by `sweeps.parsing.parameters`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.errors import UnknownHyperparameter
from engine.hyperparameters import canonical_name
from sweeps.parsing.findings import Findings, shown

Path = tuple[str | int, ...]
Leaf = tuple[str, str, object, Path]  # registered name, as written, definition, path
SELVES = frozenset({"name", "type", "kind"})  # members that mean the group's own name
SEEDS = frozenset({"seed", "seeds", "random_seed", "random_state", "manual_seed"})


def leaves(content: Mapping[str, object], findings: Findings) -> Iterator[Leaf]:
    """Every parameter of the document that has a registered name; the others are reported."""
    yield from _leaves(content, (), ("parameters",), findings)


def _leaves(content: Mapping[str, object], groups: tuple[str, ...], path: Path, findings: Findings) -> Iterator[Leaf]:
    for written, definition in content.items():
        here = (*path, written)
        if isinstance(definition, dict) and "parameters" in definition:
            inner = _members(definition, here, findings)
            yield from _leaves(inner, (*groups, written), (*here, "parameters"), findings)
            continue
        name = _registered(written, groups, here, findings)
        if name is not None:
            yield name, ".".join((*groups, written)), definition, here


def _members(definition: Mapping[str, object], path: Path, findings: Findings) -> Mapping[str, object]:
    members = definition["parameters"]
    for key in definition:
        if key != "parameters":
            findings.fault((*path, key), "does not go with parameters, which makes this a group")
    if isinstance(members, dict) and members:
        return members
    findings.fault((*path, "parameters"), f"must be an object that is not empty, not {shown(members)}")
    return {}


def _registered(written: str, groups: tuple[str, ...], path: Path, findings: Findings) -> str | None:
    """The hyperparameter that a member means: with its group's name in front, alone, or the group itself."""
    spellings = [f"{groups[-1]}_{written}"] if groups else []
    spellings.append(written)
    if groups and written.strip().lower() in SELVES:
        spellings.append(groups[-1])
    reason = ""
    for spelling in spellings:
        try:
            name = canonical_name(spelling, groups[-1] if groups else "")
        except UnknownHyperparameter as error:
            reason = f"{shown(written)} {error.reason}"
            continue
        if groups or name != written:
            findings.note(f"{'.'.join((*groups, written))} is understood as {name}.")
        return name
    if written.strip().lower() in SEEDS:
        reason = f"{shown(written)} is not a hyperparameter; for several seeds write backsweep: {{replicates: 3}}"
    findings.fault(path, reason or f"{shown(written)} is not a hyperparameter")
    return None
