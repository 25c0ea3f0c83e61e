"""Notes on what is allowed but probably not meant. Refuses nothing; called by `sweeps.parsing.sweep`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from engine.effects import RULES, Rule
from engine.hyperparameter_kinds import Value
from engine.shapes import training_samples
from sweeps.parsing.combinations import Datasets
from sweeps.parsing.findings import Findings
from sweeps.parsing.pairs import Pairs

MOST_SETTINGS = 10_000  # combinations of the values of others that are looked at for one rule
FEW_SAMPLES = 10  # of a validation set, whose cost says little of other samples
MOST_NAMED = 5  # of those without effect


def advise(pairs: Pairs, datasets: Datasets, validation_fraction: float, findings: Findings) -> None:
    """Note values without effect, mini-batches larger than the training set, and validation sets that say little."""
    for name in pairs.parameters:
        for rule in RULES.get(name, ()):
            if _note_without_effect(name, rule, pairs, findings):
                break  # one reason is enough
    for dataset in pairs.values("dataset"):
        facts = datasets.get(str(dataset))
        if facts is not None:
            samples = training_samples(facts.samples, validation_fraction)
            _note_large_batches(facts.name, samples, pairs, findings)
            _note_few_validated(facts.name, facts.samples - samples, findings)


def _note_without_effect(name: str, rule: Rule, pairs: Pairs, findings: Findings) -> bool:
    values = pairs.parameters[name].values
    several = len(set(values)) > 1
    settings = list(dict.fromkeys(islice(_settings(name, rule, pairs), MOST_SETTINGS)))
    idle = [setting for setting in settings if not rule.holds(*setting)]
    if not idle or (not several and len(idle) < len(settings)):
        return False
    named = [
        ", ".join(f"{other} {_text(value)}" for other, value in zip(rule.others, one, strict=True)) for one in idle
    ]
    if len(rule.others) == 1:
        named = [named[0], *(_text(value) for (value,) in idle[1:])]
    shown = (", " if len(rule.others) == 1 else " or ").join(named[:MOST_NAMED])
    more = f" and {len(named) - MOST_NAMED:,} more" if len(named) > MOST_NAMED else ""
    repeats = ": its values repeat the same training there" if several else ""
    findings.note(f"{name} has no effect with {shown}{more}{repeats}.")
    return True


def _settings(name: str, rule: Rule, pairs: Pairs) -> Iterator[tuple[Value, ...]]:
    """The values of the others that a rule asks about, where the hyperparameter exists."""
    values = pairs.parameters[name].values
    if not any(pairs.linked(name, other) for other in rule.others):
        values = values[:1]  # what goes with one goes with all
    for value in values:
        own = {name: (value,)}
        yield from product(*(own.get(other) or pairs.partners(name, value, other) for other in rule.others))


def _note_large_batches(dataset: str, samples: int, pairs: Pairs, findings: Findings) -> None:
    large = [size for size in pairs.values("batch_size") if isinstance(size, int) and size > samples]
    if large:
        sizes = ", ".join(map(str, large))
        findings.note(
            f"batch_size {sizes} exceeds the {samples} training samples of {dataset}: an epoch is one update there."
        )


def _note_few_validated(dataset: str, samples: int, findings: Findings) -> None:
    if samples < FEW_SAMPLES:
        those = "one sample" if samples == 1 else f"{samples} samples"
        findings.note(
            f"The validation set of {dataset} has {those}: what is compared by it holds for {those} alone, "
            "however many replicates there are."
        )


def _text(value: Value) -> str:
    return str(list(value)) if isinstance(value, tuple) else str(value)
