"""What one worker process holds: its settings, its database, its queue. Each is made at the first use in a process.

Used by the tasks. A forked child makes its own: connections of its parent are not its to use or to close.
"""

from __future__ import annotations

import os
import socket
from functools import cache

from results.database import Database, open_database
from settings import Settings, from_environment
from worker.queue import Queue


@cache
def settings() -> Settings:
    """The environment, read once."""
    return from_environment()


def database() -> Database:
    """The results database of this process."""
    return _database(os.getpid())


def queue() -> Queue:
    """The broker, for recovery: nobody waits for it, so it may take its time."""
    return _queue(os.getpid())


def owner(main_process: int, task_id: str) -> str:
    """Who holds a job: host, the worker's main process, and the task, by which its process is known when it dies."""
    return f"{socket.gethostname()[:100]} {main_process} {task_id}"


@cache
def _database(process: int) -> Database:
    return open_database(settings().database_url)


@cache
def _queue(process: int) -> Queue:
    return Queue(settings().broker_url, patience=15.0)
