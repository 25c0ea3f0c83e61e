"""A stack's life: checked, started in order, watched, stopped. Called by the commands `up` and `demo`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from backsweep.stack import broker, ports, readiness, services
from backsweep.stack.broker import Broker
from backsweep.stack.errors import ChildDied, DatabaseRefused, NotReady, StackError
from backsweep.stack.group import Child, ProcessGroup
from backsweep.stack.home import Home, occupied
from backsweep.stack.options import StackOptions
from backsweep.stack.signals import ignored, interrupting
from results import schema
from results.errors import ResultsError
from results.sqlite import fold_log
from settings import Settings, SettingsError, from_environment

Say = Callable[[str], None]


class Stack:
    """The programs of a stack; made and started by `running`."""

    def __init__(self, options: StackOptions, home: Home, settings: Settings, broker: Broker, say: Say) -> None:
        self.options, self.home, self.settings, self.broker = options, home, settings, broker
        self.api_url, self.mlflow_url = options.api_url, options.mlflow_url
        self._environment = services.environment(settings)
        self._group: ProcessGroup | None = None
        self._say = say

    def watch(self) -> None:
        """Start again what has died, to be called about twice a second; raises `ChildDied` for what keeps dying."""
        if self._group is not None:
            self._group.restart_dead(self._say)

    def check(self) -> None:
        """Raise `ChildDied` when a child has died: while the stack starts, its first words are what users need."""
        if self._group is not None:
            self._group.check()

    def stop(self) -> None:
        """End every child and fold the logs of the databases into them; the second time there is nothing to do."""
        if self._group is not None:
            with ignored():
                self._group.stop()
                for database in (self.home.database, self.home.mlflow_database):
                    fold_log(database)
            self._group = None

    def start(self) -> None:
        """Start everything, and return when API and MLflow serve; raises `StackError`."""
        self._group, say = ProcessGroup(), self._say
        say(f"starting the API and the workers; messages go through {self.broker.name} ...")
        if self.broker.socket is not None:
            redis = self._run("redis", list(self.broker.command))
            readiness.wait_for_file(redis, self.broker.socket, self.check)
        _upgrade(self.settings.database_url)
        api = self._run("api", services.api(self.options))
        self._run("train", services.worker("train", "--concurrency", str(self.options.workers)))
        self._run("beat", services.worker("beat"))
        say("starting MLflow ...")
        mlflow = self._mlflow(say)
        self._run("track", services.worker("track"))
        readiness.wait_for(api, f"{self.api_url}/readyz", self.check)
        if mlflow is not None:
            address = f"{self.mlflow_url}/api/2.0/mlflow/experiments/search?max_results=1"
            try:
                readiness.wait_for(mlflow, address, self.check)
            except NotReady as error:
                say(f"{error}; trainings go on")

    def _mlflow(self, say: Say) -> Child | None:
        """The MLflow server; None, with a line that says so, where its database cannot serve: nothing waits for it."""
        try:
            self._finish("mlflow-tables", services.mlflow_tables())
        except ChildDied as error:
            say(f"MLflow does not start ({error.said or error.ended}; see {error.log}); trainings go on without it")
            return None
        return self._run("mlflow", services.mlflow(self.options))

    def _run(self, name: str, command: list[str]) -> Child:
        assert self._group is not None
        return self._group.start(name, command, self._environment, self.home.log(name))

    def _finish(self, name: str, command: list[str]) -> None:
        assert self._group is not None
        self._group.finish(name, command, self._environment, self.home.log(name))


@contextmanager
def running(options: StackOptions, say: Say = lambda line: None) -> Iterator[Stack]:
    """A stack that serves, for as long as the block lasts; raises `StackError`.

    `say` gets a line before each step that takes time, and when a program has died and is started again. SIGTERM and
    SIGHUP end the block as Ctrl-C does, by KeyboardInterrupt. However it ends, every child has ended afterwards.
    """
    broker.choose(options.broker)
    services.require_shared_memory()
    ports.require_free(options.host, options.port, "--port")
    ports.require_free(options.host, options.mlflow_port, "--mlflow-port")
    with interrupting(), occupied(options.home) as home, broker.prepared(options.broker, home) as serving:
        stack = Stack(options, home, _settings(options, home, serving.address), serving, say)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


def _settings(options: StackOptions, home: Home, broker_url: str) -> Settings:
    """The user's settings, but everything has its place in the home, or in the databases that the options name."""
    try:
        of_user = from_environment()
    except SettingsError as error:
        raise StackError(str(error)) from error
    return replace(
        of_user,
        database_url=options.database_url or home.database_url,
        broker_url=broker_url,
        mlflow_tracking_uri=options.mlflow_uri or home.mlflow_uri,
        mlflow_artifacts_root=str(home.artifacts),
        mlflow_ui_url=options.mlflow_url,
        allowed_hosts=",".join((*of_user.hosts(), *services.host_names(options))),
    )


def _upgrade(database_url: str) -> None:
    try:
        schema.upgrade(database_url)
    except ResultsError as error:
        raise DatabaseRefused(str(error)) from error
