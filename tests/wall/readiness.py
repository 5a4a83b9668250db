"""Standing readiness: whether a surge would succeed if it began now, by each night's answer; and the last drills."""

from tests.wall.palette import ACT, BLUE, DIM, GOOD, LOOK, ORANGE
from tests.wall.parts import DAY, Column, Dashboard, Kind, Panel, query
from tests.wall.texts import Text
from tests.wall.troubles import FORECASTS

_OLD_S, _TOO_OLD_S = 90_000.0, 172_800.0
"""A night is missing; two are, and `BasculeReadinessOld` fires."""
_OLD_DRILL_S = 7_776_000.0
"""A quarter: the staff and the cluster are no longer the same."""

READINESS = Dashboard(
    uid="bascule-readiness",
    title=Text("Bascule: standing readiness", "Bascule : disponibilité"),
    about=Text(
        "Whether a surge would succeed if it began now, and what makes it fall.",
        "Si une bascule réussirait maintenant, et ce qui s'y oppose.",
    ),
    since="now-30d",
    panels=(
        Panel(
            kind=Kind.NUMBER,
            title=Text("Would have a desktop in time", "Auraient un poste à temps"),
            about=Text(
                "Part of the people, by the last answer. Below 100 %: `bascule surge readiness --history` says why.",
                "Part des personnes, d'après la dernière réponse. Sous 100 % : "
                "`bascule surge readiness --history` dit pourquoi.",
            ),
            queries=(query("min(bascule_readiness_ratio)"),),
            wide=6,
            high=5,
            unit="percentunit",
            steps=((None, ACT), (0.5, LOOK), (1.0, GOOD)),
            none=Text("not known", "pas connu"),
            runbook="waves",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Asked", "Demandé il y a"),
            about=Text(
                "Since the last answer; each night there is one. Too old? `journalctl -u bascule | grep readiness`.",
                "Depuis la dernière réponse ; il y en a une chaque nuit. Trop vieille ? `journalctl -u bascule | grep "
                "readiness`.",
            ),
            queries=(query("time() - (max(bascule_readiness_timestamp_seconds) > 0)"),),
            wide=6,
            high=5,
            unit="s",
            decimals=0,
            steps=((None, GOOD), (_OLD_S, LOOK), (_TOO_OLD_S, ACT)),
            none=Text("never asked", "jamais demandé"),
            runbook="waves",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Trial desktops", "Postes d'essai"),
            about=Text(
                "Made, reached as a person would, and deleted, for the last answer. None? `bascule surge readiness --history`.",
                "Créés, joints comme par une personne, et supprimés, pour la dernière réponse. Aucun ? "
                "`bascule surge readiness --history`.",
            ),
            queries=(query("sum(bascule_readiness_trial_desktops)"),),
            wide=6,
            high=5,
            steps=((None, LOOK), (1.0, GOOD)),
            none=Text("never asked", "jamais demandé"),
            runbook="waves",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("People: wanted, ready", "Personnes : attendues, prêtes"),
            about=Text("By the last answer.", "D'après la dernière réponse."),
            queries=(
                query('sum(bascule_readiness_people{state="wanted"})', "wanted", "attendues"),
                query('sum(bascule_readiness_people{state="ready"})', "ready", "prêtes"),
            ),
            wide=6,
            high=5,
            steps=((None, DIM),),
            none=Text("never asked", "jamais demandé"),
            runbook="waves",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Night after night", "Nuit après nuit"),
            about=Text(
                "The part of the people who would have had a desktop in time.",
                "La part des personnes qui auraient eu un poste.",
            ),
            queries=(query("min(bascule_readiness_ratio)", "in time", "à temps", BLUE),),
            wide=12,
            high=9,
            unit="percentunit",
            most=1.0,
            runbook="waves",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("People", "Personnes"),
            about=Text("Wanted, and ready in time.", "Attendues, et prêtes à temps."),
            queries=(
                query('sum(bascule_readiness_people{state="wanted"})', "wanted", "attendues", ORANGE),
                query('sum(bascule_readiness_people{state="ready"})', "ready", "prêtes", BLUE),
            ),
            wide=12,
            high=9,
            runbook="waves",
        ),
        Panel(
            kind=Kind.TABLE,
            title=Text("What does not hold", "Ce qui ne tient pas"),
            about=Text(
                "Causes of the last answer, and the people whom each costs their desktop. `bascule surge readiness --history`.",
                "Causes de la dernière réponse, et personnes privées de poste par chacune. "
                "`bascule surge readiness --history`.",
            ),
            queries=(query("max by (subject, cause) (bascule_readiness_cause_people)"),),
            wide=12,
            high=8,
            none=Text("everything holds", "tout tient"),
            columns=(
                Column(label="subject", title=Text("of", "de")),
                Column(label="cause", title=Text("cause", "cause")),
                Column(label="Value", title=Text("people", "personnes"), steps=((None, LOOK),)),
            ),
            runbook="waves",
        ),
        Panel(
            kind=Kind.TABLE,
            title=Text("Last drills", "Derniers exercices"),
            about=Text(
                "On twins, and with some real desktops: when, the part of the people who had a desktop, late batches, "
                "and the age in seconds. Older than a quarter? `bascule scenario drill SCENARIO`.",
                "Sur jumeaux, et avec quelques vrais postes : quand, la part des personnes qui ont eu un poste, les lots en "
                "retard, et l'âge en secondes. Plus vieux qu'un trimestre ? `bascule scenario drill SCENARIO`.",
            ),
            queries=(
                query("max by (place) (bascule_drill_timestamp_seconds) * 1000"),
                query("min by (place) (bascule_drill_ratio)"),
                query("max by (place) (bascule_drill_late_batches)"),
                query("time() - max by (place) (bascule_drill_timestamp_seconds)"),
            ),
            wide=12,
            high=8,
            none=Text("no drill yet", "aucun exercice"),
            columns=(
                Column(label="place", title=Text("how", "comment")),
                Column(label="Value #A", title=Text("when", "quand"), unit=DAY),
                Column(
                    label="Value #B",
                    title=Text("had a desktop", "ont eu un poste"),
                    unit="percentunit",
                    steps=((None, LOOK), (1.0, GOOD)),
                ),
                Column(label="Value #C", title=Text("late batches", "lots en retard"), steps=((None, GOOD), (1.0, LOOK))),
                Column(label="Value #D", title=Text("age", "âge"), unit="s", steps=((None, GOOD), (_OLD_DRILL_S, LOOK))),
            ),
            runbook="waves",
        ),
        *FORECASTS,
    ),
)
