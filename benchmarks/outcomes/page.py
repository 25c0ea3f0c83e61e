"""The page docs/outcomes-measured.md, from what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.outcomes.fits import Coverage
from benchmarks.outcomes.measuring import LENGTHS, NOISES, CauseCount, Cell, matrix, right_share
from comparison.outcome import Outcome

PAGE = Path(__file__).parents[2] / "docs" / "outcomes-measured.md"
OPENING = """# How often the outcomes are right

Made by `python -m benchmarks.outcomes --write`; the rules are explained in [outcomes.md](outcomes.md). Everything is
seeded: the same program gives the same page.
"""
SYNTHETIC = """## Synthetic curves of known kind

{curves} curves of each of the 7 kinds at every noise and length, {total:,} in all. The kinds are drawn clear of their
borders (`benchmarks/outcomes/synthetic.py` says how); the noise is a factor exp(noise x normal) on every cost,
independent from epoch to epoch. They have no gradient norm. **{share:.1%}** got the word of their kind; of those with
at most 3 % noise **{quiet:.1%}**.

Shares that got the word of their kind, by noise and epochs:
"""
MATRICES = """### Confusion matrices

In percent; rows are kinds, columns are words. Lengths are pooled for each noise, then noises for each length.
"""
REAL = """## Trainings whose cause was set up

{count} trainings with this engine, {seeds} seeds of each setting and rate (`benchmarks/outcomes/causes.py` lists them).
What words are right for a cause was fixed before they ran; the thresholds of the rules were set while looking at some
of these settings under seeds 1 and 2. **{share:.1%}** got a right word.

| cause | right | trainings | right words | all words |
|---|---|---|---|---|
"""
FITS = """## Fits of known curves

Exponentials and power laws with noise, {curves} of each kind, noise and length (`benchmarks/outcomes/fits.py`); in
percent: how many fits were believed, and of those, how many 95 % intervals held what the curve was made of.

| model | noise | epochs | believed | rate held | asymptote held |
|---|---|---|---|---|---|
"""


def page(found: Sequence[Cell], counted: Sequence[CauseCount], seeds: int, covered: Sequence[Coverage] = ()) -> str:
    """The whole page, Markdown."""
    curves = found[0].words[Outcome.STUCK].total()
    quiet = right_share([cell for cell in found if cell.noise <= 0.03])
    total = curves * len(Outcome) * len(found)
    parts = [OPENING, SYNTHETIC.format(curves=curves, total=total, share=right_share(found), quiet=quiet)]
    parts += [_shares(found), MATRICES, *_matrices(found), _causes(counted, seeds)]
    parts += [_fits(covered)] if covered else []
    return "\n".join(parts).rstrip() + "\n"


def _shares(found: Sequence[Cell]) -> str:
    rows = [_row("noise", "epochs", *(_name(kind) for kind in Outcome)), "|---" * (2 + len(Outcome)) + "|"]
    for cell in found:
        shares = (_percent(words[kind], words.total()) for kind, words in cell.words.items())
        rows.append(_row(f"{100 * cell.noise:g} %", cell.epochs, *shares))
    return "\n".join(rows) + "\n"


def _matrices(found: Sequence[Cell]) -> list[str]:
    pooled = [(f"Noise {100 * noise:g} %", [cell for cell in found if cell.noise == noise]) for noise in NOISES]
    pooled += [(f"{epochs} epochs", [cell for cell in found if cell.epochs == epochs]) for epochs in LENGTHS]
    return [_matrix(title, chosen) for title, chosen in pooled]


def _matrix(title: str, chosen: Sequence[Cell]) -> str:
    rows = [_row(title, *(_name(word) for word in Outcome)), "|---" * (1 + len(Outcome)) + "|"]
    for kind, words in matrix(chosen).items():
        rows.append(_row(_name(kind), *(_percent(words[word], words.total()) for word in Outcome)))
    return "\n".join(rows) + "\n"


def _causes(counted: Sequence[CauseCount], seeds: int) -> str:
    count = sum(one.words.total() for one in counted)
    share = sum(one.right for one in counted) / count
    rows = [
        _row(
            one.cause.name,
            " or ".join(_name(word) for word in Outcome if word in one.cause.right),
            one.words.total(),
            one.right,
            ", ".join(f"{_name(word)} {times}" for word, times in one.words.most_common()),
        )
        for one in counted
    ]
    return REAL.format(count=count, seeds=seeds, share=share) + "\n".join(rows) + "\n"


def _fits(covered: Sequence[Coverage]) -> str:
    rows = [
        _row(
            one.model,
            f"{100 * one.noise:g} % of {'the cost' if one.proportional else 'the amplitude'}",
            one.epochs,
            _percent(one.believed, one.curves),
            _percent(one.rates, one.believed),
            _percent(one.asymptotes, one.believed),
        )
        for one in covered
    ]
    return FITS.format(curves=covered[0].curves) + "\n".join(rows) + "\n"


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _percent(count: int, of: int) -> str:
    """Nothing for none, so that the eye finds the rest."""
    return f"{100 * count / of:.3g}" if count else ""


def _name(kind: Outcome) -> str:
    return kind.value.replace("_", " ")
