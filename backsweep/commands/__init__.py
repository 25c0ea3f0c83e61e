"""The commands, one a file; each asks through `backsweep.client` and shows by `backsweep.display`."""
