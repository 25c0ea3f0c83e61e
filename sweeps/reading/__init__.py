"""Text becomes plain data: YAML and JSON, refused with the place of the fault."""
