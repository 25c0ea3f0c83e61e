"""The HTTP API: parses, calls, renders; sends jobs by name and never loads the trainer."""
