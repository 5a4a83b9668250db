"""Which desktop a help desk means: by its name, its agent's login or name, or a part of one; never a guess."""

from pathlib import Path

from provisioner.cli.daemon_client import ask_daemon
from provisioner.cli.documents import WHY, DesktopDocument, LentDocument, SeatWhy, WhyDocument
from provisioner.errors import SettingsError
from provisioner.model.lending import LeaseState
from provisioner.reasons.commands import NO_SEAT, NOBODYS_DESKTOP_YET, SEVERAL_MATCH, TWO_DESKTOPS
from provisioner.reasons.reason import ALSO, join_reasons

SEATS = ("agent", "desktop")
"""Kinds of matches that have a desktop, or may get one."""


def seat_named(at: Path | None, of: str) -> tuple[WhyDocument, SeatWhy]:
    """The daemon's answer about the one agent or desktop that matches, and the part about it.

    Raises SettingsError if nothing or several match: an order about somebody else's desktop would be worse than none. Raises
    as `ask_daemon` does.
    """
    document = ask_daemon(at, WHY, of=of)
    if document["matching"] != 1:
        document = ask_daemon(at, WHY, of=_only_name(document))
    if (seat := document["seat"]) is None:
        raise SettingsError(NO_SEAT(of=of))
    return document, seat


def desktop_named(at: Path | None, of: str) -> DesktopDocument:
    """The document of the one desktop that matches, or that the agent has who matches. Raises as `seat_named` does."""
    _, seat = seat_named(at, of)
    if (lent := _lent_besides(seat)) is not None:
        if seat["desktop"] is not None:
            names = {"own": seat["desktop"]["name"], "lent": lent["desktop"]}
            raise SettingsError(TWO_DESKTOPS(login=lent["login"] or of, pool=lent["pool"], **names))
        _, seat = seat_named(at, lent["desktop"])
    if seat["desktop"] is None:
        login = seat["agent"]["login"] if seat["agent"] else of
        raise SettingsError(NOBODYS_DESKTOP_YET(login=login))
    return seat["desktop"]


def _lent_besides(seat: SeatWhy) -> LentDocument | None:
    """A desktop of a pool that the person has, other than the one that the answer is about."""
    lent = seat["lent"]
    if seat["agent"] is None or lent is None or lent["lease"] != LeaseState.LENT.value:
        return None
    return lent


def _only_name(document: WhyDocument) -> str:
    """The name of the only agent or desktop among the matches. Nodes and waves have no desktop, so they are not meant."""
    named = [match for match in document["matches"] if match["kind"] in SEATS]
    if len(named) != 1 or document["matching"] > len(document["matches"]):
        shown = named or document["matches"]
        names = (f"{match['name']} ({match['label']})" if match["label"] else match["name"] for match in shown)
        raise SettingsError(SEVERAL_MATCH(of=document["of"], count=document["matching"], names=join_reasons(names, ALSO)))
    return named[0]["name"]
