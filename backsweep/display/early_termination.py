"""What early termination did, line by line, with a table of the check epochs."""

from __future__ import annotations

from typing import Any

from backsweep.display.console import console, table
from backsweep.display.values import MISSING, number, share

Json = dict[str, Any]


def show_early_termination(found: Json) -> None:
    """Print it."""
    out = console()
    out.print(f"Sweep {found['sweep_id']}: early termination", style="bold")
    if found["rule"]:
        for name, text in _facts(found).items():
            out.print(f"  {name:<11} {text}")
    if found["checks"]:
        out.print()
        out.print(_checks(found))
    for note in found["notes"]:
        out.print(f"Note: {note}")


def rule_text(rule: Json) -> str:
    """Such as hyperband (min_iter 3, eta 3) at epochs 3, 9, 27; 10% audited."""
    given = ", ".join(
        f"{name} {_shown(value)}" for name, value in rule["settings"].items() if value not in (None, False)
    )
    epochs = rule["check_epochs"]
    listed = ", ".join(map(str, epochs[:8])) + (f", ... {epochs[-1]}" if len(epochs) > 8 else "")
    return f"{rule['type']} ({given}) at epochs {listed or MISSING}; {share(rule['audit'])} audited"


def _facts(found: Json) -> Json:
    audit = found["audit"]
    facts = {
        "rule": rule_text(found["rule"]),
        "stopped": f"{audit['stopped']} trials; {audit['audited']} of them ran to their end to be audited",
        "saved": f"{found['epochs_saved']:,} of {found['epochs_planned']:,} epochs ({share(found['saved_share'])});"
        f" the audit took {found['epochs_audited']:,}",
    }
    if audit["audited"]:
        low, high = share(audit["rate_low"]), share(audit["rate_high"])
        facts["false kills"] = (
            f"{audit['killed']} of {audit['audited']} audited trials ended in the sweep's best tenth"
            f" ({share(audit['false_kill_rate'])}, 95% interval {low} to {high})"
        )
        facts["missed"] = f"an estimated {share(audit['best_stopped_share'])} of the best tenth is stopped"
    return facts


def _checks(found: Json) -> Any:
    made = table(">epoch", ">judged", ">stopped", ">audited", ">threshold")
    last = {one["epoch"]: one["threshold"] for one in sorted(found["decisions"], key=lambda one: one["decided_at"])}
    for one in found["checks"]:
        counts = (str(one[name]) for name in ("epoch", "judged", "stopped", "audited"))
        made.add_row(*counts, number(last.get(one["epoch"])))
    return made


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).lower()
