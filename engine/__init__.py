"""Numerics: networks, backpropagation, stochastic gradient descent and data, with a leading trial axis everywhere."""
