"""How often the outcome rules are right: on curves of known kind, and on trainings whose cause was set up."""
