"""Makes worked-example.md and its pictures from real runs: `python docs/worked_example.py URL` of a running service.

Submits examples/depth.yaml, waits, and writes down what the service says of it: nothing on the page is by hand but the
sentences that introduce each part.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from backsweep import Client
from tracking.figures.bands import CostCurve
from tracking.figures.style import INK, QUIET, blank, png
from tracking.figures.sweep_curves import ConfigurationCurves, sweep_curves

DOCS = Path(__file__).parent
FILE = DOCS.parent / "examples" / "depth.yaml"
THE_SAME = ("dataset", "optimizer")  # throughout this sweep
Json = dict[str, Any]


def main(url: str) -> None:
    """Run it and write the page."""
    client = Client(url)
    sweep = client.wait(client.submit(FILE)["id"])
    comparison = client.comparison(sweep["id"])
    curves = list(client.curves(sweep["id"]))
    (DOCS / "pictures" / "worked-rates.png").write_bytes(_rates(comparison))
    (DOCS / "pictures" / "worked-curves.png").write_bytes(_curves(comparison, curves))
    page = _page(client, sweep, comparison)
    (DOCS / "worked-example.md").write_text(page)


def _page(client: Client, sweep: Json, comparison: Json) -> str:
    diagnosis = client.diagnosis(sweep["id"], limit=5)
    audit, importance = client.audit(sweep["id"]), client.importance(sweep["id"])
    trials = f"{sweep['trial_count']} networks, {sweep['configuration_count']} configurations under 5 seeds each"
    parts = [
        "# A worked example: depth, initialisation and learning rate on digits",
        "Made by `python docs/worked_example.py` from real runs of [examples/depth.yaml](../examples/depth.yaml): "
        f"{trials}. Every figure and every quoted sentence is the service's.",
        "## Which value won, and how sure is that?",
        "The first thing that `backsweep compare` prints, and `headline` of `GET /sweeps/{id}/comparison`:",
        "\n".join(_headline(sentence) for sentence in comparison["headline"]),
        "![Median best validation cost by learning rate, for each depth and initialisation](pictures/worked-rates.png)",
        "One line for each depth and initialisation. 0.9 is what a network reaches that ignores its input: points up "
        "there are stuck.",
        "![Cost curves of the best configurations with bands over seeds](pictures/worked-curves.png)",
        "## The best learning rate for every depth and initialisation",
        "By the roles in the file: for each scientific setting its best nuisance setting.",
        _isolation(comparison),
        "## Which hyperparameter mattered",
        _importance(importance),
        "## Was the search space right?",
        _audit(audit),
        "## Why the worst ones went badly",
        _diagnosis(diagnosis),
        "## Do it yourself",
        "    make up                                   # in another terminal\n"
        "    backsweep submit examples/depth.yaml --watch\n"
        "    backsweep compare 1\n"
        "    backsweep audit 1\n"
        "    backsweep diagnose 1",
    ]
    return "\n\n".join(parts) + "\n"


def _headline(sentence: str) -> str:
    """The sentence of one hyperparameter, its parts apart, as the command line prints it."""
    first, *rest = sentence.removesuffix(".").split("; ")
    return "\n".join([f"- **{first}**", *(f"  - {part}" for part in rest)])


def _label(values: Json) -> str:
    layers = "x".join(map(str, values["layers"]))
    return f"{layers}, {values['initialization'].replace('_normal', '')}"


def _rates(comparison: Json) -> bytes:
    """Cost against learning rate, a line for each depth and initialisation."""
    lines: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in comparison["configurations"]:
        spread = one["summary"]["best_validation_cost"]
        value = float("nan") if spread is None or spread["median"] is None else spread["median"]
        lines[_label(one["values"])].append((one["values"]["learning_rate"], value))
    figure, axes = blank("Best validation cost by learning rate", "digits, sigmoid, 30 epochs; medians of 5 seeds")
    axes.set_xscale("log")
    axes.set_yscale("log")
    colours = {"normal": "#d55e00", "glorot": "#0072b2", "he": "#008f6b"}
    styles = {1: "-", 2: "--", 3: ":"}
    for name, points in lines.items():
        points.sort()
        depth, start = name.split(", ")[0].count("x") + 1, name.split(", ")[1]
        rates, costs = zip(*points, strict=True)
        axes.plot(rates, costs, styles[depth], color=colours[start], linewidth=1.8, marker="o", markersize=4)
    axes.set_xlabel("learning rate", color=QUIET)
    axes.minorticks_off()
    tried = sorted({rate for points in lines.values() for rate, _ in points})
    axes.set_xticks(tried, [f"{rate:g}" for rate in tried])
    axes.set_yticks([0.05, 0.1, 0.2, 0.5, 1.0], ["0.05", "0.1", "0.2", "0.5", "1"])
    for start, colour in colours.items():
        axes.plot([], [], color=colour, label=start)
    for depth, style in styles.items():
        axes.plot([], [], style, color=INK, label=f"{depth} layer{'s' if depth > 1 else ''}")
    legend = axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False, fontsize=9.5)
    for text in legend.get_texts():
        text.set_color(QUIET)
    return png(figure)


def _curves(comparison: Json, curves: list[Json]) -> bytes:
    replicates = defaultdict(list)
    for one in curves:
        replicates[one["configuration_number"]].append(CostCurve(one["epoch"], one["validation_cost"]))
    ranked = [
        ConfigurationCurves(
            f"{_label(one['values'])}, rate {one['values']['learning_rate']:g}", replicates[one["configuration_number"]]
        )
        for one in comparison["configurations"]
    ]
    return sweep_curves(
        "The five best of 54 configurations",
        "Validation cost. Line: median of 5 seeds; band: lowest to highest. Grey: the others",
        "layers, start, rate",
        ranked,
    )


def _isolation(comparison: Json) -> str:
    found = comparison["isolation"]
    rows = [
        [_setting(one["values"]), _setting(one["best"]), _median(one["loss"]), _number(one["held_out_loss"])]
        for one in found["settings"]
    ]
    table = _table(["setting", "best nuisance setting", "median best cost", "held-out"], rows)
    held = found["held_out_winner"]
    same = "the same" if held == found["winner"] else f"another, {_setting(held)}: too close to call"
    return f"{table}\n\nThe winner by seeds it was not chosen on is {same}."


def _importance(found: Json) -> str:
    rows = [[one["name"], f"{one['fanova']:.2f}", f"{one['ped_anova']:.2f}"] for one in found["hyperparameters"]]
    table = _table(["hyperparameter", "fANOVA", "PED-ANOVA"], rows)
    return "\n\n".join([table, *(f"> {note}" for note in found["notes"])])


def _audit(found: Json) -> str:
    rows = [
        [
            _setting(one["setting"]),
            _number(one["lowest"]),
            _number(one["highest"]),
            _number(one["stuck_to"]),
            _number(one["diverges_from"]),
            _number(one["best"]),
        ]
        for one in found["learning_rates"]
    ]
    heads = ["setting", "works from", "to", "stuck up to", "diverges from", "best"]
    rates = f"Learning rates that converge, for each initialisation and depth:\n\n{_table(heads, rows)}"
    return "\n\n".join([rates, *(f"> {note}" for note in found["notes"])])


def _diagnosis(found: Json) -> str:
    parts = []
    for one in found["diagnoses"]:
        said = "\n".join(f"- {finding['sentence']}" for finding in one["findings"]) or f"- {one['note'] or 'nothing'}"
        advice = f"\n- *To try*: {_setting(one['advice'])}" if one["advice"] else ""
        parts.append(f"**Configuration {one['configuration_number']}** ({one['outcome']}):\n\n{said}{advice}")
    return "\n\n".join(parts)


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _setting(values: Json | None) -> str:
    told = {name: value for name, value in (values or {}).items() if value is not None and name not in THE_SAME}
    return ", ".join(f"{name} {value}" for name, value in told.items())


def _median(spread: Json | None) -> str:
    return _number(None if spread is None else spread["median"])


def _number(value: Any) -> str:
    return "-" if value is None else f"{value:.3g}"


if __name__ == "__main__":
    main(sys.argv[1])
