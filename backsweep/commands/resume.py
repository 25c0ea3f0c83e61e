"""`backsweep resume ID`: see `backsweep.commands.verbs`."""

from __future__ import annotations

from backsweep.commands.verbs import verb_command

resume = verb_command("resume")
