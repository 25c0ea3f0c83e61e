"""Are the statistics as right as they say? Seeded simulations of `comparison`, and the section they make."""
