"""All figures of one trial's curve: best and final, area, what targets took, and how fast it fell."""
