"""Errors of the engine: each carries its facts, its message says the mend."""


class EngineError(Exception):
    """Base of all errors the engine raises on purpose."""


class InvalidHyperparameter(EngineError, ValueError):
    """A value that the registry refuses.

    Attributes: `name` of the hyperparameter, `reason` as a sentence for its user.
    """

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f"{name}: {reason}")


class UnknownHyperparameter(EngineError, KeyError):
    """A name that is not in the registry; `nearest` is the closest known one or None."""

    def __init__(self, name: str, nearest: str | None) -> None:
        self.name = name
        self.nearest = nearest
        self.reason = "is not a hyperparameter" + (f"; did you mean {nearest!r}?" if nearest else "")
        super().__init__(f"{name!r} {self.reason}")


class AmbiguousHyperparameter(UnknownHyperparameter):
    """A name that means different things elsewhere; `candidates` are the hyperparameters that may be meant."""

    def __init__(self, name: str, candidates: tuple[str, ...]) -> None:
        super().__init__(name, None)
        self.candidates = candidates
        *most, last = candidates
        self.reason = f"means different things elsewhere; write {', '.join(most)} or {last}"
        self.args = (f"{name!r} {self.reason}",)


class InvalidDataset(EngineError, ValueError):
    """Data that cannot be trained on; the message says what was found, where, and what to do."""


class UnusableKernel(EngineError, ValueError):
    """A BLAS kernel that was asked for and cannot run here; the message says why."""

    def __init__(self, kernel: str, reason: str) -> None:
        self.kernel = kernel
        self.reason = reason
        super().__init__(f"BLAS kernel {kernel!r} {reason}; leave the setting empty to have one chosen")


class InvalidModel(EngineError, ValueError):
    """A saved model or a PyTorch module that cannot be used; the message says what does not fit."""
