"""For whom there is enough of each ceiling and address range, in sentences for people."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from provisioner.planning.demand.fitting import Fit
from provisioner.texts.translate import _, plural


def fit_lines(ceilings: Iterable[Fit], ranges: Iterable[Fit]) -> Iterator[str]:
    """One sentence for each, and who gets none."""
    for fit in ceilings:
        yield _("Ceiling {name} of {room}: {fits} of {people} people fit.", **_numbers(fit))
        yield from _left_out(fit)
    for fit in ranges:
        yield _(
            "Addresses {name} (profile {profiles}), {room}: {fits} of {people} people fit.",
            **_numbers(fit),
            profiles=", ".join(fit.profiles),
        )
        yield from _left_out(fit)


def fit_document(fit: Fit) -> dict[str, object]:
    """The document of `--json`."""
    document = asdict(fit) | {"fits": fit.fits, "left_out": [{"wave": wave, "people": count} for wave, count in fit.left_out]}
    return document if fit.profiles else {key: value for key, value in document.items() if key != "profiles"}


def _numbers(fit: Fit) -> dict[str, str | int]:
    return {"name": fit.name, "room": fit.room, "fits": fit.fits, "people": fit.people}


def _left_out(fit: Fit) -> Iterator[str]:
    for wave, count in fit.left_out:
        yield "  " + plural(
            "{count} person of wave {wave} gets none", "{count} people of wave {wave} get none", count, wave=wave
        )


__all__ = ["fit_document", "fit_lines"]
