"""Bodies about early termination: the rule, what it decided, what it saved and what that cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict
from typing import Any, Literal

from pydantic import Field, JsonValue

from api.models.base import Body, Count, Key, Moment, Real
from comparison.audit import Audit, FullRun, audit
from comparison.judging import judge
from comparison.results import TrialResult
from results.reads.early_termination import Decision, Stopping
from results.values import SweepView
from sweeps.early_termination.policy import Policy
from sweeps.states import State


class RuleBody(Body):
    """A rule of early termination, as it was asked for."""

    type: str = Field(examples=["hyperband"])
    settings: dict[str, JsonValue] = Field(description="its keys, defaults included")
    audit: float = Field(description="share of the trials it stops that run to their end all the same")
    check_epochs: list[Count] = Field(description="epochs at which the longest trials are judged")


class DecisionBody(Body):
    """What was decided of a trial at a check epoch; it is never decided again."""

    trial_id: Key
    number: Count = Field(description="the trial's place in the sweep")
    epoch: Count
    rule: str
    value: Real = Field(description="the metric's value that was judged")
    threshold: Real = Field(description="what it was held against, where the rule has a threshold")
    verdict: Literal["continue", "stop"]
    audited: bool = Field(description="whether it went on although the verdict was stop")
    decided_at: Moment


class CheckBody(Body):
    """A check epoch: how many trials were judged there, and what became of them."""

    epoch: Count
    judged: Count
    stopped: Count = Field(description="verdicts to stop, the audited ones included")
    audited: Count


class AuditBody(Body):
    """Whether the rule stops good trials, judged on those that ran to their end all the same."""

    measure: str = Field(description="the number that says which trials are best")
    stopped: Count = Field(description="trials that the rule stops, the audited ones included")
    audited: Count = Field(description="of them, those that ran to their end")
    killed: Count = Field(description="of the audited, those that ended in the best tenth of the sweep")
    false_kill_rate: Real = Field(description="killed / audited")
    rate_low: Real = Field(description="lower end of its exact 95 % interval")
    rate_high: Real = Field(description="upper end")
    best_stopped_share: Real = Field(description="estimated share of the best tenth that the rule stops")


class EarlyTerminationBody(Body):
    """What early termination did in a sweep."""

    sweep_id: Key
    sweep_state: State
    rule: RuleBody | None = Field(description="null: the sweep has none")
    epochs_planned: Count = Field(description="epochs of all trials if none ended early")
    epochs_recorded: Count = Field(description="epochs of all trials so far")
    epochs_saved: Count = Field(description="epochs that pruned trials did not train")
    saved_share: float = Field(description="epochs_saved / epochs_planned")
    epochs_audited: Count = Field(description="epochs that audited trials trained after they would have been stopped")
    checks: list[CheckBody]
    audit: AuditBody
    notes: list[str] = Field(description="what to know before trusting the figures")
    decisions: list[DecisionBody] = Field(description="by epoch, then by trial")


def rule_of(policy: Policy | None, lengths: Collection[int]) -> RuleBody | None:
    """The rule of a sweep whose trials have these numbers of epochs."""
    if policy is None:
        return None
    checks = policy.rule.check_epochs(max(lengths, default=0))
    given: dict[str, Any] = asdict(policy.rule)  # type: ignore[call-overload]
    return RuleBody(type=policy.rule.name, settings=given, audit=policy.audit, check_epochs=list(checks))


def early_termination_of(sweep: SweepView, found: Stopping, results: Collection[TrialResult]) -> EarlyTerminationBody:
    """All that is known of it; `results`: those of all trials of the sweep."""
    ends = [one for one in found.decisions if one.verdict == "stop"]
    pruned = [one for one in ends if not one.audited and one.state is State.PRUNED]
    saved = sum(one.epochs_planned - one.epochs_recorded for one in pruned)
    judged_by = judge(sweep.metric_name, sweep.metric_goal)
    audited = {one.trial_id for one in ends if one.audited}
    runs = [FullRun(judged_by.loss(one), one.trial_id in audited) for one in results if one.state == State.FINISHED]
    cost = audit(runs, len({one.trial_id for one in ends}))
    return EarlyTerminationBody(
        sweep_id=sweep.id,
        sweep_state=sweep.state,
        rule=rule_of(found.policy, found.lengths),
        epochs_planned=found.epochs_planned,
        epochs_recorded=found.epochs_recorded,
        epochs_saved=saved,
        saved_share=saved / found.epochs_planned if found.epochs_planned else 0.0,
        epochs_audited=sum(max(0, one.epochs_recorded - one.epoch) for one in ends if one.audited),
        checks=list(_checks(found.decisions)),
        audit=AuditBody.model_validate({"measure": judged_by.measure} | asdict(cost)),
        notes=list(_notes(sweep, found, cost, judged_by.note)),
        decisions=[DecisionBody.model_validate(one) for one in found.decisions],
    )


def _checks(decisions: Collection[Decision]) -> Iterator[CheckBody]:
    judged = Counter(one.epoch for one in decisions)
    stopped = Counter(one.epoch for one in decisions if one.verdict == "stop")
    audited = Counter(one.epoch for one in decisions if one.audited)
    for epoch in sorted(judged):
        yield CheckBody(epoch=epoch, judged=judged[epoch], stopped=stopped[epoch], audited=audited[epoch])


def _notes(sweep: SweepView, found: Stopping, cost: Audit, note: str | None) -> Iterator[str]:
    if found.policy is None:
        yield "The sweep has no early termination: every trial runs to its end."
        return
    if sweep.finished_at is None:
        yield "The sweep has not ended: the figures are of what there is."
    if note:
        yield note
    yield from cost.notes
