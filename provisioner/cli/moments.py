"""Times that an operator writes."""

from datetime import datetime

import typer

from provisioner.model.ids import Instant
from provisioner.settings.fields import seconds
from provisioner.texts.translate import _
from provisioner.views.times import moment


def end_of(text: str, now: Instant, *, option: str) -> Instant:
    """When something ends: a time with its zone, or a duration from now. Raises BadParameter; also if that is over."""
    ends = _instant(text, now, option)
    if ends <= now:
        raise typer.BadParameter(_("{moment} is over", moment=moment(ends)), param_hint=option)
    return ends


def _instant(text: str, now: Instant, option: str) -> Instant:
    try:
        return now + seconds(text)
    except ValueError:
        pass
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise typer.BadParameter(
            _("must be a time with its zone, such as 2026-11-24T18:00+01:00, or a duration such as 2h"), param_hint=option
        )
    return time.timestamp()
