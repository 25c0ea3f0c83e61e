"""The tables of the results database, one file per subject; each column's comment is its public documentation."""
