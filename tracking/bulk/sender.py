"""The bulk sender: a batch of runs is one transaction in MLflow's database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from operator import itemgetter

from sqlalchemy import Engine

from tracking.artifacts.content import SweepArtifacts
from tracking.bulk.artifacts import ArtifactWriter
from tracking.bulk.connection import analyze, open_engine, transaction
from tracking.bulk.experiments import artifact_location, ensure_experiment
from tracking.bulk.inputs import write_inputs
from tracking.bulk.metrics import write_metrics
from tracking.bulk.runs import stages, write_runs
from tracking.destination import DELETED, Sent, Stage
from tracking.errors import Unavailable
from tracking.mapping.content import ExperimentContent, RunContent
from tracking.schema import check

# What this process wrote since MLflow's planner was last told of the tables' sizes; the first time, any run is enough.
_runs_since: dict[str, int] = {}
_RUNS_TO_ANALYZE = 500


class BulkSender:
    """MLflow's database as a `tracking.destination.Destination`."""

    runs_per_batch = 500
    epochs_per_batch = 20_000  # six metrics each: about a second

    def __init__(self, engine: Engine, uri: str, artifacts_root: str) -> None:
        self._engine = engine
        self._uri = uri
        self._artifacts_root = artifacts_root
        self._artifacts = ArtifactWriter(engine, uri, artifacts_root)

    def experiment(self, content: ExperimentContent) -> str:
        """The id of the project's experiment, created or restored."""
        with transaction(self._engine, self._uri) as connection:
            return str(ensure_experiment(connection, content, self._artifacts_root))

    def stages(self, run_ids: Sequence[str]) -> Mapping[str, Stage]:
        """What became of each of these runs."""
        with transaction(self._engine, self._uri) as connection:
            return stages(connection, run_ids)

    def send(self, experiment_id: str, runs: Sequence[RunContent], deadline: float) -> Sequence[Sent]:
        """Write all runs or none; `deadline` is not looked at, since a batch takes about a second."""
        ids = [run.known_id or run.key for run in runs]
        with transaction(self._engine, self._uri) as connection:
            before = stages(connection, ids)
            outcomes = [_outcome(run, run_id, before[run_id]) for run, run_id in zip(runs, ids, strict=True)]
            placed = [(sent.run_id, run) for sent, run in zip(outcomes, runs, strict=True) if sent.run_id]
            placed.sort(key=itemgetter(0))
            artifacts = artifact_location(connection, int(experiment_id))
            if artifacts is None:
                raise Unavailable(f"experiment {experiment_id} has gone from MLflow")
            write_runs(connection, int(experiment_id), artifacts, placed)
            write_inputs(connection, int(experiment_id), placed)
            write_metrics(connection, placed)
        _runs_since[self._uri] = _runs_since.get(self._uri, _RUNS_TO_ANALYZE) + len(placed)
        return outcomes

    def reaches_artifacts(self, experiment_id: str) -> bool:
        """Whether this process shares the folder of the experiment's artifacts with the MLflow server."""
        return self._artifacts.reaches(int(experiment_id))

    def send_artifacts(self, content: SweepArtifacts) -> bool:
        """Write files, then rows; whether MLflow has the sweep's run."""
        return self._artifacts.write(content)


def _outcome(run: RunContent, run_id: str, stage: Stage) -> Sent:
    if stage is Stage.DELETED:
        return Sent(None, refused=DELETED)
    if stage is Stage.MISSING and run.partial:
        return Sent(None, lost=True)
    return Sent(run_id)


@contextmanager
def open_bulk(uri: str, artifacts_root: str) -> Iterator[BulkSender]:
    """MLflow's database for one pass; raises `Unavailable` or `UntestedSchema`."""
    with open_engine(uri) as engine:
        with transaction(engine, uri) as connection:
            check(connection, uri)
        yield BulkSender(engine, uri, artifacts_root)
        if _runs_since.get(uri, 0) >= _RUNS_TO_ANALYZE:
            with suppress(Unavailable), transaction(engine, uri) as connection:
                analyze(connection)
                _runs_since[uri] = 0
