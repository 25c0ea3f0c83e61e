"""The user's side of backsweep: `from backsweep import Client`, and the command line."""

from backsweep.client import Client
from backsweep.errors import BacksweepError

__all__ = ["BacksweepError", "Client"]
