"""The letters, from their templates: plain text, the first line is the subject. No file, no secret, no address of a desktop."""

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from provisioner.capabilities.notices.model import Letter, Notice, letter_number
from provisioner.model.ids import Instant
from provisioner.model.people.plain_text import one_line
from provisioner.reasons.pools import IN_DOUBT, OUT_OF_SIGHT
from provisioner.settings.site_zone import SiteZone

_LETTERS = Path(__file__).with_name("letters")
_UNSEEN = frozenset({OUT_OF_SIGHT.code, IN_DOUBT.code})
"""Reasons of a wait that are about the person's own desktop; otherwise none is free."""
_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}


class LetterWriter:
    """Writes letters in one language."""

    def __init__(self, *, language: str, link: str, installation: str, zone: Callable[[], SiteZone]) -> None:
        """`link`: where people sign in, or the share where their connection files are.

        `zone`: by whose clock times are written.
        """
        self._zone = zone
        self._language, self._link, self._installation = language, link, installation
        # Plain text: nothing is obeyed in it. What is filled in is one line each (`one_line`).
        self._pages = Environment(loader=FileSystemLoader(_LETTERS), undefined=StrictUndefined, autoescape=False)  # noqa: S701 (plain text)

    def letter(self, notice: Notice, channel: str) -> Letter:
        """One letter."""
        text = self._pages.get_template(f"{notice.kind.value}.{self._language}.txt").render(
            name=one_line(notice.name or notice.login),
            link=self._link,
            when="" if notice.at is None else f"{self._when(notice.at)} ({self._zone().name(notice.at)})",
            half_days=tuple(map(self._when, notice.half_days)),
            zone=next(map(self._zone().name, notice.half_days), ""),
            unseen=notice.because in _UNSEEN,
        )
        subject, _, body = text.partition("\n")
        return Letter(
            notice=notice,
            number=letter_number(self._installation, channel, notice),
            subject=subject.strip(),
            body=body.lstrip("\n"),
        )

    def _when(self, instant: Instant) -> str:
        at = self._zone().local(instant)
        day = _DAYS[self._language][at.weekday()]
        date = f"{at:%d/%m/%Y}" if self._language == "fr" else f"{at:%Y-%m-%d}"
        return f"{day} {date}, {at:%H:%M}"


__all__ = ["LetterWriter"]
