"""Panels of the run, of what is made ahead of need, and of ceilings, in the dashboard of waves."""

from tests.wall.palette import DIM, GOOD, LOOK
from tests.wall.parts import Column, Kind, Panel, query
from tests.wall.texts import Text

_LOOK = ((None, DIM), (1.0, LOOK))

AHEAD = (
    Panel(
        kind=Kind.NAME,
        title=Text("Run", "Exécution"),
        about=Text("The newest run of the scenario. `bascule surge status`.", "Dernière exécution. `bascule surge status`."),
        queries=(query("topk(1, max by (state) (bascule_surge_state) == 1)", "{{state}}"),),
        wide=4,
        high=6,
        none=Text("none", "aucune"),
        steps=((None, DIM),),
        runbook="waves",
    ),
    Panel(
        kind=Kind.NUMBER,
        title=Text("Outside the hours", "Hors horaires"),
        about=Text(
            "People's own desktops that rest: off, or still on. They are neither missing nor late.",
            "Postes au repos : éteints, ou encore allumés. Ils ne manquent pas et ne sont pas en retard.",
        ),
        queries=(
            query('sum(bascule_desktops_resting{state="off"})', "off", "éteints"),
            query('sum(bascule_desktops_resting{state="on"})', "on", "allumés"),
        ),
        wide=4,
        high=6,
        steps=((None, DIM),),
        runbook="waves",
    ),
    Panel(
        kind=Kind.TABLE,
        title=Text("As it was said last, and made ahead", "Dernière annonce, et préparation"),
        about=Text(
            "Of each wave what was said last, seconds late (negative: before the deadline), desktops that are to be made "
            "ahead, and those that are not yet.",
            "Pour chaque vague, la dernière annonce, le retard en secondes (négatif : avant l'échéance), les postes à préparer "
            "d'avance, et ceux qui ne le sont pas encore.",
        ),
        queries=(
            query("max by (wave, outlook) (bascule_wave_outlook == 1)"),
            query("max by (wave) (bascule_wave_late_by_seconds)"),
            query("sum by (wave) (bascule_desktops_ahead)"),
            query("sum by (wave) (bascule_desktops_ahead_missing)"),
        ),
        wide=8,
        high=6,
        none=Text("no wave", "aucune vague"),
        columns=(
            Column(label="wave", title=Text("wave", "vague")),
            Column(label="outlook", title=Text("said last", "dernière annonce")),
            Column(label="Value #B", title=Text("late by", "retard"), unit="s"),
            Column(label="Value #C", title=Text("to make ahead", "à préparer")),
            Column(label="Value #D", title=Text("not yet", "pas encore"), steps=_LOOK),
        ),
        runbook="waves",
    ),
    Panel(
        kind=Kind.TABLE,
        title=Text("Ceilings", "Plafonds"),
        about=Text(
            "What each allows, what is left for us, and whether its source answers.",
            "Ce que chacun autorise, ce qu'il en reste pour nous, et si sa source répond.",
        ),
        queries=(
            query("max by (ceiling) (bascule_ceiling_limit_desktops)"),
            query("min by (ceiling) (bascule_ceiling_room_desktops)"),
            query("max by (ceiling) (bascule_ceiling_unread)"),
        ),
        wide=8,
        high=6,
        none=Text("no ceiling", "aucun plafond"),
        columns=(
            Column(label="ceiling", title=Text("ceiling", "plafond")),
            Column(label="Value #A", title=Text("limit", "limite")),
            Column(label="Value #B", title=Text("for us", "pour nous")),
            Column(
                label="Value #C",
                title=Text("source", "source"),
                words={"0": Text("answers", "répond"), "1": Text("silent", "muette")},
                steps=((None, GOOD), (1.0, LOOK)),
            ),
        ),
        runbook="waves",
    ),
)
