"""Trials of a plan that earlier sweeps have trained: said to the user, and taken over where the document wants it.

Pure; called by `results.writes.sweeps` and by previews. Only whole trainings are taken over: what was cut short by a
rule, a target or its user is trained again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sweeps.jobs import jobs_of
from sweeps.plan import Plan

if TYPE_CHECKING:
    from engine.data.catalog import DatasetFacts

SHOWN = 5  # sweeps named in the note


@dataclass(frozen=True)
class TrainedBefore:
    """`donors`: number of a planned trial -> key of the finished trial with the same results; `sweep_ids`: theirs."""

    donors: Mapping[int, int] = field(default_factory=dict)
    sweep_ids: tuple[int, ...] = ()


def reusing(plan: Plan, before: TrainedBefore, datasets: Mapping[str, DatasetFacts], workers: int = 2) -> Plan:
    """The plan with a note of what was trained before and, where its document says so, without training it again.

    Jobs are planned anew for the rest; what is taken over is grouped as it would be if it were trained, so that an
    extension can go on from there.
    """
    if not before.donors:
        return plan
    trials = sorted((one for job in plan.jobs for one in job.trials), key=lambda one: one.number)
    noted = replace(plan.spec, notes=(*plan.spec.notes, _note(before, len(trials), plan.spec.reuse)))
    if not plan.spec.reuse:
        return replace(plan, spec=noted)
    rest = jobs_of([one for one in trials if one.number not in before.donors], noted, datasets, workers)
    taken = jobs_of([one for one in trials if one.number in before.donors], noted, datasets, workers)
    numbered = tuple(replace(job, number=len(rest) + job.number) for job in taken)
    return replace(plan, spec=noted, jobs=rest, taken_over=numbered, donors=before.donors)


def _note(before: TrainedBefore, count: int, reuse: bool) -> str:
    were = "was" if len(before.donors) == 1 else "were"
    said = f"{len(before.donors):,} of {count:,} trials {were} trained before, in {_sweeps(before.sweep_ids)}"
    if reuse:
        return f"{said}, and {were} taken over."
    return f"{said}; `backsweep: {{reuse: true}}` takes {'it' if len(before.donors) == 1 else 'them'} over."


def _sweeps(ids: Sequence[int]) -> str:
    named = [str(one) for one in ids[:SHOWN]]
    if len(ids) > SHOWN:
        named.append(f"{len(ids) - SHOWN:,} more")
    if len(named) == 1:
        return f"sweep {named[0]}"
    return f"sweeps {', '.join(named[:-1])} and {named[-1]}"
