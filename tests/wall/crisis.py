"""The crisis room: one screen, readable from five metres."""

from tests.wall.palette import ACT, BLUE, DIM, GOOD, GREY, LOOK, ORANGE, PURPLE, VERMILLION
from tests.wall.parts import CLOCK, Column, Dashboard, Kind, Mark, Panel, band, query
from tests.wall.texts import Text

_DIRECTORY_AGE = ((None, GOOD), (1800.0, LOOK), (3600.0, ACT))
_ROOM = ((None, ACT), (1.0, LOOK), (50.0, GOOD))
_LOOK_AT_ONE = ((None, GOOD), (1.0, LOOK))
_BAD_AT_ONE = ((None, GOOD), (1.0, ACT))
_WAITS_FOR = (
    "topk(1, bascule_queue_length"
    ' or label_replace(sum(bascule_desktops{phase="starting"}), "reason", "boots under way", "", "")'
    ' or label_replace(sum(bascule_actions_in_flight{action="clone"}), "reason", "clones under way", "", "")'
    ' or label_replace(1e9 * max(bascule_intent_standing{intent="freeze"}), "reason", "freeze", "", "")) > 0'
)
_IS_LATE = "(sum by (wave) (bascule_wave_late_desktops) + sum by (wave) (bascule_wave_overdue_desktops)) > 0"
FROZEN = Mark(
    name=Text("Frozen", "Gel"),
    expr='bascule_intent_standing{intent="freeze"} == 1',
    colour=ACT,
    title=Text("nothing is written", "aucune écriture"),
)
NODE_AWAY = Mark(
    name=Text("Node offline", "Nœud hors ligne"),
    expr="bascule_node_online == 0",
    colour=ORANGE,
    title=Text("{{node}}", "{{node}}"),
)
BATCH_OPENS = Mark(
    name=Text("A batch opens", "Un lot s'ouvre"),
    expr="sum by (wave) (delta(bascule_desktops_wanted[1m])) > 0",
    colour=BLUE,
    title=Text("{{wave}}", "{{wave}}"),
)
MARKS = (FROZEN, NODE_AWAY, BATCH_OPENS)

