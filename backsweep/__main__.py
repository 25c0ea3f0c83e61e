"""The command line: `backsweep COMMAND`, or `python -m backsweep`. Each command is a file of `backsweep.commands`.

Commands are imported when they are called, so that asking a running service does not load the embedded stack.
"""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from backsweep.display.errors import show_error
from backsweep.errors import BacksweepError

COMMANDS = {
    "up": "start the embedded stack and keep it until Ctrl-C",
    "demo": "train 96 networks on handwritten digits and compare them",
    "preview": "say what a sweep would be, without submitting it",
    "submit": "submit a sweep from a YAML or JSON file",
    "list": "list the latest sweeps",
    "show": "show a sweep and how far it is",
    "trials": "list a sweep's trials",
    "trial": "show all figures of one trial",
    "compare": "compare a sweep's configurations and hyperparameters",
    "importance": "weigh a sweep's hyperparameters: which of them mattered",
    "audit": "audit a sweep's search space: edges, coverage, what to try next",
    "diagnose": "say why configurations went badly, and what to try",
    "early-termination": "show what early termination stopped, saved and cost",
    "search": "show what an adaptive search has come to",
    "pause": "hold a sweep",
    "resume": "go on with a paused sweep",
    "stop": "begin no more trials of a sweep",
    "cancel": "end a sweep",
    "retry": "train a sweep's failed trials again",
    "clone": "submit a sweep's document again, as a new sweep",
    "extend": "ask more epochs, replicates or values of a sweep that has ended",
    "verify": "train a sweep once more and compare the curves bit for bit",
    "gradient-check": "hold backpropagation against finite differences",
    "doctor": "check what this machine needs to run the stack",
    "database": "make, upgrade or check the results database",
}
ATTRIBUTES = {"list": "list_sweeps"}  # a name that Python has taken


class Commands(click.Group):
    """The commands by name; `up` is `backsweep.commands.up:up`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order a new user meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now, or None."""
        if cmd_name not in COMMANDS:
            near = get_close_matches(cmd_name, COMMANDS, n=1)
            if near:
                ctx.fail(f"There is no command {cmd_name!r}; did you mean {near[0]!r}?")
            return None
        module = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"backsweep.commands.{module}"), ATTRIBUTES.get(module, module))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help, without importing a single command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands)
@click.version_option(package_name="backsweep")
def cli() -> None:
    """Hyperparameter sweeps of feed-forward networks, compared honestly over seeds."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line and exit: 0 when it did what was asked, 1 when not, 2 for wrong use."""
    _ignore_working_directory()
    try:
        return cli.main(args=arguments, prog_name="backsweep")
    except BacksweepError as error:
        show_error(error)
        sys.exit(1)


def _ignore_working_directory() -> None:
    """Import ours, not a `settings.py` or a folder `api` of the user's: `python -m` looks where it is started first."""
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if not sys.flags.safe_path and sys.path and os.path.abspath(sys.path[0]) == os.getcwd() != ours:
        del sys.path[0]


if __name__ == "__main__":
    main()
