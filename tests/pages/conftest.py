"""A service with a sweep in it, and a real browser to look at its pages."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from werkzeug.serving import make_server

from api.application import create_app
from results.database import Database
from settings import Settings
from tests.services.missing import missing

SWEEP = {
    "name": "<b>bold & 'quoted'</b>",
    "method": "grid",
    "parameters": {"dataset": {"value": "xor"}, "epochs": {"value": 2}},
}


@pytest.fixture
def address(sqlite_database: Database) -> Iterator[str]:
    """The address of a service whose one sweep has a name that is no HTML."""
    settings = Settings(
        database_url=sqlite_database.url, broker_url="redis://127.0.0.1:1/0", mlflow_ui_url="http://127.0.0.1:8701"
    )
    app = create_app(settings)
    assert app.test_client().post("/api/v1/sweeps", json=SWEEP).status_code == 201
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def finish(address: str, sqlite_database: Database) -> Callable[[], None]:
    """Ends the sweep as one whose every trial diverged before its first epoch."""

    def end() -> None:
        with sqlite_database.write() as connection:
            connection.execute(text("UPDATE sweeps SET state = 'finished'"))
            connection.execute(text("UPDATE trials SET state = 'finished', outcome = 'diverged', diverged_epoch = 0"))

    return end


@pytest.fixture
def rendered(tmp_path: Path) -> Callable[[str], str]:
    """The page at an address as the browser has it once its scripts have run."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        missing("pages are looked at with chromium, which is not on the PATH")

    def render(url: str) -> str:
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", "--dump-dom"]
        # Nothing but this machine has an address: what a page wants from elsewhere would be missing from it.
        options += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--virtual-time-budget=10000"]
        answer = subprocess.run([browser, *options, url], capture_output=True, text=True, timeout=400)
        return answer.stdout

    return render
