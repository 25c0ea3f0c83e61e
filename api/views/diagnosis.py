"""Why trials went badly, in words with figures, and what to try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from apiflask import APIBlueprint
from flask import Response

from api.answers import answer_about
from api.models.diagnosis import DiagnosisQuery, FoundRule, SweepDiagnosis, TrialDiagnosis
from api.refusals import refusals
from api.services import services
from comparison.diagnosis.diagnosis import Diagnosis, diagnose
from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.representatives import worst_first
from comparison.diagnosis.tried_rates import tried_losses
from comparison.judging import judge
from comparison.results import TrialResult
from engine.hyperparameters import Configuration
from results.reads.comparison import trial_results
from results.reads.evidence import evidence_of
from results.reads.sweeps import find as find_sweep
from results.reads.trials import find as find_trial
from results.values import TrialView

blueprint = APIBlueprint("diagnosis", __name__)


@blueprint.get("/sweeps/<key:sweep_id>/diagnosis")
@blueprint.input(DiagnosisQuery, location="query", arg_name="query")
@blueprint.output(SweepDiagnosis)
@blueprint.doc(responses=refusals("no-such-sweep", "invalid-query", "database-unavailable"))
def of_sweep(sweep_id: int, query: DiagnosisQuery) -> Response:
    """Diagnose the worst configurations of a sweep.

    Of each the replicate of the median loss. `rules` counts what was found in them.
    """
    return answer_about(services(), sweep_id, query, lambda: _worst(sweep_id, query))


def _worst(sweep_id: int, query: DiagnosisQuery) -> SweepDiagnosis:
    with services().database.read() as connection:
        sweep = find_sweep(connection, sweep_id)
        judged_by = judge(sweep.metric_name, sweep.metric_goal)
        results = trial_results(connection, sweep_id)
        worst, tried = worst_first(results, judged_by), tried_losses(results, judged_by)
        looked_at = [(one, evidence_of(connection, one.trial_id)) for one in worst[: query.limit]]
    diagnoses = [_diagnosed(one.trial_id, one, evidence, tried) for one, evidence in looked_at]
    return SweepDiagnosis(
        sweep_id=sweep_id,
        sweep_state=sweep.state,
        configurations=len(worst),
        rules=_rules(diagnoses),
        diagnoses=diagnoses,
    )


@blueprint.get("/trials/<key:trial_id>/diagnosis")
@blueprint.output(TrialDiagnosis)
@blueprint.doc(responses=refusals("no-such-trial", "invalid-query", "database-unavailable"))
def of_trial(trial_id: int) -> TrialDiagnosis:
    """Diagnose a trial.

    Each finding is a sentence with its figures and a change of hyperparameters to try. What an alternative would begin
    with is computed by passes through its network before any update; nothing is trained.
    """
    with services().database.read() as connection:
        trial, evidence = find_trial(connection, trial_id), evidence_of(connection, trial_id)
        sweep = find_sweep(connection, trial.sweep_id)
        results = trial_results(connection, trial.sweep_id)
    return _diagnosed(trial_id, trial, evidence, tried_losses(results, judge(sweep.metric_name, sweep.metric_goal)))


def _diagnosed(
    trial_id: int,
    trial: TrialResult | TrialView,
    evidence: Evidence | str,
    tried: Mapping[Configuration, Mapping[float, float]],
) -> TrialDiagnosis:
    """`evidence`: or why there is none. `tried`: what the sweep's learning rates came to."""
    found = Diagnosis((), {}) if isinstance(evidence, str) else diagnose(replace(evidence, tried=tried))
    own = {name: getattr(trial, name) for name in ("configuration_number", "replicate", "outcome")}
    return TrialDiagnosis.model_validate(
        own
        | {
            "trial_id": trial_id,
            "best_validation_cost": trial.best_validation_cost,
            "findings": found.findings,
            "advice": found.advice,
            "note": evidence if isinstance(evidence, str) else None,
        }
    )


def _rules(diagnoses: Sequence[TrialDiagnosis]) -> list[FoundRule]:
    found: dict[str, list[int]] = {}
    for one in diagnoses:
        for finding in one.findings:
            found.setdefault(finding.rule, []).append(one.configuration_number)
    ordered = sorted(found, key=lambda rule: -len(found[rule]))
    return [FoundRule(rule=rule, configurations=sorted(found[rule])) for rule in ordered]
