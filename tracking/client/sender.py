"""The client sender: one run after the other, as far as the time of a pass allows."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from mlflow import MlflowClient

from tracking.artifacts.content import SweepArtifacts
from tracking.client.artifacts import send_artifacts
from tracking.client.calls import Missing, connect, told_apart
from tracking.client.experiments import ensure_experiment
from tracking.client.runs import send_run
from tracking.destination import Sent, Stage
from tracking.errors import Refused, Unavailable
from tracking.mapping.content import ExperimentContent, RunContent


class ClientSender:
    """A hosted MLflow as a `tracking.destination.Destination`."""

    runs_per_batch = 20  # about as many as it creates in two seconds
    epochs_per_batch = 1000

    def __init__(self, client: MlflowClient, artifacts_root: str) -> None:
        self._client = client
        self._artifacts_root = artifacts_root

    def experiment(self, content: ExperimentContent) -> str:
        """The id of the project's experiment, created or restored."""
        return ensure_experiment(self._client, content, self._artifacts_root)

    def stages(self, run_ids: Sequence[str]) -> Mapping[str, Stage]:
        """What became of each of these runs: one request each."""
        return {run_id: self._stage(run_id) for run_id in run_ids}

    def send(self, experiment_id: str, runs: Sequence[RunContent], deadline: float) -> Sequence[Sent]:
        """Send the first runs, at least one; the others are left to a later pass when the time is up."""
        sent: list[Sent] = []
        for run in runs:
            if sent and time.monotonic() > deadline:
                break
            sent.append(self._send(experiment_id, run))
        return sent

    def reaches_artifacts(self, experiment_id: str) -> bool:
        """Always: files go to the server, or to the address that it gives."""
        return True

    def send_artifacts(self, content: SweepArtifacts) -> bool:
        """Send files and model; whether MLflow has the sweep's run."""
        try:
            with told_apart():
                send_artifacts(self._client, content, self._artifacts_root)
        except Missing:
            return False
        except OSError as error:  # the store's, or the HTTP library's
            raise Unavailable(f"artifacts cannot be sent: {error}") from error
        return True

    def _stage(self, run_id: str) -> Stage:
        try:
            with told_apart():
                return Stage(self._client.get_run(run_id).info.lifecycle_stage)
        except Missing:
            return Stage.MISSING

    def _send(self, experiment_id: str, run: RunContent) -> Sent:
        try:
            with told_apart():
                return Sent(send_run(self._client, experiment_id, run))
        except Missing as error:
            if run.known_id is None:  # the experiment has gone, just now
                raise Unavailable(str(error)) from error
            return Sent(None, lost=True)
        except Refused as error:
            return Sent(None, refused=str(error))


def open_client(uri: str, artifacts_root: str) -> ClientSender:
    """A hosted MLflow; nothing is sent yet."""
    return ClientSender(connect(uri), artifacts_root)
