"""How many more desktops fit: now, and without each node; which resource is the limit, and what would add most.

The only place that says it: doctor, forecast, API, commands and metrics ask here.

* `needs` translates free resources and profiles into plain numbers: what is free (`ground`), what a desktop needs, and by which
  `ways` it can be made (template's node, node, storage);
* `single`: one profile alone, exact: `counts` (one profile on one cluster), by maximum `flow`;
* `mixed`: several profiles that compete, and the loss of a node. A lower bound (`packing`: what was really placed) and an upper
  bound (`relaxed`: what no placement can exceed). `spreading`: on which nodes desktops will be that are still to be made.

Everything below `needs` knows numbers only, so the tests compare it with brute force.
"""
