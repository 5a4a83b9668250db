"""Okabe and Ito's colours (2008): chosen so that people with any form of colour blindness tell them apart.

A colour never stands alone: a value or a word says the same.
"""

BLUE = "#0072B2"
ORANGE = "#E69F00"
VERMILLION = "#D55E00"
GREEN = "#009E73"
SKY = "#56B4E9"
PURPLE = "#CC79A7"
GREY = "#999999"

GOOD, LOOK, ACT = BLUE, ORANGE, VERMILLION
"""States: nothing to do, look today, act now."""
SERIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION, GREY)
"""Lines of one graph, in this order."""
