"""Bytes to plain data: a sweep's document, from JSON or YAML. Called by the API before `sweeps.parsing.sweep.parse`.

Refuses what JSON's and YAML's own readers let through: numbers that are not finite, a key that stands twice,
nesting beyond `MOST_DEPTH`, text that no database stores; and what they break on (nesting bombs, alias bombs).
"""

from __future__ import annotations

from sweeps.errors import Fault, InvalidSweep, UnknownMediaType
from sweeps.reading.document_checks import faults_of
from sweeps.reading.json_reading import read_json
from sweeps.reading.yaml_reading import read_yaml

JSON_TYPES = frozenset({"application/json", "text/json"})
YAML_TYPES = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/vnd.yaml"})
# What clients send that were not told: curl's default among them. The first character decides.
UNSAID_TYPES = frozenset({"", "text/plain", "application/octet-stream", "application/x-www-form-urlencoded"})


def read(text: bytes, media_type: str) -> object:
    """The document as dicts, lists, text, finite numbers, booleans and None.

    `media_type` is a Content-Type; its parameters are ignored. Raises `InvalidSweep` with every fault found, or its
    subclass `UnknownMediaType`.
    """
    decoded = _decoded(text)
    document = read_json(decoded) if _is_json(decoded, media_type) else read_yaml(decoded)
    faults = faults_of(document)
    if faults:
        raise InvalidSweep(faults)
    return document


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidSweep([Fault("", f"is not UTF-8 text: byte {error.start} cannot be read")]) from None


def _is_json(decoded: str, media_type: str) -> bool:
    kind = media_type.split(";")[0].strip().lower()
    if kind in JSON_TYPES or kind.endswith("+json"):
        return True
    if kind in YAML_TYPES or kind.endswith("+yaml"):
        return False
    if kind in UNSAID_TYPES:
        return decoded.lstrip()[:1] in {"{", "["}
    raise UnknownMediaType([Fault("", f"{kind} is neither application/json nor application/yaml")])
