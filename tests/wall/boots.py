"""Panels of boots and of what was done, in the dashboard of provisioning."""

from tests.wall.palette import BLUE, GREY, ORANGE
from tests.wall.parts import Kind, Panel, query
from tests.wall.texts import Text

BOOTS = (
    Panel(
        kind=Kind.LINES,
        title=Text("From the start order to each level", "De l'ordre de démarrage à chaque niveau"),
        about=Text(
            "The mean of 15 minutes: guest agent answers, report came, log-on port open, first boot done.",
            "La moyenne de 15 minutes : l'agent invité répond, un rapport vient, le port est ouvert, premier démarrage fini.",
        ),
        queries=(
            query(
                "sum by (level) (rate(bascule_readiness_seconds_total[15m])) "
                "/ (sum by (level) (rate(bascule_readiness_reached_total[15m])) > 0)",
                "{{level}}",
            ),
        ),
        wide=8,
        high=7,
        unit="s",
        none=Text("nothing boots", "aucun démarrage"),
        runbook="desktops",
    ),
    Panel(
        kind=Kind.LINES,
        title=Text("Slow boots, and desktops without a report", "Démarrages lents, et postes sans rapport"),
        about=Text(
            "Slow: longer than twice the slowest boot of the image of late. Without a report: those that are booting, too.",
            "Lents : plus du double du plus lent démarrage récent de l'image. Sans rapport : y compris ceux qui démarrent.",
        ),
        queries=(
            query("sum(bascule_desktops_slow)", "slow", "lents", ORANGE),
            query('sum(bascule_desktops_guest_unknown{reason!="not_asked"})', "without a report", "sans rapport", GREY),
        ),
        wide=8,
        high=7,
        runbook="desktops",
    ),
    Panel(
        kind=Kind.LINES,
        title=Text("Actions ended, a minute", "Actions terminées, par minute"),
        about=Text(
            "By their result; `bascule report journal` has each.", "Par résultat ; `bascule report journal` donne chacune."
        ),
        queries=(query("60 * sum by (result) (rate(bascule_actions_total[$__rate_interval]))", "{{result}}"),),
        wide=8,
        high=7,
        runbook="desktops",
    ),
    Panel(
        kind=Kind.LINES,
        title=Text("Longest wait for an order", "Plus longue attente d'un ordre"),
        about=Text(
            "Since the agent was wanted whose desktop has waited longest for its order.",
            "Depuis quand attend l'agent dont le poste attend le plus son ordre.",
        ),
        queries=(query("max(bascule_queue_oldest_age_seconds)", "wait", "attente", BLUE),),
        wide=12,
        high=6,
        unit="s",
        runbook="desktops",
    ),
    Panel(
        kind=Kind.LINES,
        title=Text("Answers from Proxmox VE, bytes a second", "Réponses de Proxmox VE, octets par seconde"),
        about=Text("By cluster.", "Par cluster."),
        queries=(query("sum by (cluster) (rate(bascule_api_received_bytes_total[5m]))", "{{cluster}}"),),
        wide=12,
        high=6,
        unit="bytes",
        runbook="clusters",
    ),
)
