"""What the pictures of a sweep show: which trials' curves are read, and the words around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from comparison.comparison import Comparison
from comparison.configurations import ConfigurationSummary
from comparison.results import TrialResult
from results.reads.tracking_artifacts import BestTrial, ThinnedCurve
from results.reads.tracking_values import TrackedSweep
from tracking.figures.bands import CostCurve
from tracking.figures.sweep_curves import MOST_IN_COLOUR, ConfigurationCurves, sweep_curves
from tracking.figures.trial_curve import trial_curve
from tracking.mapping.names import sweep_name
from tracking.mapping.text import cut, short_text

MOST_EPOCHS = 300  # of a curve: more points than a picture can show
_MOST_CURVES, _MOST_BEHIND = 300, 60
_MOST_LETTERS = 110

Curves = Mapping[int, ThinnedCurve]


def shown_trials(found: Comparison, results: Sequence[TrialResult]) -> dict[int, list[int]]:
    """Configuration number -> its trials, best first: those in colour, and as many behind them as stay readable."""
    trials: dict[int, list[int]] = defaultdict(list)
    for one in results:
        trials[one.configuration_number].append(one.trial_id)
    shown: dict[int, list[int]] = {}
    total = 0
    for place, entry in enumerate(found.configurations):
        own = trials[entry.configuration_number]
        total += len(own)
        if place >= MOST_IN_COLOUR and (total > _MOST_CURVES or place >= MOST_IN_COLOUR + _MOST_BEHIND):
            break
        shown[entry.configuration_number] = own
    return shown


def sweep_picture(
    sweep: TrackedSweep, found: Comparison, swept: Sequence[str], shown: Mapping[int, Sequence[int]], curves: Curves
) -> bytes:
    """The validation costs of the best configurations, over their replicates, before the others."""
    ranked = [one for one in found.configurations if one.configuration_number in shown]
    drawn = [_configuration(sweep, one, swept, shown[one.configuration_number], curves) for one in ranked]
    heading = " / ".join(name.replace("_", " ") for name in swept)
    return sweep_curves(f"{_title(sweep)}: validation cost", _explained(sweep, len(ranked)), heading, drawn)


def trial_picture(sweep: TrackedSweep, trial: BestTrial, swept: Sequence[str], curve: ThinnedCurve) -> bytes:
    """Both costs of the best trial."""
    values = vars(trial.configuration)
    title = f"{_title(sweep)}: c{trial.configuration_number} r{trial.replicate}, the best trial"
    subtitle = cut("  ".join(f"{name}={short_text(values[name])}" for name in swept), _MOST_LETTERS)
    training, validation = (CostCurve(curve.epochs, costs) for costs in (curve.train_costs, curve.validation_costs))
    return trial_curve(title, subtitle, training, validation, trial.best_epoch)


def _title(sweep: TrackedSweep) -> str:
    return cut(sweep_name(sweep), 60)


def _explained(sweep: TrackedSweep, drawn: int) -> str:
    coloured = min(drawn, MOST_IN_COLOUR)
    which = f"The best {coloured} of {sweep.configuration_count} configurations in colour" if drawn > coloured else ""
    spread = f"Line: median of {sweep.replicates} replicates; band: lowest to highest" if sweep.replicates > 1 else ""
    behind = f"Grey: {'the others' if drawn == sweep.configuration_count else f'the next {drawn - coloured}'}"
    return ". ".join(part for part in (which, spread, behind if which else "") if part)


def _configuration(
    sweep: TrackedSweep,
    one: ConfigurationSummary,
    swept: Sequence[str],
    trials: Sequence[int],
    curves: Curves,
) -> ConfigurationCurves:
    width = max(2, len(str(sweep.configuration_count - 1)))
    values = " / ".join(short_text(one.values[name]) for name in swept)
    replicates = [CostCurve(curves[key].epochs, curves[key].validation_costs) for key in trials if key in curves]
    label = f"c{one.configuration_number:0{width}d}  {values}".rstrip()
    return ConfigurationCurves(label, replicates, round((one.summary.diverged_share or 0) * one.summary.ended))
