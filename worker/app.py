"""The Celery application: made by `worker.program` from settings; importing this connects to nothing.

Messages only wake up (worker.queue), so they are acknowledged early and nothing is kept: no results, no events, no
remote control. What is lost with the broker is sent again by recovery.
"""

from __future__ import annotations

from typing import Any

from celery import Celery

from settings import Settings
from worker import broker, lifecycle
from worker.queue import ROUTES


def create_app(settings: Settings) -> Celery:
    """The application of one worker or scheduler."""
    app = Celery("backsweep", include=["worker.tasks"])
    app.conf.update(_MESSAGES | _BROKER | _WORKER)
    app.conf.update(broker.celery_settings(settings.broker_url, _TRANSPORT))
    if broker.is_folder(settings.broker_url):
        app.conf.worker_disable_prefetch = False  # Celery has it for Redis only, and says so at every start
    lifecycle.connect(settings)
    return app


_MESSAGES: dict[str, Any] = {
    "task_routes": ROUTES,
    "task_acks_late": False,
    "task_ignore_result": True,
    "result_backend": None,
    "accept_content": ["json"],
    "task_serializer": "json",
    "enable_utc": True,
    "timezone": "UTC",
}
_BROKER: dict[str, Any] = {
    "broker_connection_retry": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "task_publish_retry_policy": {"max_retries": 0},
}
_TRANSPORT: dict[str, Any] = {
    # redis-py's own 5 s would break longer blocking reads; without any, a frozen Redis blocks for ever.
    "socket_timeout": 15,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
_WORKER: dict[str, Any] = {
    "worker_prefetch_multiplier": 1,
    "worker_disable_prefetch": True,
    "worker_pool_start_method": "fork",  # worker.stopping is memory that forks share
    "worker_max_tasks_per_child": 200,
    "worker_max_memory_per_child": 2_000_000,  # KiB
    "worker_soft_shutdown_timeout": 5.0,  # on SIGQUIT; SIGTERM has every job handed back
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "worker_enable_remote_control": False,
    "worker_send_task_events": False,
    "worker_hijack_root_logger": True,
}
