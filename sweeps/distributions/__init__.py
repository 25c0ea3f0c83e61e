"""Distributions that a random search draws hyperparameters from: one per file, by name in `catalog`."""