_FIRST_LINE = (
    Panel(
        kind=Kind.NUMBER,
        title=Text("Ready", "Postes prêts"),
        about=Text(
            "Desktops that their agent can log on to, of all that the scenario plans. Too slow? Type `bascule report plan`.",
            "Postes sur lesquels l'agent peut ouvrir une session, sur le total prévu par le scénario. Trop "
            "lent ? Taper `bascule report plan`.",
        ),
        queries=(
            query("sum(bascule_desktops_wanted_ready)", "ready", "prêts"),
            query("sum(bascule_desktops_planned)", "planned", "prévus"),
        ),
        wide=4,
        high=6,
        none=Text("no data", "pas de données"),
        steps=((None, GOOD),),
        command="bascule status",
        runbook="waves",
    ),
    Panel(
        kind=Kind.NUMBER,
        title=Text("People waiting", "Agents en attente"),
        about=Text(
            "Agents whose batch is open and who have no desktop that is ready: `bascule why WAVE` says what they wait for. "
            "Overdue: of all batches whose deadline is over. "
            "Left out: a ceiling leaves them no desktop, and waiting brings none: `bascule surge status`.",
            "Agents dont le lot est ouvert et dont le poste n'est pas prêt : `bascule why VAGUE` dit ce qu'ils attendent. "
            "Échus : de tous les lots dont l'échéance est passée. "
            "Exclus : un plafond ne leur laisse aucun poste, attendre n'en donne pas : `bascule surge status`.",
        ),
        queries=(
            query("sum(bascule_desktops_wanted) - sum(bascule_desktops_wanted_ready)", "waiting", "en attente"),
            query("sum(bascule_wave_overdue_desktops)", "overdue", "échus", steps=_BAD_AT_ONE),
            query("sum(bascule_people_left_out)", "left out", "exclus", steps=_BAD_AT_ONE),
        ),
        wide=6,
        high=6,
        none=Text("no data", "pas de données"),
        steps=((None, GOOD), (1.0, LOOK)),
        command="bascule why WAVE",
        runbook="waves",
    ),
    Panel(
        kind=Kind.NUMBER,
        title=Text("Longest wait", "Attente la plus longue"),
        about=Text(
            "How long the agent has waited who has waited longest for a ready desktop. From half an hour on: "
            "`bascule report plan`.",
            "Depuis quand attend l'agent qui attend le plus un poste prêt. À partir d'une demi-heure : `bascule report plan`.",
        ),
        queries=(query("max(bascule_waiting_oldest_age_seconds)"),),
        wide=4,
        high=6,
        unit="s",
        decimals=0,
        none=Text("no data", "pas de données"),
        steps=((None, GOOD), (900.0, LOOK), (1800.0, ACT)),
        command="bascule report plan",
        runbook="desktops",
    ),
    Panel(
        kind=Kind.NAME,
        title=Text("It waits for", "Ce qui freine"),
        about=Text(
            "What most of the work waits for: that which is under way, too. `bascule report plan` names the node, storage or "
            "setting.",
            "Ce qu'attend la plus grande part du travail, y compris celui en cours. `bascule report plan` nomme le nœud, le "
            "stockage ou le réglage.",
        ),
        queries=(query(_WAITS_FOR, "{{reason}}"),),
        wide=4,
        high=6,
        none=Text("nothing", "rien"),
        steps=((None, LOOK),),
        command="bascule report plan",
        runbook="desktops",
    ),
    Panel(
        kind=Kind.NUMBER,
        title=Text("Sessions", "Sessions"),
        about=Text(
            "Open sessions, and on how many desktops they were counted. Unknown: desktops that may have any. Oldest reading: "
            "who has come or gone since on that desktop is not counted. `bascule desktop list` gives the reasons.",
            "Sessions ouvertes, et le nombre de postes où elles ont été comptées. Inconnus : postes qui peuvent en avoir. "
            "Lecture la plus ancienne : depuis, les arrivées et départs n'y sont pas comptés. `bascule desktop list` donne les "
            "raisons.",
        ),
        queries=(query("sum(bascule_sessions)", "now", "maintenant"), *band()),
        wide=6,
        high=6,
        none=Text("no data", "pas de données"),
        steps=((None, GOOD),),
        runbook="sessions",
    ),
)

_SECOND_LINE = (
    Panel(
        kind=Kind.NUMBER,
        title=Text("Bascule writes", "Écritures"),
        about=Text(
            "Whether anything is ordered: `bascule status` says who froze it and why, or what paused a cluster.",
            "Si des ordres partent : `bascule status` dit qui a gelé et pourquoi, ou ce qui met un cluster en pause.",
        ),
        queries=(query('clamp_max(2 * max(bascule_intent_standing{intent="freeze"}) + max(bascule_cluster_paused), 2)'),),
        wide=4,
        high=5,
        none=Text("GONE", "ABSENT"),
        words={"0": Text("yes", "oui"), "1": Text("PAUSED", "EN PAUSE"), "2": Text("FROZEN", "GELÉ")},
        colours={"0": GOOD, "1": ACT, "2": ACT},
        steps=((None, GOOD), (1.0, ACT)),
        command="bascule status",
        runbook="operators",
    ),
    Panel(
        kind=Kind.NUMBER,
        title=Text("Nodes offline", "Nœuds hors ligne"),
        about=Text(
            "Nodes that the cluster does not show online. `bascule node list` says what was on them.",
            "Nœuds que le cluster ne montre pas en ligne. `bascule node list` dit ce qui s'y trouvait.",
        ),
        queries=(query("sum(1 - bascule_node_online)"),),
        wide=4,
        high=5,
        none=Text("no data", "pas de données"),
        steps=_BAD_AT_ONE,
        command="bascule node list",
        runbook="nodes",
    ),
    Panel(
        kind=Kind.NUMBER,
        title=Text("Room for more", "Place restante"),
        about=Text(
            "Desktops that still fit, now and once the fullest node is lost; of the profile with the least. "
            "Negative: so many would "
            "find no place. `bascule status` says what would add most.",
            "Postes qui tiennent encore, maintenant et après la perte du nœud le plus plein ; du profil le "
            "moins bien loti. Négatif : "
            "autant ne trouveraient pas de place. `bascule status` dit ce qui en ajouterait le plus.",
        ),
        queries=(
            query("min(bascule_capacity_free_desktops)", "now", "maintenant", steps=_ROOM),
            query("min(bascule_capacity_free_desktops_after_node_loss)", "one node less", "un nœud en moins"),
        ),
        wide=6,
        high=5,
        none=Text("no data", "pas de données"),
        steps=((None, ACT), (0.0, GOOD)),
        command="bascule status",
        runbook="capacity",
    ),
    Panel(
        kind=Kind.NAME,
        title=Text("Runs out first", "Ce qui manquera d'abord"),
        about=Text(
            "The resource that runs out first if desktops are added.",
            "La ressource qui manquera d'abord si l'on ajoute des postes.",
        ),
        queries=(query("topk(1, max by (resource) (bascule_capacity_binds) == 1)", "{{resource}}"),),
        wide=5,
        high=5,
        none=Text("–", "–"),
        steps=((None, DIM),),
        runbook="capacity",
    ),
    Panel(
        kind=Kind.NUMBER,
        title=Text("Alerts", "Alertes"),
        about=Text(
            "Alerts that fire now: critical (act now) and warnings (look today).",
            "Alertes actives : critiques (agir maintenant) et avertissements (à voir aujourd'hui).",
        ),
        queries=(
            query(
                'count(ALERTS{alertname=~"Bascule.+", alertstate="firing", severity="critical"}) or vector(0)',
                "critical",
                "critiques",
            ),
            query(
                'count(ALERTS{alertname=~"Bascule.+", alertstate="firing", severity="warning"}) or vector(0)',
                "warnings",
                "avert.",
                steps=_LOOK_AT_ONE,
            ),
        ),
        wide=5,
        high=5,
        steps=_BAD_AT_ONE,
        runbook="index",
    ),
)

