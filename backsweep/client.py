"""The client: one method per question, answered with the API's JSON as it is (docs/api.md).

It speaks HTTP and imports nothing of the service. Every failure is a `BacksweepError`. Not safe between threads: take
one client per thread.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from backsweep.delivery import KEY_HEADER, new_key, quoted, send_safely
from backsweep.errors import NotBacksweep, ServiceFailed, Unreachable, UnreadableFile, refusal

DEFAULT_URL = "http://127.0.0.1:8700"
ENDED = frozenset({"finished", "failed", "cancelled"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Json = dict[str, Any]


class Client:
    """A service's address and a connection to it.

    `timeout`: seconds an answer may take. `patience`: seconds that `wait` puts up with a service that is away.
    """

    def __init__(self, url: str = DEFAULT_URL, *, timeout: float = 60.0, patience: float = 30.0) -> None:
        self.url = url.rstrip("/") + "/"
        self.timeout = timeout
        self.patience = patience
        self._session = requests.Session()
        # A proxy for the outside world does not reach this machine's own loopback.
        self._session.trust_env = urlsplit(self.url).hostname not in LOOPBACK

    def submit(self, sweep: Mapping[str, Any] | str | Path, *, idempotency_key: str | None = None) -> Json:
        """Submit a sweep and return it as stored, with its `id` and `notes`.

        `sweep`: the document as a mapping, as JSON or YAML text, or as the path of a file. `idempotency_key`: under the
        same key the same document is stored once, however often it is submitted (default: a new key for each call).
        Raises `InvalidInput` with every fault of the document.
        """
        return self._post("sweeps", *_document(sweep), key=idempotency_key)

    def clone(self, sweep_id: int, **changes: Any) -> Json:
        """Submit a sweep's document again and return the new sweep; the old one stays as it is.

        `changes`: `name`, `project`, `seed`, `replicates`, `reuse`. Raises `InvalidInput`.
        """
        return self._post(f"sweeps/{sweep_id}/clone", *_document(changes))

    def preview(self, sweep: Mapping[str, Any] | str | Path) -> Json:
        """What the sweep would be, without submitting it: counts, time, memory, the first configurations.

        Takes and raises what `submit` does.
        """
        return self._post("sweeps/preview", *_document(sweep))

    def sweep(self, sweep_id: int) -> Json:
        """One sweep: its state, progress, notes and document."""
        return self._get(f"sweeps/{sweep_id}")

    def sweeps(self, **filters: Any) -> Iterator[Json]:
        """Sweeps, newest first; `filters`: `project`, `state`."""
        return self._pages("sweeps", "sweeps", filters)

    def trials(self, sweep_id: int, **filters: Any) -> Iterator[Json]:
        """Trials of a sweep; `filters`: `state`, `outcome`, `replicate`, `configuration`, hyperparameters, `sort`."""
        return self._pages(f"sweeps/{sweep_id}/trials", "trials", filters)

    def trial(self, trial_id: int, *, points: int | None = None) -> Json:
        """One trial with its `curve` and the health of its `layers`; `points` thins them, minima kept."""
        return self._get(f"trials/{trial_id}", {"points": points})

    def summary(self, trial_id: int, **wish: Any) -> Json:
        """All figures of one trial's curve; `wish`: `targets` (numbers joined by commas, as text) and `patience`."""
        return self._get(f"trials/{trial_id}/summary", wish)

    def curves(self, sweep_id: int, *metrics: str, **options: Any) -> Iterator[Json]:
        """The curve of every trial, as columns: `epoch` and each of `metrics` (default: validation_cost).

        `options`: `points` (at most so many, minima kept) and `axis` (gives a column `at`).
        """
        query = {"metrics": ",".join(metrics) or None, **options}
        return self._pages(f"sweeps/{sweep_id}/curves", "curves", query)

    def bands(self, sweep_id: int, *metrics: str, center: str = "mean", **options: Any) -> Iterator[Json]:
        """For each configuration and metric one curve over the replicates, with its 95 % interval.

        `center`: mean, median or interquartile_mean; `options` as of `curves`.
        """
        query = {"metrics": ",".join(metrics) or None, "bands": center, **options}
        return self._pages(f"sweeps/{sweep_id}/curves", "bands", query)

    def comparison(self, sweep_id: int, *, limit: int | None = None, cursor: int | None = None) -> Json:
        """Which value of each swept hyperparameter won and how sure that is, in `headline` and in figures.

        The configurations come in pages of `limit` (default 1,000), best first; `cursor` is how many to leave out.
        """
        return self._get(f"sweeps/{sweep_id}/comparison", {"limit": limit, "cursor": cursor})

    def importance(self, sweep_id: int, *, diverged: str | None = None) -> Json:
        """Which hyperparameters mattered, by fANOVA and PED-ANOVA; `diverged`: worst (default) or left_out."""
        return self._get(f"sweeps/{sweep_id}/importance", {"diverged": diverged})

    def audit(self, sweep_id: int) -> Json:
        """The search space: optimum at an edge, coverage, converging learning rates, values to try next."""
        return self._get(f"sweeps/{sweep_id}/audit")

    def diagnosis(self, sweep_id: int, *, limit: int | None = None) -> Json:
        """Why the `limit` worst configurations (default 10) went badly, and what to try."""
        return self._get(f"sweeps/{sweep_id}/diagnosis", {"limit": limit})

    def trial_diagnosis(self, trial_id: int) -> Json:
        """Why a trial went as it did: `findings`, each with its figures, and the `advice` as hyperparameters."""
        return self._get(f"trials/{trial_id}/diagnosis")

    def compare(self, *configurations: str, **options: Any) -> Json:
        """Configurations, such as "1:0", "2:3" (sweep and number), against the first of them.

        `options`: `metric`, `axis` (epochs, updates, samples, flops, seconds), `target`.
        """
        return self._get("compare", {"configurations": ",".join(configurations), **options})

    def early_termination(self, sweep_id: int) -> Json:
        """What early termination stopped in a sweep, the epochs it saved, and how many good trials it would cost."""
        return self._get(f"sweeps/{sweep_id}/early-termination")

    def search(self, sweep_id: int) -> Json:
        """An adaptive search: its configurations as they were proposed, their results, and the best so far."""
        return self._get(f"sweeps/{sweep_id}/search")

    def cancel(self, sweep_id: int) -> Json:
        """End a sweep; what is running stops at its next flush. Raises `Conflict` when it has ended already."""
        return self._post(f"sweeps/{sweep_id}/cancel")

    def pause(self, sweep_id: int) -> Json:
        """Hold a sweep: what runs is saved and put back within about a second. Raises `Conflict` when it has ended."""
        return self._post(f"sweeps/{sweep_id}/pause")

    def resume(self, sweep_id: int) -> Json:
        """Go on with a sweep that was paused. Raises `Conflict` when it has ended."""
        return self._post(f"sweeps/{sweep_id}/resume")

    def stop(self, sweep_id: int) -> Json:
        """Begin no more trials; those that run go on to their end. Raises `Conflict` when it has ended."""
        return self._post(f"sweeps/{sweep_id}/stop")

    def retry(self, sweep_id: int) -> Json:
        """Train the failed trials again. Raises `Conflict` when none failed."""
        return self._post(f"sweeps/{sweep_id}/retry")

    def extend(self, sweep_id: int, **wish: Any) -> Json:
        """Ask more of a sweep that has ended; `wish`: `epochs`, `replicates`, `run_cap`, `parameters` (name -> values).

        `dropped=True` trains too what a stop or the metric's target dropped. Only what is missing is trained. Raises
        `Conflict` where the sweep cannot become the larger one.
        """
        return self._post(f"sweeps/{sweep_id}/extend", *_document(wish))

    def datasets(self) -> list[Json]:
        """The data sets a sweep may name."""
        return list(self._get("datasets")["datasets"])

    def hyperparameters(self) -> list[Json]:
        """The registry: every hyperparameter with its meaning, range and default."""
        return list(self._get("hyperparameters")["hyperparameters"])

    def wait(
        self,
        sweep_id: int,
        on_progress: Callable[[Json], None] | None = None,
        *,
        poll_seconds: float = 0.5,
        timeout: float | None = None,
    ) -> Json:
        """The sweep once it has ended; `on_progress` gets it at every look.

        Raises `TimeoutError` after `timeout` seconds, and the last error when the service is away for longer than
        the client's patience.
        """
        started = heard = time.monotonic()
        while True:
            try:
                found = self.sweep(sweep_id)
                heard = time.monotonic()
            except (Unreachable, ServiceFailed):
                if time.monotonic() - heard > self.patience:
                    raise
            else:
                if on_progress is not None:
                    on_progress(found)
                if found["state"] in ENDED:
                    return found
            if timeout is not None and time.monotonic() - started > timeout:
                raise TimeoutError(f"sweep {sweep_id} has not ended within {timeout:g} seconds")
            time.sleep(poll_seconds)

    def _pages(self, path: str, key: str, query: Mapping[str, Any]) -> Iterator[Json]:
        """The entries of all pages, asked for one by one as they are needed."""
        page = self._get(path, query)
        yield from page[key]
        while page["next"] is not None:
            page = self._send("GET", urljoin(self.url, page["next"]))
            yield from page[key]

    def _get(self, path: str, query: Mapping[str, Any] | None = None) -> Json:
        return self._send("GET", f"{self.url}api/v1/{path}", params=_query(query or {}))

    def _post(self, path: str, body: bytes = b"", content_type: str | None = None, *, key: str | None = None) -> Json:
        """Under an Idempotency-Key, so that it may be sent again when its answer was lost."""
        headers = {KEY_HEADER: quoted(key or new_key())}
        if content_type:
            headers["Content-Type"] = content_type
        return self._send("POST", f"{self.url}api/v1/{path}", data=body, headers=headers)

    def _send(self, method: str, url: str, **options: Any) -> Json:
        try:
            response = send_safely(lambda: self._session.request(method, url, timeout=self.timeout, **options))
        except requests.RequestException as error:
            raise Unreachable(f"nothing answers at {self.url} ({_reason(error)})") from error
        return _answer(response, self.url)


def _document(sweep: Mapping[str, Any] | str | Path) -> tuple[bytes, str]:
    """The document's text and its media type."""
    if isinstance(sweep, Mapping):
        return json.dumps(sweep).encode(), "application/json"
    text = _document_text(sweep)
    return text, _media_type(text)


def _document_text(sweep: str | Path) -> bytes:
    """Text with a line break or an opening brace is the document itself; anything else is a path."""
    if isinstance(sweep, str) and ("\n" in sweep or sweep.lstrip().startswith("{")):
        return sweep.encode()
    try:
        return Path(sweep).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL byte
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UnreadableFile(f"{sweep} cannot be read: {reason}") from error


def _media_type(text: bytes) -> str:
    """JSON where the text is JSON: YAML reads most of it alike, but not every escape."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return "application/yaml"
    return "application/json"


def _query(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
        if value is not None
    }


def _answer(response: requests.Response, url: str) -> Json:
    try:
        found = response.json()
    except requests.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise NotBacksweep(f"what answers at {url} is not backsweep (status {response.status_code}, no JSON)")
    if response.ok:
        return found
    raise refusal({"status": response.status_code} | found)


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    return "connection refused or lost" if isinstance(error, requests.ConnectionError) else type(error).__name__
