"""Calls to a help desk: a site in a state, whom the call is about, and what the card of that person says."""

from collections.abc import Collection
from contextvars import copy_context
from typing import Any

from provisioner.api.site import Noticeboard
from provisioner.cli import times
from provisioner.cli.output import plain
from provisioner.daemon.publishing import StatusPublisher
from provisioner.errors import GuestUnknown
from provisioner.model.actions import CheckGuest
from provisioner.model.words import GuestWord
from provisioner.reasons.reason import Reason
from provisioner.settings.site_zone import SiteZone
from provisioner.texts.languages import catalogue_of
from provisioner.texts.translate import use_catalogue
from provisioner.views.person.document import person_document
from provisioner.views.published import Published
from provisioner.wrong.listing import wrong_in
from tests.builders.reconciler import Site

WITHIN_S = 120.0
"""A daemon without a cycle for so long hangs."""


def published_by(site: Site) -> Published:
    """As the daemon's own publisher hands it out."""
    board = Noticeboard()
    publisher = StatusPublisher(board, lambda: site.reconciler, wrong=lambda status: wrong_in(status, tuple(site.clusters)))
    publisher.status(site.status)
    assert board.last is not None
    return board.last


def asked(site: Site, of: str, language: str = "en", *, later_s: float = 0.0) -> Any:
    """The answer about a person, as a command gets it; a Reason: nobody is called so. `later_s`: after the last cycle."""

    def ask() -> Any:
        use_catalogue(catalogue_of(language))
        now = site.status.at + later_s
        found = person_document(
            published_by(site), of, lambda subject: site.store.journal(limit=200, subject=subject), now=now, within_s=WITHIN_S
        )
        return found if isinstance(found, Reason) else plain(found)

    return copy_context().run(ask)


def read_aloud(text: str, *, now: float, zone: str = "UTC") -> str:
    """A text of a card as the command says it, at a site of this zone."""

    def say() -> str:
        times.begin(now=now)
        times.use_zone(SiteZone(zone))
        return times.in_words(text)

    return copy_context().run(say)


def go_on(site: Site, seconds: float, *, silent: Collection[int] = (), every_s: float = 20.0) -> Site:
    """Let time pass with the daemon at work; guests of `silent` VMs answer nothing."""
    end = site.clock.at + seconds
    while site.clock.at < end:
        for action in site.look(after=every_s):
            if isinstance(action, CheckGuest) and action.key.vmid in silent:
                site.end(action, error=GuestUnknown("no answer", cause=GuestWord.NO_AGENT))
            else:
                site.carry_out([action])
        for cluster in site.clusters.values():
            cluster.come_out()
    return site


__all__ = ["WITHIN_S", "asked", "go_on", "published_by", "read_aloud"]
