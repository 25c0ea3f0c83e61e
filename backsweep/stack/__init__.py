"""The embedded stack: everything `backsweep up` needs, as child processes that end with it.

Used by the commands `up` and `demo`: `with running(StackOptions(...)) as stack: ...`. Refuses, in one line each, a
port in use, a home that cannot be written or is in use, a missing redis-server; `Stack.check` raises for a dead child.
"""

from backsweep.stack.errors import StackError
from backsweep.stack.lifetime import Stack, running
from backsweep.stack.options import StackOptions

__all__ = ["Stack", "StackError", "StackOptions", "running"]
