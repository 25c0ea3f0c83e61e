"""An Optuna study in memory, rebuilt from what is stored, and its sampler, seeded from the sweep's search seed.

Used by `sweeps.search.proposals`. Optuna is loaded here, in functions only: whoever imports this loads none of it.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sweeps.search.names import OF_TWO_METRICS
from sweeps.search.results import Results
from sweeps.seeds import search_seed
from sweeps.spec import SweepSpec

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler
    from optuna.study import Study

SearchState = Mapping[str, Any]  # of a configuration: its params, their distributions, what the sampler noted; JSON


@dataclass(frozen=True)
class PastConfiguration:
    """What the search is told of a configuration: `results` are its metrics, or None where it has none."""

    search_state: SearchState
    results: Results | None


def study_of(
    spec: SweepSpec, search: str, past: Sequence[PastConfiguration], generation: int, study_state: Mapping[str, Any]
) -> Study:
    """The study as it stood before this generation. Raises Optuna's errors for what cannot be rebuilt."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        goals = optuna.study.StudyDirection
        directions = [goals.MINIMIZE if one.goal == "minimize" else goals.MAXIMIZE for one in spec.metrics]
        study = optuna.create_study(sampler=_sampler(spec, search, generation), directions=directions)
        for key, value in study_state.items():
            study._storage.set_study_system_attr(study._study_id, key, value)
        for one in past:
            study.add_trial(_trial(one))
    return study


def _trial(past: PastConfiguration) -> Any:
    from optuna.distributions import json_to_distribution
    from optuna.trial import TrialState, create_trial

    state = TrialState.FAIL if past.results is None else TrialState.COMPLETE
    return create_trial(
        state=state,
        values=past.results,
        params=dict(past.search_state["params"]),
        distributions={name: json_to_distribution(one) for name, one in past.search_state["distributions"].items()},
        system_attrs=dict(past.search_state["system"]),
    )


def state_of(study: Study, number: int) -> dict[str, Any]:
    """What must be stored of a trial of the study, so that `study_of` can add it again; plain JSON."""
    from optuna.distributions import distribution_to_json

    trial = study._storage.get_trial(study._storage.get_trial_id_from_study_id_trial_number(study._study_id, number))
    found = {
        "params": trial.params,
        "distributions": {name: distribution_to_json(one) for name, one in trial.distributions.items()},
        "system": trial.system_attrs,
    }
    kept: dict[str, Any] = json.loads(json.dumps(found))
    return kept


def kept_of(study: Study, search: str) -> dict[str, Any]:
    """What the sampler noted of the study itself. Parents that nsga2 noted by number are found again, not kept."""
    return {} if search == OF_TWO_METRICS else dict(study._storage.get_study_system_attrs(study._study_id))


def _sampler(spec: SweepSpec, search: str, generation: int) -> BaseSampler:
    """The sampler; those that count their samples need one seed for all generations."""
    from optuna import samplers

    whole = search_seed(spec.seed)
    seeded = (whole + 0x9E3779B1 * generation) % 2**32
    if search in ("sobol", "halton"):
        return samplers.QMCSampler(qmc_type=search, scramble=True, seed=whole, warn_independent_sampling=False)
    if search == "cmaes":
        return samplers.CmaEsSampler(seed=seeded, warn_independent_sampling=False)
    if search == "gp":
        return samplers.GPSampler(seed=seeded)
    if search == OF_TWO_METRICS:
        return samplers.NSGAIISampler(population_size=max(4, (spec.run_cap or 0) // 5), seed=seeded)
    if search == "random":
        return samplers.RandomSampler(seed=seeded)
    return samplers.TPESampler(seed=seeded, n_startup_trials=8, constant_liar=True)
