"""The directory, its guard, and leavers."""

from tests.wall.palette import ACT, BLUE, DIM, GOOD, GREY, LOOK, ORANGE
from tests.wall.parts import Dashboard, Kind, Panel, query
from tests.wall.texts import Text

DIRECTORY = Dashboard(
    uid="bascule-directory",
    title=Text("Bascule: directory and leavers", "Bascule : annuaire et départs"),
    about=Text(
        "Whether the directory is read and believed, and what becomes of the desktops of people who leave.",
        "Si l'annuaire est lu et cru, et ce que deviennent les postes de ceux qui partent.",
    ),
    since="now-24h",
    panels=(
        Panel(
            kind=Kind.NUMBER,
            title=Text("Agents", "Agents"),
            about=Text("In the roster in force.", "Dans la liste en vigueur."),
            queries=(query("sum(bascule_directory_agents)"),),
            wide=5,
            high=5,
            steps=((None, DIM),),
            runbook="directory",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Age of the roster", "Âge de la liste"),
            about=Text(
                "Since the roster in force was read. Too old? `bascule check directory`.",
                "Depuis la lecture de la liste en vigueur. Trop vieille ? `bascule check directory`.",
            ),
            queries=(query("max(bascule_directory_age_seconds)"),),
            wide=5,
            high=5,
            unit="s",
            decimals=0,
            steps=((None, GOOD), (1800.0, LOOK), (3600.0, ACT)),
            runbook="directory",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Guard", "Contrôle"),
            about=Text(
                "Whether a reading or a changed configuration is held back. `bascule directory diff` says who would leave.",
                "Si une lecture ou une configuration modifiée est retenue. `bascule directory diff` dit qui partirait.",
            ),
            queries=(query("max(bascule_directory_quarantined)"),),
            wide=5,
            high=5,
            words={"0": Text("believes", "accepte"), "1": Text("HOLDS BACK", "RETIENT")},
            colours={"0": GOOD, "1": ACT},
            steps=((None, GOOD), (1.0, ACT)),
            runbook="directory",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Would leave and join", "Partiraient et arriveraient"),
            about=Text("With the reading that is held back.", "Avec la lecture retenue."),
            queries=(
                query("sum(bascule_directory_would_leave)", "leave", "départs"),
                query("sum(bascule_directory_would_join)", "join", "arrivées"),
            ),
            wide=5,
            high=5,
            steps=((None, DIM),),
            runbook="directory",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Servers failing", "Serveurs en défaut"),
            about=Text("Although another one answers.", "Bien qu'un autre réponde."),
            queries=(query("sum(bascule_directory_servers_failing)"),),
            wide=4,
            high=5,
            steps=((None, GOOD), (1.0, LOOK)),
            runbook="directory",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Agents over time", "Agents dans le temps"),
            about=Text("And entries that cannot be used.", "Et les entrées inutilisables."),
            queries=(
                query("sum(bascule_directory_agents)", "agents", "agents", BLUE),
                query("sum(bascule_directory_rejected_entries)", "unusable", "inutilisables", ORANGE),
                query("sum(bascule_directory_left_out_entries)", "no people", "pas des personnes", GREY),
            ),
            wide=12,
            high=8,
            runbook="directory",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Readings, in an hour", "Lectures, en une heure"),
            about=Text("Accepted, held back, failed.", "Acceptées, retenues, en échec."),
            queries=(query("sum by (result) (increase(bascule_directory_readings_total[1h]))", "{{result}}"),),
            wide=12,
            high=8,
            runbook="directory",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Desktops of leavers, by step", "Postes de partants, par étape"),
            about=Text(
                "Suspended, stopped, recycled (docs/en/leavers.md).", "Suspendus, arrêtés, à recycler (docs/en/leavers.md)."
            ),
            queries=(query("sum by (step) (bascule_desktops_leaving)", "{{step}}"),),
            wide=12,
            high=8,
            runbook="leavers",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Overdue, by the step that is due", "En retard, par étape due"),
            about=Text(
                "By more than an hour. Deletions wait for an operator while safety.max_deletes is 0.",
                "De plus d'une heure. Les suppressions attendent un exploitant tant que safety.max_deletes vaut 0.",
            ),
            queries=(query("sum by (step) (bascule_desktops_leaving_overdue)", "{{step}}"),),
            wide=12,
            high=8,
            runbook="leavers",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Disagreements and alternations", "Désaccords et alternances"),
            about=Text(
                "Servers that take turns, and agents whom the readings of changes had missed.",
                "Serveurs qui alternent, et agents que les lectures de changements avaient manqués.",
            ),
            queries=(
                query("sum(bascule_directory_disagreements)", "missed agents", "agents manqués", BLUE),
                query("sum(bascule_directory_alternations)", "turns of servers", "alternances de serveurs", ORANGE),
                query("sum(bascule_directory_under_new_id_entries)", "under a new id", "sous un nouvel identifiant", GREY),
            ),
            wide=16,
            high=7,
            runbook="directory",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Last reading", "Dernière lecture"),
            about=Text(
                "Whether it failed, and for how long readings have been held back. `bascule check directory`.",
                "Si elle a échoué, et depuis quand les lectures sont retenues. `bascule check directory`.",
            ),
            queries=(
                query("max(bascule_directory_failing)", "failed", "en échec"),
                query(
                    "max(bascule_directory_quarantine_age_seconds)",
                    "held back for",
                    "retenues depuis",
                    steps=((None, GOOD), (1.0, LOOK), (86_400.0, ACT)),
                    unit="s",
                ),
            ),
            wide=8,
            high=7,
            steps=((None, GOOD), (1.0, ACT)),
            runbook="directory",
        ),
    ),
)
