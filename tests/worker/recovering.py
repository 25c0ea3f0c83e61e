"""Recovery as the scheduler drives it, by a clock that passes as fast as a test wants."""

from itertools import count

from worker.recover import LOOKS, Watch, recover


def recover_silent(database, queue, settings):
    """Passes during which every worker is silent for its whole lease; what they did, the last pass last."""
    seconds = count(0.0, 1e9)
    watch = Watch(settings.lease_seconds, clock=lambda: next(seconds))
    return [recover(database, queue, settings, watch) for _ in range(LOOKS + 1)]


def recover_once(database, queue, settings):
    """A pass of a scheduler that has just started: it knows of nobody's silence."""
    return recover(database, queue, settings, Watch(settings.lease_seconds))
