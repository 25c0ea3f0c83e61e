"""Descriptions in Markdown: what a reader sees first on an experiment's or a sweep's page in MLflow."""

from __future__ import annotations

from collections.abc import Mapping

from results.reads.tracking_values import Leader, SweepSummary, TrackedSweep
from tracking.links import curves_fragment
from tracking.mapping.text import cut, short_text, values_text

_SHORT = 120
_TITLES = {
    "best_validation_cost": "Lowest validation cost",
    "best_train_cost": "Lowest training cost",
    "best_validation_accuracy": "Highest validation accuracy",
    "seconds": "Shortest training, in seconds",
}


def experiment_note(project: str) -> str:
    """Where the runs come from and how to read them."""
    return (
        f"Sweeps of the project **{_plain(project)}**, mirrored from backsweep's results database. "
        "Each parent run is a sweep, each child run a trial: one configuration, one seed, one training. "
        "`step` is the epoch; epoch 0 is before the first update. Costs are over the whole sets."
    )


def sweep_note(sweep: TrackedSweep, summary: SweepSummary) -> str:
    """How it went and the best trials so far, then what was swept; the page shows the first lines at first."""
    parts = [
        f"**{_plain(sweep.name)}**: {sweep.method} sweep, {sweep.configuration_count} configurations x "
        f"{sweep.replicates} replicates = {sweep.trial_count} trials ({_counts(summary.states)}), seed {sweep.seed}.",
        (f"Outcomes: {_counts(summary.outcomes)}. " if summary.outcomes else "") + _curves_link(sweep),
        _leaders(summary),
        _space(summary),
        "The comparison over replicates, with how sure it is, is in backsweep's API: "
        f"`/api/v1/sweeps/{sweep.sweep_id}/comparison`.",
    ]
    return "\n\n".join(part for part in parts if part)


def _curves_link(sweep: TrackedSweep) -> str:
    """The trials' curves in one chart; an address inside MLflow's pages, so it needs no host."""
    if sweep.run_id is None or sweep.experiment_id is None:
        return ""
    return f"[Curves of its trials]({curves_fragment(sweep.experiment_id, sweep.run_id)})"


def _leaders(summary: SweepSummary) -> str:
    lines = [f"{place}. {_leader(one, summary.swept)}" for place, one in enumerate(summary.leaders, 1)]
    if not lines:
        return "Every trial diverged so far." if summary.outcomes.keys() == {"diverged"} else ""
    return "\n".join([f"{_TITLES[summary.leaders[0].judged_by]} so far:", "", *lines])


def _leader(leader: Leader, swept: tuple[str, ...]) -> str:
    values = " ".join(_short(f"{name}={short_text(leader.hyperparameters.get(name))}") for name in swept)
    text = f"**{leader.judged_value:.5g}**"
    if leader.judged_by == "best_validation_cost":
        text += f" at epoch {leader.best_epoch}"
    elif leader.best_validation_cost is not None:
        text += f", best validation cost {leader.best_validation_cost:.5g} at epoch {leader.best_epoch}"
    if leader.best_validation_accuracy is not None:
        text += f", best accuracy {leader.best_validation_accuracy:.1%}"
    return f"{text}: c{leader.configuration_number} r{leader.replicate} {values}".rstrip()


def _space(summary: SweepSummary) -> str:
    lines = [f"- **{_plain(name)}**: {_short(values_text(summary.space[name], most=12))}" for name in summary.swept]
    return "\n".join(["Swept:", "", *lines]) if lines else "Nothing is swept: one configuration."


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())


def _short(text: str) -> str:
    return cut(_plain(text), _SHORT)


def _plain(text: str) -> str:
    """Text without what Markdown would take for markup."""
    for sign in "\\`*_|<>[]":
        text = text.replace(sign, "\\" + sign)
    return " ".join(text.split())
