"""Okabe and Ito's colours (2008): chosen so that people with any form of colour blindness tell them apart.

A colour never stands alone: a value or a word says the same.
"""

DEEP_BLUE = "#0072B2"
BLUE = "#56B4E9"
ORANGE = "#E69F00"
VERMILLION = "#D55E00"
GREEN = "#009E73"
YELLOW = "#F0E442"
PURPLE = "#CC79A7"
GREY = "#999999"
DIM = "#555A60"
"""A grey that white letters are read on."""

GOOD, LOOK, ACT = DEEP_BLUE, YELLOW, VERMILLION
"""States: nothing to do, look today, act now. Grafana writes on yellow in black, on the others in white."""
SERIES = (BLUE, ORANGE, GREEN, PURPLE, YELLOW, VERMILLION, GREY)
"""Lines of one graph, in this order, on Grafana's dark ground."""
COLOURS = {
    "memory": VERMILLION,
    "cores": PURPLE,
    "storage": GREEN,
    "nodes": BLUE,
    "lock": ORANGE,
    "boots": YELLOW,
    "retry": GREY,
    "clone": ORANGE,
    "configure": GREEN,
    "start": YELLOW,
    "ready": BLUE,
    "starting": YELLOW,
    "stopped": DEEP_BLUE,
    "cloning": ORANGE,
    "cloned": GREEN,
    "reserved": GREY,
    "failed": VERMILLION,
    "unknown": PURPLE,
    "connected": BLUE,
    "idle": YELLOW,
    "disconnected": GREY,
}
"""Of words whose colour should say something; other words take the colours of SERIES in turn."""
