"""The sweep's document as YAML: what was submitted, with what extensions made of it; it can be submitted again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    """Lists of plain values, and mappings of one or two entries to such, stay on one line, as people write them."""


def _sequence(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.Node:
    nested = any(isinstance(value, dict) for value in values)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=not nested)


def _mapping(dumper: yaml.SafeDumper, values: dict[str, Any]) -> yaml.Node:
    nested = any(isinstance(value, dict) for value in values.values())
    return dumper.represent_mapping("tag:yaml.org,2002:map", values, flow_style=not nested and len(values) <= 2)


_Dumper.add_representer(list, _sequence)
_Dumper.add_representer(dict, _mapping)


def sweep_file(document: Mapping[str, Any]) -> bytes:
    """The file, in UTF-8, keys in the document's order."""
    text = yaml.dump(dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text.encode()
