"""The rules of the diagnosis, one a file; asked in the order that `comparison.diagnosis.diagnosis` states."""
