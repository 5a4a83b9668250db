"""A desktop of a pool and its person, as lines of `why`."""

from collections.abc import Iterator

from provisioner.cli.documents import LentDocument, SeatWhy
from provisioner.cli.why_parts import since
from provisioner.model.lending import LeaseState
from provisioner.texts.translate import N_, _, term

_OF_PERSON = {
    LeaseState.LENT: N_("lent to {login}: desktop {desktop} of pool {pool}, since {since}"),
    LeaseState.KEPT: N_("kept for {login}: desktop {desktop} of pool {pool}, since {since}"),
    LeaseState.TO_RESET: N_("desktop {desktop} of pool {pool} is to be reset, since {since}"),
    LeaseState.IN_DOUBT: N_("whose desktop {desktop} of pool {pool} is is not known, since {since}: a backup was restored"),
}


def lent_lines(seat: SeatWhy, at: str) -> Iterator[str]:
    """Who has which desktop of a pool, since when, and what happens after; or how a person gets one."""
    if (lent := seat["lent"]) is not None:
        words = {"login": lent["login"] or "", "desktop": lent["desktop"], "pool": lent["pool"]}
        yield _(_OF_PERSON[LeaseState(lent["lease"])], **words, since=since(lent["since"], at))
        yield from _of_desktop(seat, lent)
    if seat["borrow"] is not None:
        yield _("to do: {act}", act=seat["borrow"]["text"])


def _of_desktop(seat: SeatWhy, lent: LentDocument) -> Iterator[str]:
    """Of a desktop that is not described beside it."""
    if seat["desktop"] is None or seat["desktop"]["name"] != lent["desktop"]:
        if lent["phase"] is not None:
            yield "  " + _(
                "it is {phase}; `bascule why {desktop}` says more", phase=term("phase", lent["phase"]), desktop=lent["desktop"]
            )
        if lent["address"] is not None:
            yield "  " + _("its address is {address}", address=lent["address"])
    if lent["after"] is not None:
        yield "  " + _("after: {then}", then=lent["after"]["text"])
