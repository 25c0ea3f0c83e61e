"""Where a stack keeps its databases: in its home, or where its options say."""

from backsweep.stack import services
from backsweep.stack.home import Home
from backsweep.stack.lifetime import _settings
from backsweep.stack.options import StackOptions

RESULTS, MLFLOW = "postgresql+psycopg://user@host/results", "postgresql+psycopg://user@host/mlflow"


def test_without_addresses_both_databases_are_files_in_the_home(tmp_path):
    home, options = Home(tmp_path), StackOptions(home=tmp_path)
    settings = _settings(options, home, "redis+socket:///redis.sock")
    assert settings.database_url == f"sqlite:///{tmp_path}/backsweep.db"
    assert settings.mlflow_tracking_uri == f"sqlite:///{tmp_path}/mlflow.db"


def test_databases_elsewhere_are_told_to_every_program(tmp_path, monkeypatch):
    monkeypatch.setenv("BACKSWEEP_DATABASE_URL", "sqlite:////not/this.db")
    home, options = Home(tmp_path), StackOptions(home=tmp_path, database_url=RESULTS, mlflow_uri=MLFLOW)
    settings = _settings(options, home, "redis+socket:///redis.sock")
    assert settings.database_url == RESULTS
    assert settings.mlflow_tracking_uri == MLFLOW
    assert services.environment(settings)["BACKSWEEP_DATABASE_URL"] == RESULTS
    assert services.environment(settings)["BACKSWEEP_MLFLOW_TRACKING_URI"] == MLFLOW


def test_addresses_which_may_hold_passwords_are_on_no_command_line(tmp_path):
    options = StackOptions(
        home=tmp_path, database_url="postgresql://u:secret@host/r", mlflow_uri="postgresql://u:secret@host/m"
    )
    commands = [services.api(options), services.worker("train"), services.mlflow_tables(), services.mlflow(options)]
    assert "secret" not in " ".join(part for command in commands for part in command)
