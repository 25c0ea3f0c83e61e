"""`backsweep pause ID`: see `backsweep.commands.verbs`."""

from __future__ import annotations

from backsweep.commands.verbs import verb_command

pause = verb_command("pause")
