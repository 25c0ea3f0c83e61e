"""Validates one section of a document against its pydantic model, faults in our words, every one with its path."""

from __future__ import annotations

from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sweeps.parsing.findings import Findings, nearest, shown

Section = TypeVar("Section", bound=BaseModel)


def section(model: type[Section], content: object, path: tuple[str, ...], findings: Findings) -> Section:
    """The section's values; where one is faulty it is reported and its default stands in.

    `content` None counts as empty: YAML writes an empty section so. Unknown keys are faults.
    """
    if content is None:
        content = {}
    if not isinstance(content, dict):
        findings.fault(path, f"must be an object, not {shown(content)}")
        return model()
    for key in content:
        if key not in model.model_fields:
            hint = nearest(key, model.model_fields)
            findings.fault((*path, key), f"is not known here{hint or '; known: ' + ', '.join(model.model_fields)}")
    content = {key: _whole(model, key, value) for key, value in content.items()}
    try:
        return model.model_validate(content)
    except ValidationError as error:
        details = error.errors(include_url=False)
    for one in details:
        findings.fault((*path, *one["loc"]), sentence(one))
    faulty = {one["loc"][0] for one in details}
    return model.model_validate({key: value for key, value in content.items() if key not in faulty})


def _whole(model: type[BaseModel], key: str, value: object) -> object:
    """3.0 as 3 where a whole number is asked for, as for hyperparameters; what is no whole number as it is."""
    field = model.model_fields.get(key)
    kinds = () if field is None else (get_args(field.annotation) or (field.annotation,))
    asked = int in kinds and float not in kinds
    return whole(value) if asked else value


def whole(value: object) -> object:
    """3.0 as 3, everything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def sentence(error: ErrorDetails) -> str:
    """A pydantic error as `must be ..., not ...`."""
    message = error["msg"].replace("Input should be", "must be")
    message = message.replace("a valid integer", "a whole number").replace("a valid number", "a number")
    message = message.replace("a valid string", "text").replace("greater than or equal to", "at least")
    message = message.replace("less than or equal to", "at most").replace("greater than", "above")
    if not message.startswith("must be"):
        return message[0].lower() + message[1:]
    return f"{message}, not {shown(error['input'])}"
