from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settings import PREFIX, Settings, SettingsError, from_environment, to_environment

DOCUMENTED = Path(__file__).parents[2] / "docs" / "settings.md"
PROCESS_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


def test_an_empty_environment_gives_the_defaults():
    assert from_environment({}) == Settings()
    assert from_environment({"BACKSWEEP_BLAS_KERNEL": "", "BACKSWEEP_LEASE_SECONDS": ""}) == Settings()


@settings(max_examples=50, deadline=None)
@given(PROCESS_TEXT, st.floats(1e-3, 1e9), st.integers(1, 10**12))
def test_settings_survive_the_environment(url, seconds, number):
    chosen = replace(Settings(), database_url=url, lease_seconds=seconds, max_trials=number)
    assert from_environment(to_environment(chosen)) == chosen


@pytest.mark.parametrize("text", ["soon", "-1", "0", "nan", "inf", "1e999", "1,5"])
def test_a_duration_that_is_none_names_its_variable_and_its_value(text):
    with pytest.raises(SettingsError, match="BACKSWEEP_LEASE_SECONDS must be a positive number") as raised:
        from_environment({"BACKSWEEP_LEASE_SECONDS": text})
    assert text in str(raised.value)


@pytest.mark.parametrize("text", ["three", "0", "-2", "1.5"])
def test_a_count_that_is_none_is_refused(text):
    with pytest.raises(SettingsError, match="BACKSWEEP_MAX_ATTEMPTS must be a positive whole number"):
        from_environment({"BACKSWEEP_MAX_ATTEMPTS": text})


def test_a_file_holds_a_secret_without_its_last_newline(tmp_path):
    (tmp_path / "url").write_text("postgresql://u:p@h/d\n")
    found = from_environment({"BACKSWEEP_DATABASE_URL_FILE": str(tmp_path / "url")})
    assert found.database_url == "postgresql://u:p@h/d"


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(SettingsError, match="BACKSWEEP_DATABASE_URL_FILE: cannot read"):
        from_environment({"BACKSWEEP_DATABASE_URL_FILE": str(tmp_path / "none")})


def test_every_setting_is_documented_with_its_default():
    text = DOCUMENTED.read_text()
    for entry in fields(Settings):
        default = f"`{entry.default}` " if entry.default != "" else ""
        assert f"| `{PREFIX}{entry.name.upper()}` | {default}|" in text
