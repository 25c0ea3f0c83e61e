"""The outcomes, one rule a file, behind `Rule`; asked in the order that `comparison.outcome` states."""
