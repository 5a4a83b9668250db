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
COLOURS = {
    "memory": VERMILLION,
    "cores": PURPLE,
    "storage": GREEN,
    "nodes": BLUE,
    "lock": ORANGE,
    "boots": SKY,
    "retry": GREY,
    "clone": ORANGE,
    "configure": GREEN,
    "start": SKY,
    "ready": BLUE,
    "starting": SKY,
    "cloning": ORANGE,
    "cloned": GREEN,
    "reserved": GREY,
    "failed": VERMILLION,
    "unknown": PURPLE,
    "connected": BLUE,
    "idle": SKY,
    "disconnected": GREY,
}
"""Of words whose colour should say something; other words take the colours of SERIES in turn."""
