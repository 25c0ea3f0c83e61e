"""The `parameters` of a document: every hyperparameter that is given, under its registered name, with its values.

The ways of giving a parameter stand in `sweeps.parsing.parameter_forms`, groups of parameters in
`sweeps.parsing.nesting`. Called by `sweeps.parsing.sweep`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.hyperparameter_kinds import Value
from engine.hyperparameters import HYPERPARAMETERS
from sweeps.parsing.distribution_forms import Drawn
from sweeps.parsing.findings import Findings, shown
from sweeps.parsing.nesting import leaves
from sweeps.parsing.parameter_forms import GivenValue, Path, given

# What every reader of a sweep needs to know of its networks; the other defaults are in the documentation.
TOLD = (
    "dataset",
    "layers",
    "activation",
    "cost",
    "initialization",
    "optimizer",
    "learning_rate",
    "batch_size",
    "epochs",
)


@dataclass(frozen=True)
class Parameter:
    """A hyperparameter as given: its distinct values in the user's order, each with its place in the document.

    `listed`: the same with duplicates. `drawn`: its distribution, where it is not given by values. Where it is faulty
    all are empty; then nothing follows from them.
    """

    name: str
    path: Path
    given: tuple[GivenValue, ...] = ()
    listed: tuple[GivenValue, ...] = ()
    drawn: Drawn | None = None

    @property
    def values(self) -> tuple[Value, ...]:
        """The values alone; of a distribution the least and the greatest, which stand for the others."""
        if self.drawn is not None:
            return (self.drawn.low, self.drawn.high)
        return tuple(one.value for one in self.given)


Parameters = Mapping[str, Parameter]


def parameters(document: Mapping[str, object], method: str, findings: Findings) -> dict[str, Parameter]:
    """Canonical name -> parameter, in the document's order; faulty values are reported and left out."""
    content = document.get("parameters")
    if not isinstance(content, dict) or not content:
        wrong = "is missing" if content is None else f"must be an object that is not empty, not {shown(content)}"
        findings.fault(("parameters",), f"{wrong}; write, for instance, learning_rate: {{values: [0.1, 1]}}")
        return {}
    found: dict[str, Parameter] = {}
    written_as: dict[str, str] = {}
    for name, written, definition, path in leaves(content, findings):
        if name in written_as:
            findings.fault(path, f"gives {name} a second time; {written_as[name]} gives it already")
            continue
        written_as[name] = written
        content_of = given(HYPERPARAMETERS[name], definition, path, method, findings)
        found[name] = Parameter(name, path, content_of.distinct, content_of.listed, content_of.drawn)
    _note_defaults(written_as, findings)
    return found


def _note_defaults(given: Mapping[str, str], findings: Findings) -> None:
    missing = [f"{name} {_text(HYPERPARAMETERS[name].default)}" for name in TOLD if name not in given]
    if missing:
        findings.note(f"Not given, so the defaults hold: {', '.join(missing)}.")


def _text(default: Value) -> str:
    return str(list(default)) if isinstance(default, tuple) else str(default)
