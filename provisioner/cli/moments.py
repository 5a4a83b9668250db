"""Times that an operator writes."""

import typer

from provisioner.cli.deadlines import deadline_of
from provisioner.cli.times import clock
from provisioner.errors import SettingsError
from provisioner.model.bounds import instant
from provisioner.model.ids import Instant
from provisioner.reasons.rehearsal import NOT_DATED
from provisioner.settings.fields import seconds
from provisioner.texts.translate import _, translated


def end_of(text: str, now: Instant, *, option: str) -> Instant:
    """When something ends: a time as for `deadline_of`, or a duration from now. Raises BadParameter; also if that is over."""
    ends = _instant(text, now, option)
    if ends <= now:
        raise typer.BadParameter(_("{moment} is over", moment=clock(ends, now=now)), param_hint=option)
    return ends


def _instant(text: str, now: Instant, option: str) -> Instant:
    try:
        return instant(now + seconds(text))
    except ValueError:
        pass
    try:
        return deadline_of(text, now=now)
    except SettingsError as error:
        if error.reason.code == NOT_DATED.code:
            raise typer.BadParameter(translated(error.reason), param_hint=option) from None
        why = _("must be a time such as 18:00, 'tomorrow 08:00' or '2026-11-24 18:00', or a duration such as 2h")
        raise typer.BadParameter(why, param_hint=option) from None
