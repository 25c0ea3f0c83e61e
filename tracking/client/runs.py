"""One run through the client: found or created, filled, and brought to its state, in this order.

Each step may be repeated: a crash between two of them is mended by sending the same content again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Dataset, InputTag, Param, RunTag, ViewType
from mlflow.entities import DatasetInput as MlflowInput
from mlflow.entities import Metric as MlflowMetric

from tracking.destination import DELETED
from tracking.errors import Refused
from tracking.mapping.content import DatasetInput, RunContent

# Of one log_batch request: 1000 entities, of which at most 100 params and 100 tags.
_METRICS, _PARAMS, _TAGS = 800, 100, 100
_ENDED = frozenset({"FINISHED", "FAILED", "KILLED"})


def send_run(client: MlflowClient, experiment_id: str, run: RunContent) -> str:
    """The id of the run that now holds the content."""
    run_id = run.known_id or _adopt(client, experiment_id, run.key)
    told = run.told_status
    if run_id is None:
        run_id, told = _create(client, experiment_id, run), "RUNNING"
    if run.datasets and not run.partial:
        client.log_inputs(run_id, [_input(entry) for entry in run.datasets])
    _fill(client, run_id, run)
    if run.status in _ENDED:
        client.set_terminated(run_id, run.status, run.end_time)
    elif run.status != told:
        client.update_run(run_id, status=run.status)
    return run_id


def _adopt(client: MlflowClient, experiment_id: str, key: str) -> str | None:
    """The oldest run with our tag: creating is not idempotent, and a crash may have come after it."""
    found = client.search_runs(
        [experiment_id],
        f"tags.`backsweep.run` = '{key}'",
        run_view_type=ViewType.ALL,
        max_results=10,
        order_by=["attributes.start_time ASC"],
    )
    active = [run for run in found if run.info.lifecycle_stage == "active"]
    if found and not active:
        raise Refused(DELETED)
    return str(active[0].info.run_id) if active else None


def _create(client: MlflowClient, experiment_id: str, run: RunContent) -> str:
    tags = {**run.labels, **run.tags}
    return str(client.create_run(experiment_id, run.start_time, tags, run.name).info.run_id)


def _fill(client: MlflowClient, run_id: str, run: RunContent) -> None:
    params = [] if run.partial else [Param(key, value) for key, value in run.params.items()]
    tags = [RunTag(key, value) for key, value in run.tags.items()]
    metrics = [MlflowMetric(point.key, point.value, point.timestamp, point.step) for point in run.metrics]
    for batch in _batches(metrics, params, tags):
        client.log_batch(run_id, **batch, synchronous=True)


def _batches(metrics: Sequence[Any], params: Sequence[Any], tags: Sequence[Any]) -> Iterator[dict[str, Sequence[Any]]]:
    """Requests within the limits; there is none where nothing is to be said."""
    requests = max(-(-len(metrics) // _METRICS), -(-len(params) // _PARAMS), -(-len(tags) // _TAGS))
    for number in range(requests):
        yield {
            "metrics": metrics[number * _METRICS : (number + 1) * _METRICS],
            "params": params[number * _PARAMS : (number + 1) * _PARAMS],
            "tags": tags[number * _TAGS : (number + 1) * _TAGS],
        }


def _input(entry: DatasetInput) -> MlflowInput:
    dataset = Dataset(entry.name, entry.digest, "backsweep", entry.source, entry.schema, entry.profile)
    return MlflowInput(dataset, [InputTag("mlflow.data.context", entry.context)])
