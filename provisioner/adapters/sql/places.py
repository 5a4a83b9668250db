"""What each column of text may hold of a person: whoever adds a column says it here, and a test looks for columns that nobody
has classed, and for a planted name in all others."""

import enum
from collections.abc import Mapping

from provisioner.model.kept.store_fit import histories


class Holds(enum.Enum):
    """What a column may hold of a person, and so what an erasure does."""

    NOBODY = "nobody"
    """Numbers, words of the model, names of the site's parts."""
    ROW = "row"
    """The id of the person whom the row is about: the row goes."""
    HINDERS = "hinders"
    """What the daemon still works with: while it names the person, the erasure is refused."""
    ID = "id"
    """An id, or a name of a part of the site: replaced if it is one of the person's ids."""
    PROSE = "prose"
    """Anybody's words: every mention is replaced."""
    DOCUMENT = "document"
    """JSON: by the names of its fields, `model/rewriting`."""
    ROSTER = "roster"
    """A roster: without the person."""


_N, _R, _H, _P, _D = Holds.NOBODY, Holds.ROW, Holds.HINDERS, Holds.PROSE, Holds.DOCUMENT

PLACES: Mapping[str, Mapping[str, Holds]] = {
    "desktops": {
        **dict.fromkeys(
            ("name", "cluster", "profile", "address", "node", "superseded_by", "departure", "seat", "identity"), _N
        ),
        **dict.fromkeys(("agent_id", "assigned_to", "noted_as", "leased_to"), _H),
        **dict.fromkeys(("report", "attempts", "unheard", "lease"), _D),
    },
    "deletions": {"desktop": _N},
    "retired": {"cluster": _N, "reason": _P},
    "rekeyed": {"old_id": _R, "new_id": _R},
    "people": {"agent_id": _R, "names": _R},
    "rosters": {"document": Holds.ROSTER},
    "intents": {
        "kind": _N,
        "target": _H,
        "given_by": _P,
        "reason": _P,
        "rekeys": _H,
        "allows": _H,
        "terms": _H,
    },
    "surges": {"scenario": _N, "state": _N, "given_by": _P, "reason": _P, "terms": _D},
    "journal": {"what": _N, "subject": Holds.ID, "result": _N, "reason": _P, "because": _D, "reason_coded": _D},
    "measured": {"kind": _N, "place": _N, "image": _N},
    "progress": {"document": _D},
    **{history.name: {"document": _D} for history in histories()},
    "arrivals": {"pool": _N, "minutes": _N},
    "half_days": {"agent_id": _R, "slots": _N, "waited": _N, "less": _N},
    "meta": {"key": _N, "value": _D},
}
"""By table and column. Tables of people that capabilities have (`model/store_fit`) are not here: each of their rows is about
one person, and goes."""

REWRITTEN = frozenset({Holds.ID, Holds.PROSE, Holds.DOCUMENT})


def rewritten_columns(table: str) -> Mapping[str, Holds]:
    """The columns in which texts are replaced."""
    return {column: holds for column, holds in PLACES.get(table, {}).items() if holds in REWRITTEN}


__all__ = ["PLACES", "REWRITTEN", "Holds", "rewritten_columns"]
