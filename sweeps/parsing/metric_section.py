"""The `metric` of a document: its name in any common spelling, its goal, its target."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from sweeps.metrics import ACCURACIES, KNOWN, MAXIMIZED, METRICS, MINIMIZED, canonical_metric, default_goal
from sweeps.parsing.findings import Findings, nearest, shown
from sweeps.parsing.schema import MetricSection
from sweeps.parsing.sections import section
from sweeps.spec import Metric

Path = tuple[str, ...]
GOALS = {"minimize": "minimize", "minimise": "minimize", "maximize": "maximize", "maximise": "maximize"}

AGAINST = {("maximize", name) for name in MINIMIZED} | {("minimize", name) for name in MAXIMIZED}
REACHABLE = {
    **dict.fromkeys(ACCURACIES, (0.0, 1.0, "lies between 0 and 1")),
    **dict.fromkeys(MINIMIZED, (0.0, inf, "is never below 0")),
}

IGNORED = ("impute", "impute_while_running")  # W&B's: what its bayes takes a crashed run for


def metric(document: Mapping[str, object], findings: Findings) -> Metric:
    """What the sweep is judged by; without a section, the validation cost."""
    if document.get("metric") is None:
        findings.note("No metric was given: validation_cost, minimize.")
        return Metric()
    return metric_of(document["metric"], ("metric",), findings)


def metric_of(content: object, path: Path, findings: Findings) -> Metric:
    """The metric that the section at `path` describes."""
    found = section(MetricSection, _understood(content, findings), path, findings)
    name = _name(found.name, path, findings)
    goal = _goal(found.goal, name, path, findings)
    _check_target(found.target, name, path, findings)
    return Metric(name, goal, found.target)


def _understood(content: object, findings: Findings) -> object:
    """The section without the keys that mean nothing here."""
    if not isinstance(content, dict):
        return content
    ignored = [key for key in content if key in IGNORED]
    if ignored:
        findings.note(f"Ignored in metric, for nothing here corresponds to it: {', '.join(ignored)}.")
    return {key: value for key, value in content.items() if key not in IGNORED}


def _name(written: str, path: Path, findings: Findings) -> str:
    name = canonical_metric(written)
    if name is None:
        known = ", ".join(METRICS)
        findings.fault((*path, "name"), f"{shown(written)} is not a metric{nearest(written, KNOWN)}; known: {known}")
        return "validation_cost"
    if name != written:
        findings.note(f"The metric {written} is understood as {name}.")
    return name


def _goal(written: str | None, name: str, path: Path, findings: Findings) -> str:
    if written is None:
        goal = default_goal(name)
        findings.note(f"No goal was given: {goal} {name}.")
        return goal
    if written.lower() not in GOALS:
        findings.fault((*path, "goal"), f"must be minimize or maximize, not {shown(written)}")
        return default_goal(name)
    goal = GOALS[written.lower()]
    if (goal, name) in AGAINST:
        better = "less" if name in MINIMIZED else "more"
        findings.fault((*path, "goal"), f"is {written}, but {better} {name} is better; write {default_goal(name)}")
    return goal


def _check_target(target: float | None, name: str, path: Path, findings: Findings) -> None:
    """Refuse a target that no trial can reach."""
    if target is None or name not in REACHABLE:
        return
    low, high, text = REACHABLE[name]
    if not low <= target <= high:
        findings.fault((*path, "target"), f"{target:g} is never reached: {name} {text}")
