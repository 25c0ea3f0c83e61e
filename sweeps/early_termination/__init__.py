"""Early termination: at which epochs a rule decides, and which trials it stops. Pure."""