_GRAPHS = (
    Panel(
        kind=Kind.LINES,
        title=Text("Ready against the target", "Postes prêts et objectif"),
        about=Text(
            "Planned: at the scenario's end. Wanted: batches that are open. Ready: people can log on.",
            "Prévus : à la fin du scénario. Demandés : lots ouverts. Prêts : on peut y ouvrir une session.",
        ),
        queries=(
            query("sum(bascule_desktops_planned)", "planned", "prévus", GREY),
            query("sum(bascule_desktops_wanted)", "wanted", "demandés", ORANGE),
            query("sum(bascule_desktops_wanted_ready)", "ready", "prêts", BLUE),
        ),
        wide=10,
        high=8,
        runbook="waves",
    ),
    Panel(
        kind=Kind.LINES,
        title=Text("Sessions and what carries them", "Sessions et ce qui les porte"),
        about=Text(
            "Sessions against the desktops that are ready and the ceiling that leaves least. Unknown: desktops that do not say "
            "who is logged on.",
            "Sessions, postes prêts, et plafond le plus bas. Inconnues : postes qui ne disent pas qui a ouvert une session.",
        ),
        queries=(
            query('sum(bascule_desktops{phase="ready"})', "desktops ready", "postes prêts", GREY),
            query("sum(bascule_sessions)", "sessions", "sessions", BLUE),
            query("min(bascule_ceiling_room_desktops)", "ceiling", "plafond", VERMILLION),
            query("sum(bascule_desktops_sessions_unknown)", "unknown", "inconnues", PURPLE),
        ),
        wide=7,
        high=8,
        runbook="sessions",
    ),
    Panel(
        kind=Kind.BARS,
        title=Text("Waves: ready of planned", "Vagues : prêts sur prévus"),
        about=Text(
            "Part of each wave's desktops that are ready. The dashboard *Waves* has the figures.",
            "Part des postes de chaque vague qui sont prêts. Les chiffres sont dans le tableau *Vagues*.",
        ),
        queries=(
            query("sum by (wave) (bascule_desktops_wanted_ready) / (sum by (wave) (bascule_desktops_planned) > 0)", "{{wave}}"),
        ),
        wide=7,
        high=8,
        unit="percentunit",
        most=1.0,
        decimals=0,
        none=Text("no wave", "aucune vague"),
        steps=((None, LOOK), (1.0, GOOD)),
        runbook="waves",
    ),
)

