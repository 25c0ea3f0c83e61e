"""MLflow's server for looking: pages, searches and downloads; every request that would change something is refused.

Run as `python -m backsweep.stack.mlflow_server`, by `backsweep up` and under Docker Compose, in place of `mlflow
server`, which lets whoever reaches its port replace a model's code. The settings say what it serves; the tracker writes
beside it, straight into the database and the folder of artifacts.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import click

from settings import SettingsError, from_environment

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# The requests that only read, although they are POSTs: MLflow's pages and its client send them to search.
_SEARCHES = re.compile(
    r"/(api|ajax-api)/[23]\.0/?mlflow/"
    r"((experiments|runs|logged-models|datasets|traces)/search"
    r"|experiments/search-datasets|registered-models/get-latest-versions"
    r"|traces/(batchGetInfos|metrics|calculate-filter-correlation)|artifacts/presigned-download-url)"
    r"|/graphql"
)
_READS = ("GET", "HEAD", "OPTIONS")
_ELSEWHERE = re.compile(r"/(gateway|ajax-api/2\.0/mlflow/gateway-proxy|api/2\.0/mlflow/gateway-proxy)(/|$)")
_SERVED = "mlflow-artifacts:/"
_REFUSAL = {
    "error_code": "PERMISSION_DENIED",
    "message": "this MLflow shows what backsweep recorded and takes no changes; docs/tracking.md says how to make some",
}


def allows(method: str, path: str) -> bool:
    """Whether the request looks and changes nothing; what is not known to is refused."""
    if method in _READS:
        return _ELSEWHERE.match(path) is None
    return method == "POST" and _SEARCHES.fullmatch(path) is not None


class LookingOnly:
    """An ASGI application in front of MLflow's, which gets only what `allows` lets through."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on or refuse."""
        kind = scope["type"]
        if kind == "lifespan" or (kind == "http" and allows(scope["method"], scope["path"])):
            await self._app(scope, receive, send)
        elif kind == "http":
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": json.dumps(_REFUSAL).encode()})
        else:
            await send({"type": "websocket.close", "code": 1008})


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", default=8701, show_default=True, type=click.IntRange(1, 65535), help="port to listen on")
@click.option("--allowed-hosts", required=True, help="Host headers that are answered, joined by commas")
@click.option("--cors-allowed-origins", required=True, help="pages of other origins that may ask, joined by commas")
def main(host: str, port: int, allowed_hosts: str, cors_allowed_origins: str) -> None:
    """Serve the MLflow that BACKSWEEP_MLFLOW_TRACKING_URI and BACKSWEEP_MLFLOW_ARTIFACTS_ROOT name."""
    try:
        settings = from_environment()
    except SettingsError as error:
        sys.exit(str(error))
    os.environ |= environment(settings.mlflow_tracking_uri, settings.mlflow_artifacts_root)
    os.environ |= {"MLFLOW_SERVER_ALLOWED_HOSTS": allowed_hosts}
    os.environ |= {"MLFLOW_SERVER_CORS_ALLOWED_ORIGINS": cors_allowed_origins}
    import uvicorn  # only now: MLflow reads its environment when it is imported
    from mlflow.server import _UVICORN_LOG_CONFIG
    from mlflow.server.fastapi_app import app
    from mlflow.server.handlers import initialize_backend_stores

    uri = settings.mlflow_tracking_uri
    initialize_backend_stores(uri, uri, _SERVED)  # a database that cannot serve is seen at the start
    uvicorn.run(LookingOnly(app), host=host, port=port, log_config=str(_UVICORN_LOG_CONFIG))


def environment(uri: str, artifacts_root: str) -> dict[str, str]:
    """What `mlflow server` tells its workers, in the same words."""
    return {
        "_MLFLOW_SERVER_FILE_STORE": uri,
        "_MLFLOW_SERVER_REGISTRY_STORE": uri,
        "_MLFLOW_SERVER_ARTIFACT_ROOT": _SERVED,
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": artifacts_root,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }


if __name__ == "__main__":
    main()
