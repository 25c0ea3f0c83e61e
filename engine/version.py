"""Which numerics this is: a part of every trial's digest (`sweeps.digests`), so that results of others are not reused.

Raise it with every change after which some training gives other bits than before: in the order of a sum, a draw, a
formula, a default that stands for None. NumPy, BLAS and its kernel are not counted here; they are recorded per trial.
"""

NUMERICS = 5
