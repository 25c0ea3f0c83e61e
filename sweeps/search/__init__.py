"""Adaptive searches: what to try next, given what came of what was tried. Pure; Optuna does the choosing."""
