"""Panels of sessions by site, wave and profile, in the dashboard of sessions."""

from tests.wall.palette import DIM, LOOK
from tests.wall.parts import Column, Kind, Panel, Query, query
from tests.wall.texts import Text

_UNKNOWN = Column(label="Value #C", title=Text("unknown, in all", "inconnus, en tout"), steps=((None, DIM), (1.0, LOOK)))


def _of(label: str, now: str) -> tuple[Query, ...]:
    """Now, the most of today, and of how many desktops of the site nobody knows."""
    return (
        query(f"topk(20, {now})"),
        query(f"max by ({label}) (bascule_{label}_sessions_day_peak)"),
        query(f"0 * {now} + on () group_left () sum(bascule_desktops_sessions_unknown)"),
    )


def _panel(label: str, title: Text, name: Text, now: str) -> Panel:
    return Panel(
        kind=Kind.TABLE,
        title=title,
        about=Text(
            "Now, and the most of today (UTC), which is not to be added up. Labels of fewer than five people are in `other`. "
            "Unknown: desktops of the whole site that do not say who is logged on.",
            "Maintenant, et le maximum du jour (UTC), qui ne s'additionne pas. Les libellés de moins de cinq personnes sont "
            "dans `other`. Inconnus : postes de tout le site qui ne disent pas qui est connecté.",
        ),
        queries=_of(label, now),
        wide=8,
        high=8,
        none=Text("no data", "pas de données"),
        columns=(
            Column(label=label, title=name),
            Column(label="Value #A", title=Text("sessions", "sessions")),
            Column(label="Value #B", title=Text("most of today", "maximum du jour")),
            _UNKNOWN,
        ),
        runbook="sessions",
    )


PEOPLE = (
    _panel("site", Text("By site", "Par site"), Text("site", "site"), "sum by (site) (bascule_site_sessions)"),
    _panel("wave", Text("By wave", "Par vague"), Text("wave", "vague"), "sum by (wave) (bascule_wave_sessions)"),
    _panel("profile", Text("By profile", "Par profil"), Text("profile", "profil"), "sum by (profile) (bascule_sessions)"),
)
