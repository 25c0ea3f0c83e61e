"""The figures as tables: the aims, what each program took, and how undisturbed the machine was."""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks.service.bare import Alone
from benchmarks.service.course import Course
from benchmarks.service.watching import OURS
from benchmarks.service.weighing import Program

Row = tuple[str, str, str]


def page(found: dict[str, Any]) -> str:
    """Everything that was measured, a section for each kind of database."""
    made = (
        f"{found['trials']:,} trials of 50 epochs, digits 64-32-10, batch size 32, {found['workers']} cores, "
        f"{len(found['alone'])} interleaved rounds; made by `python -m benchmarks.service --write`. Figures are "
        "medians, lowest and highest in brackets; ratios are taken round by round."
    )
    parts = [made]
    for name, through in found["through"].items():
        parts += [f"### {name}", _aims(found, through, found["crowd"].get(name)), _programs(through, "the sweep")]
        if name in found["crowd"]:
            parts.append(_programs([found["crowd"][name]], f"{found['tiny']:,} tiny trials"))
    parts += [f"{name} was left out: {reason}." for name, reason in found["left_out"].items()]
    return "\n\n".join(parts) + "\n"


def _aims(found: dict[str, Any], through: list[Course], crowd: Course | None) -> str:
    rows = _of_the_sweep(found["alone"], through)
    if crowd is not None:
        rows += _of_the_crowd(f"{found['tiny']:,} tiny trials", crowd)
    lines = [f"| {name} | {aim} | {value} |" for name, aim, value in rows]
    return "\n".join(["| | aim | measured |", "|---|---|---|", *lines])


def _of_the_sweep(alone: list[Alone], through: list[Course]) -> list[Row]:
    pairs = list(zip(through, alone, strict=True))
    metrics = f"{through[0].metrics:,}"
    return [
        ("engine alone, seconds", "", _span([one.seconds for one in alone])),
        ("start of the stack, until it serves, seconds", "", _span([one.start_up for one in through])),
        ("POST to answer, seconds", "", _span([one.answered for one in through])),
        ("POST to last row in SQL, over the engine alone", "<= 1.3", _span([c.in_sql / a.seconds for c, a in pairs])),
        (
            f"POST to last of {metrics} metrics in MLflow, likewise",
            "<= 1.6",
            _span([c.in_mlflow / a.seconds for c, a in pairs]),
        ),
        ("MLflow after SQL, seconds", "<= 2", _span([one.in_mlflow - one.in_sql for one in through])),
        (
            "processor time of the worker, over the engine alone",
            "",
            _span([c.programs["worker"].seconds / a.processor for c, a in pairs]),
        ),
        ("processor time of all programs, likewise", "", _span([_spent(c) / a.processor for c, a in pairs])),
        ("API latency meanwhile, p50, ms", "", _span([1000 * one.p50 for one in through])),
        ("API latency meanwhile, p99, ms", "", _span([1000 * one.p99 for one in through])),
        ("taken meanwhile by other programs, % of the cores", "", _span([100 * one.others for one in through])),
    ]


def _of_the_crowd(name: str, crowd: Course) -> list[Row]:
    watched = {key: one for key, one in crowd.programs.items() if key != OURS}
    most = max(watched, key=lambda key: watched[key].growth)
    growth = f"{_megabytes(watched[most].growth)} ({most})"
    return [
        (f"{name}: API latency, p50 and p99, ms", "p99 < 250", f"{1000 * crowd.p50:.0f} and {1000 * crowd.p99:.0f}"),
        ("the same: largest growth of a process, MB", "< 50", growth),
        ("the same: POST to SQL / to MLflow, seconds", "", f"{crowd.in_sql:.1f} / {crowd.in_mlflow:.1f}"),
        ("the same: taken by other programs, % of the cores", "", f"{100 * crowd.others:.0f}"),
    ]


def _programs(courses: list[Course], name: str) -> str:
    names = sorted({key for one in courses for key in one.programs}, key=lambda key: (key == OURS, key))
    head = f"| in {name} | processes | peak of the largest, MB | growth, MB | together, MB | processor seconds |\n"
    lines = [_program(key, [one.programs[key] for one in courses if key in one.programs]) for key in names]
    return head + "|---|---|---|---|---|---|\n" + "\n".join(lines)


def _program(name: str, found: list[Program]) -> str:
    memory = [
        _megabytes(max(one.peak for one in found)),
        _megabytes(max(one.growth for one in found)),
        _megabytes(max(one.together for one in found)),
    ]
    cells = [name, str(max(one.processes for one in found)), *memory, f"{median(one.seconds for one in found):.2f}"]
    return f"| {' | '.join(cells)} |"


def _spent(one: Course) -> float:
    return sum(program.seconds for name, program in one.programs.items() if name != OURS)


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.0f}"


def _span(values: list[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"
