"""One entry of the registry of hyperparameters. Used by `engine.hyperparameters`; knows no single one."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import InvalidHyperparameter
from engine.hyperparameter_kinds import Kind, Refused, Value


@dataclass(frozen=True)
class Hyperparameter:
    """One entry of the registry.

    `per_trial`: whether it may differ between the trials of one fused array. `optional`: whether None is a value;
    then `default_text` says what None stands for.
    """

    name: str
    meaning: str
    kind: Kind
    default: Value
    per_trial: bool = False
    aliases: tuple[str, ...] = ()
    optional: bool = False
    default_text: str = ""

    def parse(self, value: object) -> Value:
        """The value in its canonical form; raises `InvalidHyperparameter`."""
        if value is None and self.optional:
            return None
        try:
            return self.kind.parse(value)
        except Refused as refusal:
            raise InvalidHyperparameter(self.name, str(refusal)) from None
