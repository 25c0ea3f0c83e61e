"""Commands that ask one thing of a sweep and say what became of it: pause, resume, stop, retry."""

from __future__ import annotations

import click

from backsweep.client import Client
from backsweep.commands.asking import as_json, asks_service, print_json
from backsweep.display.console import console

HELP = {
    "pause": "Hold sweep ID: what runs is saved and put back within about a second, nothing begins until resumed.",
    "resume": "Go on with sweep ID, which was paused.",
    "stop": "Begin no more trials of sweep ID; those that run go on to their end.",
    "retry": "Train the failed trials of sweep ID again.",
}
DONE = {
    "pause": "is being paused",
    "resume": "goes on",
    "stop": "begins no more trials",
    "retry": "trains again what failed",
}


def verb_command(verb: str) -> click.Command:
    """The command of that name."""

    @click.command(verb, help=HELP[verb])
    @click.argument("sweep_id", metavar="ID", type=click.IntRange(1))
    @as_json
    @asks_service
    def command(client: Client, sweep_id: int, as_json: bool) -> None:
        sweep = getattr(client, verb)(sweep_id)
        if as_json:
            print_json(sweep)
        else:
            console().print(f"Sweep {sweep_id} {DONE[verb]}; it is {sweep['state']}.")

    return command
