"""Plain data become a sweep: one parser a section, every fault found and named by its path."""
