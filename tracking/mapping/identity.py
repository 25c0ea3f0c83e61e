"""Run ids that follow from what they stand for, so that sending twice, or from two trackers, meets the same run."""

from __future__ import annotations

from uuid import UUID, uuid5

_BACKSWEEP = UUID("6a0f2c1e-8f57-5d0b-9a51-0d5c7b1f4e23")  # drawn once; changing it would send everything anew


def sweep_key(uid: str) -> str:
    """32 hexadecimal digits for the sweep with this `uid`."""
    return uuid5(_BACKSWEEP, f"sweep/{uid}").hex


def trial_key(uid: str, number: int) -> str:
    """32 hexadecimal digits for trial `number` of the sweep with this `uid`.

    The last 8 are the number: trials of a job begin in the same instant, and MLflow lists such runs by their ids.
    """
    return uuid5(_BACKSWEEP, f"trials/{uid}").hex[:24] + f"{number:08x}"


def project_key(project: str) -> str:
    """32 hexadecimal digits for a project: its folder of artifacts."""
    return uuid5(_BACKSWEEP, f"project/{project}").hex


def input_key(*parts: str) -> str:
    """32 hexadecimal digits for a data set in an experiment, or for its use by a run."""
    return uuid5(_BACKSWEEP, "input/" + "/".join(parts)).hex


def model_key(trial: str, epoch: int) -> str:
    """32 hexadecimal digits for the network of the trial with this key at this epoch."""
    return uuid5(_BACKSWEEP, f"model/{trial}/{epoch}").hex
