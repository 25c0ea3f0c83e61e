"""Reading the query string: what every address refuses before its own model looks at the values.

A parameter given twice, text that a database cannot hold, and any parameter at an address that takes none.
"""

from __future__ import annotations

from flask import current_app, request

from api.problems import InputFault, Problem, counted


def check() -> None:
    """Refuse what no address reads; runs before every request and raises `Problem` 422.

    Where there is no address, or not for this method, that is the answer (404, 405), not its query.
    """
    if request.routing_exception is not None:
        return
    faults = [
        InputFault(reason, parameter=_printable(name))
        for name, values in request.args.lists()
        if (reason := _reason(name, values)) is not None
    ]
    if faults:
        raise Problem(422, counted(tuple(faults), "query"), "invalid-query", faults=tuple(faults))


def _reason(name: str, values: list[str]) -> str | None:
    if not _takes_queries():
        return "is not a parameter of this address"
    if len(values) > 1:
        return "is given more than once"
    if any(not _storable(text) for text in (name, *values)):
        return "holds a NUL character or half a surrogate pair"
    return None


def _takes_queries() -> bool:
    """Whether the view declared a model of its query (`@blueprint.input(..., location="query")`)."""
    view = current_app.view_functions.get(request.endpoint or "")
    declared = getattr(view, "_spec", {}).get("args") or ()
    return any(location == "query" for _, location in declared)


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _printable(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode("ascii")
