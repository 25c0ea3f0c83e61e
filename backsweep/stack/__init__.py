"""The embedded stack: everything `backsweep up` needs, as child processes that end with it.

Used by the commands `up` and `demo`: `with running(StackOptions(...)) as stack: ...`. Refuses, in one line each, a
port in use, a home that cannot be written or is in use, Windows; `Stack.watch` starts a dead child again.
"""

import os

from backsweep.stack.errors import NotOnWindows, StackError

if os.name == "nt":
    raise NotOnWindows  # before anything is imported that Windows does not have

from backsweep.stack.lifetime import Stack, running
from backsweep.stack.options import StackOptions

__all__ = ["Stack", "StackError", "StackOptions", "running"]
