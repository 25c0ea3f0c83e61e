"""A deployment of slow machines: the preview says longer, and jobs are smaller."""

from __future__ import annotations

from flask.testing import FlaskClient

from results.database import Database
from results.writes.machines import store_machine

SWEEP = {
    "method": "grid",
    "parameters": {
        "dataset": {"value": "digits"},
        "learning_rate": {"values": [n / 100 for n in range(1, 101)]},
        "epochs": {"value": 200},
    },
    "backsweep": {"seconds_per_job": 10},
}


def test_estimates_and_jobs_follow_the_measured_slowness_of_the_machines(http: FlaskClient, database: Database) -> None:
    before = http.post("/api/v1/sweeps/preview", json=SWEEP).get_json()
    with database.write() as connection:
        store_machine(connection, "an old one", 3.0)
    after = http.post("/api/v1/sweeps/preview", json=SWEEP).get_json()
    assert after["work_seconds"] > 2.9 * before["work_seconds"]
    assert after["job_count"] > 2 * before["job_count"]
    assert http.post("/api/v1/sweeps", json=SWEEP).get_json()["job_count"] == after["job_count"]