_LAST_LINE = (
    Panel(
        kind=Kind.TABLE,
        title=Text("Alerts that fire", "Alertes actives"),
        about=Text(
            "What fires now. Each alert's page, linked from its notification, says what to type.",
            "Ce qui est actif. La page de chaque alerte, liée dans sa notification, dit quoi taper.",
        ),
        queries=(query('sum by (severity, alertname) (ALERTS{alertname=~"Bascule.+", alertstate="firing"})'),),
        wide=6,
        high=5,
        none=Text("none", "aucune"),
        columns=(
            Column(label="severity", title=Text("severity", "gravité"), first=True, wide=110),
            Column(label="alertname", title=Text("alert", "alerte")),
            Column(label="Value", title=Text("how many", "nombre"), wide=90),
        ),
        runbook="index",
    ),
    Panel(
        kind=Kind.TABLE,
        title=Text("Waves that are late, or will be", "Vagues en retard, ou qui le seront"),
        about=Text(
            "How many desktops of each wave are overdue now; of its batch that is latest, how many will, or may, not be ready "
            "in time, how many of them never, the deadline, and when the last of the others is ready. "
            "`bascule surge status` says what holds them back.",
            "Combien de postes de chaque vague ont dépassé leur échéance ; dans son lot le plus en retard, combien ne seront "
            "pas, ou risquent de ne pas être, prêts à temps, combien ne le seront jamais, l'échéance, et quand le dernier des "
            "autres est prêt. `bascule surge status` dit ce qui les freine.",
        ),
        queries=(
            query(f"sum by (wave) (bascule_wave_overdue_desktops) and on (wave) {_IS_LATE}"),
            query(f"sum by (wave) (bascule_wave_late_desktops) and on (wave) {_IS_LATE}"),
            query(f"sum by (wave) (bascule_wave_never_desktops) and on (wave) {_IS_LATE}"),
            query(f"max by (wave) (bascule_wave_ready_by_timestamp_seconds) * 1000 and on (wave) {_IS_LATE}"),
            query(f'max by (wave) (bascule_wave_eta_timestamp_seconds{{bound="middle"}}) * 1000 and on (wave) {_IS_LATE}'),
        ),
        wide=12,
        high=5,
        none=Text("none", "aucune"),
        columns=(
            Column(label="wave", title=Text("wave", "vague")),
            Column(label="Value #A", title=Text("overdue", "échus"), steps=((None, DIM), (1.0, ACT))),
            Column(label="Value #B", title=Text("will be late", "seront en retard"), steps=((None, DIM), (1.0, LOOK))),
            Column(label="Value #C", title=Text("never", "jamais"), steps=((None, DIM), (1.0, ACT))),
            Column(label="Value #D", title=Text("due", "échéance"), unit=CLOCK),
            Column(
                label="Value #E",
                title=Text("others ready", "autres prêts"),
                unit=CLOCK,
                words={"0": Text("unknown", "inconnu")},
            ),
        ),
        command="bascule surge status",
        runbook="waves",
    ),
    Panel(
        kind=Kind.NUMBER,
        title=Text("How old is what you see", "Âge des informations"),
        about=Text(
            "Since the last cycle, the last view of a cluster, and the roster in force.",
            "Depuis le dernier cycle, la dernière vue d'un cluster, et la liste d'agents en vigueur.",
        ),
        queries=(
            query("max(bascule_last_cycle_age_seconds)", "cycle", "cycle"),
            query("max(bascule_cluster_observation_age_seconds)", "cluster", "cluster"),
            query("max(bascule_directory_age_seconds)", "directory", "annuaire", steps=_DIRECTORY_AGE),
        ),
        wide=6,
        high=5,
        unit="s",
        decimals=0,
        none=Text("GONE", "ABSENT"),
        steps=((None, GOOD), (60.0, LOOK), (120.0, ACT)),
        runbook="daemon",
    ),
)

CRISIS = Dashboard(
    uid="bascule-crisis",
    title=Text("Bascule: crisis room", "Bascule : salle de crise"),
    about=Text(
        "One screen for the wall. Grafana's kiosk mode: press d, then k.", "Un écran pour le mur. Mode kiosque : d, puis k."
    ),
    panels=(*_FIRST_LINE, *_SECOND_LINE, *_GRAPHS, *_LAST_LINE),
    marks=MARKS,
    refresh="15s",
)
