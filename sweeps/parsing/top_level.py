"""The top level of a document: which keys there are, the name, the project and the method."""

from __future__ import annotations

from collections.abc import Mapping

from sweeps.parsing.findings import Findings, nearest, shown
from sweeps.parsing.schema import SweepDocument

# Keys of W&B's sweep files that say how to start a program, or decorate W&B's page: nothing here corresponds to them.
IGNORED = (
    "program",
    "command",
    "entity",
    "description",
    "apiVersion",
    "kind",
    "controller",
    "job",
    "job_type",
    "image_uri",
    "imageuri",
    "queue",
    "resource",
    "resource_args",
    "scheduler",
    "settings",
    "tags",
    "template_variables",
    "version",
    "wandb_version",
)
UNDERSTOOD = tuple(SweepDocument.model_fields)
METHODS = ("grid", "random", "bayes")
LONGEST_NAME = 250


def check_keys(document: Mapping[str, object], findings: Findings) -> None:
    """Report ignored keys; refuse unknown ones."""
    ignored = [key for key in document if key in IGNORED]
    if ignored:
        findings.note(f"Ignored, for nothing here corresponds to it: {', '.join(ignored)}.")
    for key in document:
        if key not in UNDERSTOOD and key not in IGNORED:
            hint = nearest(key, UNDERSTOOD)
            findings.fault((key,), f"is not a key of a sweep{hint or '; known: ' + ', '.join(UNDERSTOOD)}")


def title(key: str, default: str, document: Mapping[str, object], findings: Findings) -> str:
    """The name or the project: one line of text, at most `LONGEST_NAME` characters."""
    found = document.get(key)
    if found is None:
        findings.note(f"No {key} was given: {default}.")
        return default
    if not isinstance(found, str):
        findings.fault((key,), f"must be text, not {shown(found)}; put it in quotes")
        return default
    found = found.strip()
    if not 1 <= len(found) <= LONGEST_NAME or not found.isprintable():
        findings.fault((key,), f"must be one line of 1 to {LONGEST_NAME} characters")
    return found


def method(document: Mapping[str, object], findings: Findings) -> str:
    """How configurations are chosen: grid, random or bayes.

    After a fault the method that says least about the rest of the document.
    """
    found = document.get("method")
    if isinstance(found, str) and found in METHODS:
        return found
    if found is None:
        findings.fault(("method",), "is missing; write method: grid, random or bayes")
    else:
        hint = nearest(found, METHODS) if isinstance(found, str) else ""
        findings.fault(("method",), f"must be grid, random or bayes, not {shown(found)}{hint}")
    return "random"
