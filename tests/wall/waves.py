"""Waves: how far each is, and how fast it goes."""

from tests.wall.ahead import AHEAD
from tests.wall.crisis import MARKS
from tests.wall.palette import BLUE, DIM, GOOD, LOOK, ORANGE
from tests.wall.parts import DAY, Column, Dashboard, Kind, Panel, ever_above_zero, mean, query
from tests.wall.texts import Text

_P = 'profile=~"$profile"'

WAVES = Dashboard(
    uid="bascule-waves",
    title=Text("Bascule: waves", "Bascule : vagues"),
    about=Text("Planned, opened and ready in each wave.", "Prévus, ouverts et prêts dans chaque vague."),
    variables=("profile",),
    marks=MARKS,
    panels=(
        Panel(
            kind=Kind.TABLE,
            title=Text("Waves", "Vagues"),
            about=Text(
                "For each wave: desktops at its end, wanted now, ready, yet to be made, prepared ahead; and "
                "when the next batch opens. "
                "`bascule why WAVE` says what one waits for.",
                "Pour chaque vague : postes à la fin, demandés, prêts, à créer, préparés d'avance ; et quand "
                "s'ouvre le prochain lot. "
                "`bascule why VAGUE` dit ce qu'elle attend.",
            ),
            queries=(
                query(f"sum by (wave) (bascule_desktops_planned{{{_P}}})"),
                query(f"sum by (wave) (bascule_desktops_wanted{{{_P}}})"),
                query(f"sum by (wave) (bascule_desktops_wanted_ready{{{_P}}})"),
                query(f"sum by (wave) (bascule_desktops_missing{{{_P}}})"),
                query(f"sum by (wave) (bascule_desktops_ahead_made{{{_P}}})"),
                query("sum by (wave) (bascule_wave_next_batch_timestamp_seconds) * 1000"),
            ),
            wide=24,
            high=6,
            none=Text("no wave", "aucune vague"),
            columns=(
                Column(label="wave", title=Text("wave", "vague")),
                Column(label="Value #A", title=Text("planned", "prévus")),
                Column(label="Value #B", title=Text("wanted now", "demandés")),
                Column(label="Value #C", title=Text("ready", "prêts")),
                Column(label="Value #D", title=Text("yet to be made", "à créer")),
                Column(label="Value #E", title=Text("prepared ahead", "préparés d'avance")),
                Column(
                    label="Value #F",
                    title=Text("next batch", "prochain lot"),
                    unit=DAY,
                    words={"0": Text("none", "aucun")},
                ),
            ),
            runbook="waves",
        ),
        Panel(
            kind=Kind.TABLE,
            title=Text("In time?", "À temps ?"),
            about=Text(
                "For each wave: its next deadline, when the last desktop that comes will be ready (early, middle, late), "
                "how many will, or may, be late, and how many of them never come. `bascule surge status` says what holds "
                "them back.",
                "Pour chaque vague : sa prochaine échéance, quand le dernier poste qui vient sera prêt (tôt, milieu, "
                "tard), combien seront, ou pourraient être, en retard, et combien ne viendront jamais. `bascule surge "
                "status` dit ce qui les freine.",
            ),
            queries=(
                query("max by (wave) (bascule_wave_ready_by_timestamp_seconds) * 1000"),
                query('max by (wave) (bascule_wave_eta_timestamp_seconds{bound="early"}) * 1000'),
                query('max by (wave) (bascule_wave_eta_timestamp_seconds{bound="middle"}) * 1000'),
                query('max by (wave) (bascule_wave_eta_timestamp_seconds{bound="late"}) * 1000'),
                query("sum by (wave) (bascule_wave_late_desktops)"),
                query("sum by (wave) (bascule_wave_never_desktops)"),
                query("sum by (wave) (bascule_wave_gate_shut)"),
            ),
            wide=24,
            high=6,
            none=Text("no wave", "aucune vague"),
            columns=(
                Column(label="wave", title=Text("wave", "vague")),
                Column(label="Value #A", title=Text("due", "échéance"), unit=DAY, words={"0": Text("none", "aucune")}),
                Column(
                    label="Value #B",
                    title=Text("ready, early", "prête, tôt"),
                    unit=DAY,
                    words={"0": Text("unknown", "inconnu")},
                ),
                Column(
                    label="Value #C",
                    title=Text("most likely", "le plus probable"),
                    unit=DAY,
                    words={"0": Text("unknown", "inconnu")},
                ),
                Column(
                    label="Value #D",
                    title=Text("late", "tard"),
                    unit=DAY,
                    words={"0": Text("unknown", "inconnu")},
                ),
                Column(label="Value #E", title=Text("late desktops", "postes en retard"), steps=((None, GOOD), (1.0, LOOK))),
                Column(label="Value #F", title=Text("of them never", "dont jamais"), steps=((None, GOOD), (1.0, LOOK))),
                Column(
                    label="Value #G", title=Text("gate", "sas"), words={"0": Text("open", "ouvert"), "1": Text("SHUT", "FERMÉ")}
                ),
            ),
            runbook="waves",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Ready by wave", "Prêts par vague"),
            about=Text("Desktops that people can log on to.", "Postes sur lesquels on peut ouvrir une session."),
            queries=(query(f"sum by (wave) (bascule_desktops_wanted_ready{{{_P}}})", "{{wave}}"),),
            wide=12,
            high=9,
            runbook="waves",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Waiting by wave", "En attente par vague"),
            about=Text(
                "Agents whose batch is open and whose desktop is not ready.",
                "Agents dont le lot est ouvert et le poste pas prêt.",
            ),
            queries=(
                query(
                    f"sum by (wave) (bascule_desktops_wanted{{{_P}}}) - sum by (wave) (bascule_desktops_wanted_ready{{{_P}}})",
                    "{{wave}}",
                ),
            ),
            wide=12,
            high=9,
            runbook="waves",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Desktops that became ready, a minute", "Postes devenus prêts, par minute"),
            about=Text("The pace of the switch.", "L'allure de la bascule."),
            queries=(
                query('60 * sum(rate(bascule_stage_seconds_count{stage="ready"}[$__rate_interval]))', "ready", "prêts", BLUE),
                query(
                    '60 * sum(rate(bascule_stage_seconds_count{stage="clone"}[$__rate_interval]))', "cloned", "clonés", ORANGE
                ),
            ),
            wide=8,
            high=8,
            runbook="desktops",
        ),
        Panel(
            kind=Kind.AREAS,
            title=Text("Desktops by phase", "Postes par phase"),
            about=Text("Every desktop, in the phase it is in.", "Chaque poste, dans sa phase."),
            queries=(
                query(
                    ever_above_zero(f"bascule_desktops{{{_P}}}", "phase"),
                    "{{phase}}",
                ),
            ),
            wide=8,
            high=8,
            runbook="desktops",
        ),
        Panel(
            kind=Kind.BARS,
            title=Text("What the rest waits for", "Ce qu'attend le reste"),
            about=Text("Work that is not ordered yet, by reason.", "Travail non encore lancé, par raison."),
            queries=(query("bascule_queue_length > 0", "{{reason}}"),),
            wide=8,
            high=8,
            none=Text("nothing waits", "rien n'attend"),
            steps=((None, DIM),),
            runbook="desktops",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Late boots", "Démarrages en retard"),
            about=Text(
                "Desktops that have been starting for longer than their profile's ready_timeout.",
                "Postes en démarrage depuis plus longtemps que le ready_timeout de leur profil.",
            ),
            queries=(query(f"sum(bascule_desktops_late{{{_P}}})"),),
            wide=6,
            high=5,
            steps=((None, GOOD), (1.0, LOOK)),
            runbook="desktops",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Failed", "En échec"),
            about=Text("Desktops that were given up.", "Postes abandonnés."),
            queries=(query(f'sum(bascule_desktops{{{_P}, phase="failed"}})'),),
            wide=6,
            high=5,
            steps=((None, GOOD), (1.0, LOOK)),
            runbook="desktops",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("From wanted to ready", "De la demande au poste prêt"),
            about=Text("The mean of the last hour.", "La moyenne de la dernière heure."),
            queries=(query(mean("bascule_stage_seconds", only='{stage="whole"}', span="1h"), "mean", "moyenne", BLUE),),
            wide=12,
            high=5,
            unit="s",
            runbook="desktops",
        ),
        *AHEAD,
    ),
)
