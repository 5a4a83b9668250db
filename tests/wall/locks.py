"""Provisioning: stages, actions, storage locks, requests."""

from tests.wall.boots import BOOTS
from tests.wall.crisis import FROZEN, NODE_AWAY
from tests.wall.palette import BLUE, ORANGE
from tests.wall.parts import Dashboard, Kind, Panel, ever_above_zero, extreme, mean, query
from tests.wall.texts import Text

_C = 'cluster=~"$cluster"'

LOCKS = Dashboard(
    uid="bascule-provisioning",
    title=Text("Bascule: provisioning and storage locks", "Bascule : création et verrous de stockage"),
    about=Text(
        "What is under way, how long it takes, and what holds it up.",
        "Ce qui est en cours, combien de temps, et ce qui freine.",
    ),
    variables=("cluster",),
    marks=(FROZEN, NODE_AWAY),
    panels=(
        Panel(
            kind=Kind.AREAS,
            title=Text("In flight", "En cours"),
            about=Text("Actions that Proxmox VE works on.", "Actions en cours dans Proxmox VE."),
            queries=(
                query(
                    ever_above_zero("bascule_actions_in_flight", "action"),
                    "{{action}}",
                ),
            ),
            wide=12,
            high=8,
            runbook="desktops",
        ),
        Panel(
            kind=Kind.AREAS,
            title=Text("Not ordered yet, by what it waits for", "Non encore lancé, par raison d'attente"),
            about=Text("`bascule report plan` names the place.", "`bascule report plan` nomme l'endroit."),
            queries=(
                query(
                    ever_above_zero("bascule_queue_length", "reason"),
                    "{{reason}}",
                ),
            ),
            wide=12,
            high=8,
            none=Text("nothing waits", "rien n'attend"),
            runbook="desktops",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Clones at each storage's lock", "Clones au verrou de chaque stockage"),
            about=Text(
                "In flight, on the busiest storages; the next graph has the limit.",
                "En cours, sur les stockages les plus sollicités ; la limite est dans le graphe suivant.",
            ),
            queries=(query(extreme(f"bascule_lock_clones_in_flight{{{_C}}}", number=8), "{{storage}} {{node}}"),),
            wide=8,
            high=8,
            runbook="storage-locks",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Limit of each lock", "Limite de chaque verrou"),
            about=Text(
                "Clones that may be in flight: as measured, and within the budget. The lowest ones.",
                "Clones permis à la fois : selon les mesures et le budget. Les plus basses.",
            ),
            queries=(query(extreme(f"bascule_lock_clones_limit{{{_C}}}", number=8, lowest=True), "{{storage}} {{node}}"),),
            wide=8,
            high=8,
            runbook="storage-locks",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("How long a clone holds it", "Durée de prise par clone"),
            about=Text(
                "`bascule check storage` says what would shorten it.", "`bascule check storage` dit ce qui la raccourcirait."
            ),
            queries=(query(extreme(f"bascule_lock_hold_seconds{{{_C}}}", number=8), "{{storage}} {{node}}"),),
            wide=8,
            high=8,
            unit="s",
            runbook="storage-locks",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Lock time-outs, in 10 minutes", "Verrous non obtenus, en 10 minutes"),
            about=Text("Clones that waited 10 s in vain.", "Clones qui ont attendu 10 s en vain."),
            queries=(query(f"sum by (cluster) (increase(bascule_lock_timeouts_total{{{_C}}}[10m]))", "{{cluster}}"),),
            wide=8,
            high=7,
            runbook="storage-locks",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("How long stages take", "Durée des étapes"),
            about=Text(
                "Clone, configure, start, and start to ready: the mean of the last 15 minutes.",
                "Clone, configuration, démarrage, et du démarrage à prêt : la moyenne de 15 minutes.",
            ),
            queries=(query(mean("bascule_stage_seconds", by="stage", only='{stage!="whole"}', span="15m"), "{{stage}}"),),
            wide=8,
            high=7,
            unit="s",
            runbook="desktops",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Actions that did not succeed, in 10 minutes", "Actions sans succès, en 10 minutes"),
            about=Text("By error (docs/en/failures.md).", "Par erreur (docs/en/failures.md)."),
            queries=(query(f"sum by (error) (increase(bascule_action_errors_total{{{_C}}}[10m])) > 0", "{{error}}"),),
            wide=8,
            high=7,
            none=Text("none", "aucune"),
            runbook="desktops",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Requests to Proxmox VE, a second", "Requêtes à Proxmox VE, par seconde"),
            about=Text("Reads and writes.", "Lectures et écritures."),
            queries=(
                query(
                    f'sum(rate(bascule_api_requests_total{{{_C}, access="read"}}[$__rate_interval]))', "reads", "lectures", BLUE
                ),
                query(
                    f'sum(rate(bascule_api_requests_total{{{_C}, access="write"}}[$__rate_interval]))',
                    "writes",
                    "écritures",
                    ORANGE,
                ),
            ),
            wide=8,
            high=7,
            unit="reqps",
            runbook="clusters",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Requests without a usable answer, a second", "Requêtes sans réponse utile, par seconde"),
            about=Text("By outcome (docs/en/failures.md).", "Par issue (docs/en/failures.md)."),
            queries=(
                query(
                    f'sum by (outcome) (rate(bascule_api_requests_total{{{_C}, outcome!="ok"}}[$__rate_interval])) > 0',
                    "{{outcome}}",
                ),
            ),
            wide=8,
            high=7,
            unit="reqps",
            none=Text("none", "aucune"),
            runbook="clusters",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("How long answers take", "Durée des réponses"),
            about=Text(
                "Of Proxmox VE's API, the mean of 5 minutes: readings and writes.",
                "De l'API de Proxmox VE, la moyenne de 5 minutes : lectures et écritures.",
            ),
            queries=(query(mean("bascule_api_request_seconds", by="access", only=f"{{{_C}}}", span="5m"), "{{access}}"),),
            wide=8,
            high=7,
            unit="s",
            runbook="clusters",
        ),
        *BOOTS,
    ),
)
