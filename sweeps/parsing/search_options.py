"""How an adaptive search proposes, and the metric it weighs against the first. Called by `sweeps.parsing.sweep`."""

from __future__ import annotations

from collections.abc import Mapping

from sweeps.parsing.findings import Findings
from sweeps.parsing.metric_section import metric_of
from sweeps.parsing.schema import BacksweepSection
from sweeps.search.names import OF_TWO_METRICS, lacking
from sweeps.spec import Metric

PATH = ("backsweep", "search")
PATH_OF_SECOND = ("backsweep", "second_metric")


def search_of(method: str, chosen: BacksweepSection, findings: Findings) -> str | None:
    """The name of the search for method bayes, or None for the others."""
    if method != "bayes":
        method_is_known = all(fault.pointer != "/method" for fault in findings.faults)
        for path, given in ((PATH, chosen.search), (PATH_OF_SECOND, chosen.second_metric)):
            if given is not None and method_is_known:
                findings.fault(path, f"is for method: bayes; a {method} sweep does not learn from its results")
        return None
    two = chosen.second_metric is not None
    search = chosen.search or (OF_TWO_METRICS if two else "tpe")
    if chosen.search is None:
        findings.note(f"No search was given under backsweep: {search}.")
    if two and search != OF_TWO_METRICS:
        findings.fault(PATH, f"{search} follows one metric; {OF_TWO_METRICS} weighs two")
    if not two and search == OF_TWO_METRICS:
        findings.fault(PATH_OF_SECOND, f"is missing; {search} weighs a second metric against the first")
    package = lacking(search)
    if package is not None:
        findings.fault(PATH, f"{search} needs the package {package}, which is not installed; tpe needs none")
    return search


def second_metric(
    document: Mapping[str, object], search: str | None, first: Metric, findings: Findings
) -> Metric | None:
    """The second metric, where the search weighs two."""
    section = document.get("backsweep")
    content = section.get("second_metric") if isinstance(section, dict) else None
    if content is None or search != OF_TWO_METRICS:
        return None
    found = metric_of(content, PATH_OF_SECOND, findings)
    if found.name == first.name:
        findings.fault((*PATH_OF_SECOND, "name"), f"is the first metric, {found.name}, again")
    if found.target is not None:
        findings.fault((*PATH_OF_SECOND, "target"), "is not for a second metric; only metric.target ends a sweep")
    return found
