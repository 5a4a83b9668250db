"""Panels of what is wrong, and of what the daemon serves, in its dashboard; and how good forecasts were, beside readiness."""

from tests.wall.palette import ACT, DIM, GOOD, LOOK
from tests.wall.parts import Column, Kind, Panel, query
from tests.wall.texts import Text

TROUBLES = (
    Panel(
        kind=Kind.TABLE,
        title=Text("What is wrong", "Ce qui ne va pas"),
        about=Text(
            "The list of `bascule status`, by code: what has it, and how many; notes are left out.",
            "La liste de `bascule status`, par code : ce qui en est atteint, et combien ; sans les notes.",
        ),
        queries=(query('sum by (severity, code, about) (bascule_wrong{severity!="note"}) > 0'),),
        wide=10,
        high=7,
        none=Text("nothing", "rien"),
        columns=(
            Column(label="severity", title=Text("severity", "gravité"), first=True),
            Column(label="code", title=Text("what", "quoi")),
            Column(label="about", title=Text("of", "de")),
            Column(label="Value", title=Text("how many", "nombre"), wide=90),
        ),
        runbook="index",
    ),
    Panel(
        kind=Kind.NUMBER,
        title=Text("Refused since", "Refusée depuis"),
        about=Text(
            "Since a reload first found the files faulty; 0: the last one did not. `bascule check --offline`.",
            "Depuis qu'un rechargement a trouvé les fichiers fautifs ; 0 : pas le dernier. `bascule check --offline`.",
        ),
        queries=(query("max(bascule_config_rejected_age_seconds)"),),
        wide=4,
        high=7,
        unit="s",
        decimals=0,
        steps=((None, GOOD), (1.0, ACT)),
        runbook="daemon",
    ),
    Panel(
        kind=Kind.TABLE,
        title=Text("Certificates end in", "Fin des certificats"),
        about=Text(
            "Certificates that the daemon serves its metrics and its API with. `bascule check`.",
            "Certificats des métriques et de l'API du démon. `bascule check`.",
        ),
        queries=(query("max by (use) (bascule_certificate_end_timestamp_seconds - time())"),),
        wide=6,
        high=7,
        none=Text("none", "aucun"),
        columns=(
            Column(label="use", title=Text("for", "pour")),
            Column(
                label="Value", title=Text("in", "dans"), unit="s", steps=((None, ACT), (1_209_600.0, LOOK), (2_592_000.0, GOOD))
            ),
        ),
        runbook="daemon",
    ),
    Panel(
        kind=Kind.NAME,
        title=Text("Version", "Version"),
        about=Text("Of the daemon that is scraped.", "Du démon qui est interrogé."),
        queries=(query("max by (version) (bascule_build_info)", "{{version}}"),),
        wide=4,
        high=7,
        steps=((None, DIM),),
        runbook="daemon",
    ),
    Panel(
        kind=Kind.NUMBER,
        title=Text("Baseline", "État de référence"),
        about=Text(
            "After the store was rebuilt from notes an operator has to accept it. `bascule status` says how.",
            "Après reconstruction de la base à partir des notes, un exploitant doit l'accepter. `bascule status` dit comment.",
        ),
        queries=(query("min(bascule_baseline_accepted)"),),
        wide=6,
        high=6,
        words={"0": Text("WAITS", "EN ATTENTE"), "1": Text("accepted", "accepté")},
        colours={"0": ACT, "1": GOOD},
        steps=((None, ACT), (1.0, GOOD)),
        runbook="operators",
    ),
    Panel(
        kind=Kind.LINES,
        title=Text("Answers of the daemon's API, a minute", "Réponses de l'API du démon, par minute"),
        about=Text("By class of HTTP status.", "Par classe de statut HTTP."),
        queries=(query("60 * sum by (status) (rate(bascule_daemon_api_answers_total[$__rate_interval]))", "{{status}}"),),
        wide=18,
        high=6,
        none=Text("nobody asks", "aucune demande"),
        runbook="daemon",
    ),
)

FORECASTS = (
    Panel(
        kind=Kind.NUMBER,
        title=Text("Forecasts", "Prévisions"),
        about=Text(
            "Of the latest, of which it is known whether they were right: how many there are, and whose band held what came.",
            "Parmi les dernières dont on connaît l'issue : combien, et combien dont la fourchette contenait ce qui est venu.",
        ),
        queries=(
            query("max(bascule_forecasts_judged)", "judged", "jugées", steps=((None, DIM),)),
            query("max(bascule_forecasts_held)", "held", "justes", steps=((None, DIM),)),
        ),
        wide=12,
        high=5,
        steps=((None, DIM),),
        runbook="waves",
    ),
    Panel(
        kind=Kind.NUMBER,
        title=Text("As long as forecasts said, times", "Durée réelle sur durée prévue"),
        about=Text(
            "In the median; 1: as long as they said; 0: none has come yet. `bascule report surge` lists them.",
            "En médiane ; 1 : comme prévu ; 0 : aucune échéance passée. `bascule report surge` les liste.",
        ),
        queries=(query("max(bascule_forecasts_bias_ratio)"),),
        wide=12,
        high=5,
        decimals=2,
        steps=((None, DIM),),
        runbook="waves",
    ),
)
