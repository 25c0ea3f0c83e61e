"""Errors as people need them: what is wrong, every fault on a line of its own, and what mends it."""

from __future__ import annotations

from backsweep.display.console import console
from backsweep.errors import BacksweepError, InvalidInput, NotBacksweep, Refused, ServiceFailed, Unreachable

MENDS = {
    Unreachable: "Is it running? Start it with `backsweep up` (or name another address with --url).",
    NotBacksweep: "Name the service's address with --url, or stop what has its port.",
    ServiceFailed: "The service's log says more; `backsweep doctor` checks what it stands on.",
}


def show_error(error: BacksweepError) -> None:
    """Print the error to standard error."""
    out = console(stderr=True)
    if isinstance(error, InvalidInput) and error.faults:
        out.print(f"{error.title}:")
        for fault in error.faults:
            out.print(f"  {fault.place or 'the document'}: {fault.detail}")
    elif isinstance(error, Refused):
        out.print(f"{error.title}: {error.detail}")
    else:
        out.print(f"{str(error)[:1].upper()}{str(error)[1:]}.", soft_wrap=True)  # one line, for those who search logs
    for kind, mend in MENDS.items():
        if isinstance(error, kind):
            out.print(mend)
