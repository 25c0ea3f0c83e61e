"""YAML to plain data, built from the parser's events without recursion.

PyYAML's own composer is not used: libyaml's recurses in C, so that two kilobytes of brackets end the process, and its
constructors expand aliases without bound. One document; no tags but `!!str`; no merge keys; keys are text.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from sweeps.errors import Fault, InvalidSweep, pointer
from sweeps.reading.document_checks import MOST_DEPTH
from sweeps.reading.yaml_building import Builder
from sweeps.reading.yaml_scalars import plain_value

TEXT_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})
CONTAINER_TAGS = frozenset({None, "!", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"})


def read_yaml(text: str) -> object:
    """The value of the one document; raises `InvalidSweep` naming line and column where the text is not YAML."""
    builder = Builder()
    try:
        for event in _events(text):
            _take(event, builder)
    except yaml.YAMLError as error:
        raise InvalidSweep([Fault(pointer(*builder.path), f"is not YAML: {_reason(error)}")]) from None
    return builder.document


def _events(text: str) -> Iterator[yaml.Event]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    yield from yaml.parse(text, Loader=loader)


def _take(event: yaml.Event, builder: Builder) -> None:
    if isinstance(event, yaml.ScalarEvent):
        builder.add(event.value if builder.expects_key else _scalar(event, builder), event.anchor)
    elif isinstance(event, yaml.AliasEvent):
        builder.add_alias(event.anchor)
    elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
        if event.tag not in CONTAINER_TAGS:
            raise builder.refusal(f"has the tag {event.tag}; tags are not understood")
        if builder.depth >= MOST_DEPTH:
            raise builder.refusal(f"is nested deeper than {MOST_DEPTH} levels")
        builder.open({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor)
    elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
        builder.close()
    elif isinstance(event, yaml.DocumentStartEvent):
        builder.begin_document()


def _scalar(event: yaml.ScalarEvent, builder: Builder) -> object:
    if event.tag in TEXT_TAGS:
        return event.value
    if event.tag is not None:
        raise builder.refusal(f"has the tag {event.tag}; tags are not understood")
    return plain_value(event.value) if event.implicit[0] else event.value


def _reason(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError):
        problem = error.problem or "unreadable"
        mark = error.problem_mark
        return problem if mark is None else f"{problem} at line {mark.line + 1}, column {mark.column + 1}"
    return " ".join(str(error).split())
