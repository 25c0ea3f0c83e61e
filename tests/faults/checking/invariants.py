"""What is true of a results database at every moment, and once nothing is left to do: SQL that finds breaches.

Used by every fault test, by the state machine over the store and by `benchmarks.kills`. Each query returns keys of rows
that break the sentence; none may be found. Works on SQLite and PostgreSQL.
"""

from __future__ import annotations

from sqlalchemy import text

from results.database import Database

_ENDED = "('finished', 'pruned', 'failed', 'cancelled')"
ALWAYS = {
    "a sweep has as many trials as it says": """
        SELECT id FROM sweeps WHERE trial_count <> (SELECT count(*) FROM trials WHERE sweep_id = sweeps.id)""",
    "a sweep has as many jobs as it says": """
        SELECT id FROM sweeps WHERE job_count <> (SELECT count(*) FROM jobs WHERE sweep_id = sweeps.id)""",
    "a sweep has as many configurations as it says": """
        SELECT id FROM sweeps
        WHERE configuration_count <> (SELECT count(*) FROM configurations WHERE sweep_id = sweeps.id)""",
    "trials are numbered from 0 without gap": """
        SELECT sweep_id FROM trials GROUP BY sweep_id
        HAVING min(number) <> 0 OR max(number) <> count(*) - 1 OR count(DISTINCT number) <> count(*)""",
    "no configuration has a replicate twice": """
        SELECT configuration_id FROM trials GROUP BY configuration_id, replicate HAVING count(*) > 1""",
    "a job has as many trials as it says": """
        SELECT id FROM jobs WHERE trial_count <> (SELECT count(*) FROM trials WHERE job_id = jobs.id)""",
    "epochs run from 0 to the last recorded, each once": """
        SELECT trials.id FROM trials LEFT JOIN (
            SELECT trial_id, count(*) AS stored, count(DISTINCT epoch) AS different,
                min(epoch) AS first, max(epoch) AS last
            FROM epochs GROUP BY trial_id) AS curve ON curve.trial_id = trials.id
        WHERE coalesce(last, -1) <> epochs_recorded OR stored <> different OR first <> 0 OR stored <> last + 1""",
    "no layer is recorded twice at an epoch": """
        SELECT trial_id FROM layer_epochs GROUP BY trial_id, epoch, layer HAVING count(*) > 1""",
    "layers are recorded for the epochs of the curve": """
        SELECT layer_epochs.trial_id FROM layer_epochs LEFT JOIN epochs
        ON epochs.trial_id = layer_epochs.trial_id AND epochs.epoch = layer_epochs.epoch WHERE epochs.epoch IS NULL""",
    "a checkpoint is of a recorded epoch": """
        SELECT trial_id FROM checkpoints JOIN trials ON trials.id = trial_id WHERE epoch > epochs_recorded""",
    "a trial has ended when it says when": f"""
        SELECT id FROM trials WHERE (state IN {_ENDED}) <> (finished_at IS NOT NULL)""",
    "a trial with a result has not failed, nor was it cancelled": """
        SELECT id FROM trials WHERE completed_epochs IS NOT NULL AND state IN ('failed', 'cancelled')""",
    "a trial that has finished has a result": """
        SELECT id FROM trials WHERE completed_epochs IS NULL AND state = 'finished'""",
    "a trial has the epochs of its result, and more only while it is extended": f"""
        SELECT id FROM trials WHERE epochs_recorded < completed_epochs
        OR (state IN {_ENDED} AND epochs_recorded > completed_epochs)""",
    "a trial says when it completed its epochs": """
        SELECT id FROM trials WHERE (completed_epochs IS NULL) <> (completed_at IS NULL)""",
    "a job has ended when it says when": f"""
        SELECT id FROM jobs WHERE (state IN {_ENDED}) <> (finished_at IS NOT NULL)""",
    "a sweep has ended when it says when": f"""
        SELECT id FROM sweeps WHERE (state IN {_ENDED}) <> (finished_at IS NOT NULL)""",
    "a job has a lease while it runs": """
        SELECT id FROM jobs WHERE (state = 'running') <> (lease_expires_at IS NOT NULL)""",
    "a job was claimed no more often than it may be": "SELECT id FROM jobs WHERE attempt > max_attempts",
    "trials run only while their job does": """
        SELECT trials.id FROM trials JOIN jobs ON jobs.id = job_id
        WHERE trials.state = 'running' AND jobs.state <> 'running'""",
    "with a job its trials end": f"""
        SELECT trials.id FROM trials JOIN jobs ON jobs.id = job_id
        WHERE jobs.state IN {_ENDED} AND trials.state NOT IN {_ENDED}""",
    "a sweep ends with its last job": f"""
        SELECT id FROM sweeps WHERE (state IN {_ENDED}) <> NOT EXISTS (
            SELECT * FROM jobs WHERE sweep_id = sweeps.id AND state NOT IN {_ENDED})""",
    "no trial of a finished job failed": """
        SELECT trials.id FROM trials JOIN jobs ON jobs.id = job_id
        WHERE jobs.state = 'finished' AND trials.state = 'failed'""",
}
AT_REST = {
    "every sweep has ended": f"SELECT id FROM sweeps WHERE state NOT IN {_ENDED}",
    "every job has ended": f"SELECT id FROM jobs WHERE state NOT IN {_ENDED}",
    "every trial has ended": f"SELECT id FROM trials WHERE state NOT IN {_ENDED}",
    "a finished trial did all its epochs, or diverged, or its extension was given up": """
        SELECT trials.id FROM trials JOIN configurations ON configurations.id = configuration_id
        JOIN jobs ON jobs.id = job_id WHERE trials.state = 'finished' AND jobs.state = 'finished'
        AND epochs_recorded <> coalesce(diverged_epoch, configurations.epochs)""",
    "a failed trial says why": "SELECT id FROM trials WHERE state = 'failed' AND error IS NULL",
}


def breaches(database: Database, at_rest: bool = True) -> list[str]:
    """The sentences that do not hold, each with the keys of some rows that break it."""
    found = []
    with database.read() as connection:
        for sentence, query in (ALWAYS | (AT_REST if at_rest else {})).items():
            keys = connection.execute(text(query)).scalars().fetchmany(5)
            if keys:
                found.append(f"not so: {sentence}: {keys}")
    return found
