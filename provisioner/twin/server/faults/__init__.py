"""Faults on demand that last until they are mended, and what really is meanwhile: for whoever plays a bad morning.

* `breakdowns`: what can be broken, and mended; `inventory`: each node, storage and desktop as it is;
* `face` serves both beside the API and the paths of `control`. Only `serve` may import it: it needs the extra `twin`.

`process.ask_twin` asks for them; `bascule twin truth`, `break` and `mend` do.
"""
