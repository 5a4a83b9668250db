"""What stands around the desktops: brokers, DNS, the domain, notices, probes, and what desktops send."""

from tests.wall.palette import ACT, BLUE, DIM, GOOD, GREY, LOOK, ORANGE
from tests.wall.parts import Column, Dashboard, Kind, Panel, query
from tests.wall.texts import Text

_FAILS = {"0": Text("well", "bien"), "1": Text("FAILS", "EN ÉCHEC")}
_BAD = ((None, GOOD), (1.0, ACT))
_LOOK = ((None, DIM), (1.0, LOOK))
_FAILING = Column(label="Value #A", title=Text("last round", "dernière passe"), words=_FAILS, steps=_BAD)
_READ = Column(label="Value #B", title=Text("read", "lu il y a"), unit="s")

_TABLES = (
    Panel(
        kind=Kind.TABLE,
        title=Text("Brokers", "Portails"),
        about=Text(
            "Whether the last round went well, when it was read, its connections, and people whom it does not know; who is "
            "connected, and desktops that say otherwise. `bascule check`.",
            "Si la dernière passe a réussi, quand il a été lu, ses connexions, et les personnes qu'il ne connaît pas ; qui est "
            "connecté, et les postes qui disent autre chose. `bascule check`.",
        ),
        queries=(
            query("max by (broker) (bascule_broker_failing)"),
            query("max by (broker) (bascule_broker_age_seconds)"),
            query('sum by (broker) (bascule_broker_connections{state="published"})'),
            query('sum by (broker) (bascule_broker_connections{state="foreign"})'),
            query('sum by (broker) (bascule_broker_connections{state="waiting"})'),
            query("sum by (broker) (bascule_broker_unknown_people)"),
            query("sum by (broker) (bascule_broker_connected)"),
            query("sum by (broker) (bascule_broker_disagreements)"),
        ),
        wide=24,
        high=5,
        none=Text("no broker", "aucun portail"),
        columns=(
            Column(label="broker", title=Text("broker", "portail")),
            _FAILING,
            _READ,
            Column(label="Value #C", title=Text("published", "publiées")),
            Column(label="Value #D", title=Text("somebody else's", "à d'autres"), steps=_LOOK),
            Column(label="Value #E", title=Text("waiting", "en attente")),
            Column(label="Value #F", title=Text("unknown people", "personnes inconnues"), steps=_LOOK),
            Column(label="Value #G", title=Text("connected", "connectées")),
            Column(label="Value #H", title=Text("disagree", "désaccords"), steps=_LOOK),
        ),
        runbook="brokers",
    ),
    Panel(
        kind=Kind.TABLE,
        title=Text("DNS zones", "Zones DNS"),
        about=Text(
            "Whether the last round went well, when the zone was read, and its records. `bascule check`.",
            "Si la dernière passe a réussi, quand la zone a été lue, et ses enregistrements. `bascule check`.",
        ),
        queries=(
            query("max by (zone) (bascule_dns_zone_failing)"),
            query("max by (zone) (bascule_dns_zone_age_seconds)"),
            query('sum by (zone) (bascule_dns_records{state="published"})'),
            query('sum by (zone) (bascule_dns_records{state="foreign"})'),
            query('sum by (zone) (bascule_dns_records{state="waiting"})'),
        ),
        wide=12,
        high=5,
        none=Text("no zone", "aucune zone"),
        columns=(
            Column(label="zone", title=Text("zone", "zone")),
            _FAILING,
            _READ,
            Column(label="Value #C", title=Text("published", "publiés")),
            Column(label="Value #D", title=Text("somebody else's", "à d'autres"), steps=_LOOK),
            Column(label="Value #E", title=Text("waiting", "en attente")),
        ),
        runbook="dns",
    ),
    Panel(
        kind=Kind.TABLE,
        title=Text("Domain", "Domaine"),
        about=Text(
            "Whether the last round over the computer accounts went well, and when they were read. `bascule check`.",
            "Si la dernière passe sur les comptes d'ordinateur a réussi, et quand ils ont été lus. `bascule check`.",
        ),
        queries=(query("max by (realm) (bascule_domain_failing)"), query("max by (realm) (bascule_domain_age_seconds)")),
        wide=6,
        high=5,
        none=Text("no domain", "aucun domaine"),
        columns=(Column(label="realm", title=Text("domain", "domaine")), _FAILING, _READ),
        runbook="domain",
    ),
    Panel(
        kind=Kind.BARS,
        title=Text("Computer accounts", "Comptes d'ordinateur"),
        about=Text(
            "Kept; gone with their desktop; not made, though a desktop asks.",
            "Conservés ; partis avec leur poste ; non créés alors qu'un poste en demande un.",
        ),
        queries=(query("sum by (state) (bascule_computer_accounts)", "{{state}}"),),
        wide=6,
        high=5,
        decimals=0,
        none=Text("no domain", "aucun domaine"),
        steps=((None, DIM),),
        runbook="domain",
    ),
    Panel(
        kind=Kind.TABLE,
        title=Text("Notices to people", "Messages aux personnes"),
        about=Text(
            "By channel, what became of the last notices, and whether the channel takes any now.",
            "Par voie, ce que sont devenus les derniers messages, et si la voie en accepte.",
        ),
        queries=(
            query("max by (channel) (bascule_notices_failing)"),
            query('sum by (channel) (bascule_notices{stage="sent"})'),
            query('sum by (channel) (bascule_notices{stage="pending"})'),
            query('sum by (channel) (bascule_notices{stage=~"failed|doubtful"})'),
            query('sum by (channel) (bascule_notices{stage!~"sent|pending|failed|doubtful"})'),
        ),
        wide=12,
        high=6,
        none=Text("no notices", "aucun message"),
        columns=(
            Column(label="channel", title=Text("channel", "voie")),
            _FAILING,
            Column(label="Value #B", title=Text("sent", "envoyés")),
            Column(label="Value #C", title=Text("pending", "en attente")),
            Column(label="Value #D", title=Text("failed, in doubt", "en échec, en doute"), steps=_LOOK),
            Column(label="Value #E", title=Text("others", "autres")),
        ),
        runbook="operators",
    ),
    Panel(
        kind=Kind.NUMBER,
        title=Text("Probes", "Sondes"),
        about=Text(
            "Desktops that a probe has reached as a person would, and has not, within the window; and the last probe. "
            "`bascule desktop probe --sample 20`.",
            "Postes qu'une sonde a joints comme le ferait une personne, ou non, dans la fenêtre ; et la dernière sonde. "
            "`bascule desktop probe --sample 20`.",
        ),
        queries=(
            query('sum(bascule_probes{result="passed"})', "reached", "joints", steps=((None, DIM),)),
            query('sum(bascule_probes{result="failed"})', "not reached", "non joints"),
            query("max(bascule_probe_age_seconds)", "last", "dernière", steps=((None, DIM),), unit="s"),
        ),
        wide=6,
        high=6,
        none=Text("no probes", "aucune sonde"),
        steps=((None, GOOD), (1.0, LOOK)),
        runbook="sessions",
    ),
    Panel(
        kind=Kind.TABLE,
        title=Text("What failed probes have in common", "Points communs des sondes en échec"),
        about=Text("A node, a storage, an image, or everywhere.", "Un nœud, un stockage, une image, ou partout."),
        queries=(query("max by (kind, name) (bascule_probe_causes > 0)"),),
        wide=6,
        high=6,
        none=Text("nothing", "rien"),
        columns=(Column(label="kind", title=Text("kind", "genre")), Column(label="name", title=Text("name", "nom"))),
        runbook="sessions",
    ),
)

_SENT = (
    Panel(
        kind=Kind.LINES,
        title=Text("Documents pushed by desktops, a minute", "Documents envoyés par les postes, par minute"),
        about=Text(
            "By what became of them; anything but accepted changes nothing. docs/en/sessions.md has the words.",
            "Selon leur suite ; seul « accepted » change quelque chose. Les mots sont dans docs/en/sessions.md.",
        ),
        queries=(query("60 * sum by (result) (rate(bascule_pushes_total[$__rate_interval]))", "{{result}}"),),
        wide=8,
        high=8,
        runbook="sessions",
    ),
    Panel(
        kind=Kind.LINES,
        title=Text("How long a push takes", "Durée d'un envoi"),
        about=Text(
            "From the desktop to the daemon: the median of the desktops, which no single one moves.",
            "Du poste au démon : la médiane des postes, qu'aucun ne déplace à lui seul.",
        ),
        queries=(query("bascule_push_delay_seconds", "median", "médiane", BLUE),),
        wide=8,
        high=8,
        unit="s",
        none=Text("nothing is pushed", "aucun envoi"),
        runbook="sessions",
    ),
    Panel(
        kind=Kind.LINES,
        title=Text("What is doubtful in what desktops say, an hour", "Doutes sur ce que disent les postes, par heure"),
        about=Text(
            "Log-ons and log-offs that no event dates, documents that disagree, and other host keys than before.",
            "Arrivées et départs qu'aucun événement ne date, documents qui se contredisent, et clés d'hôte changées.",
        ),
        queries=(
            query("sum(increase(bascule_sessions_inferred_total[1h]))", "not dated", "non datés", BLUE),
            query("sum(increase(bascule_session_disagreements_total[1h]))", "disagree", "se contredisent", ORANGE),
            query("sum(increase(bascule_host_key_changes_total[1h]))", "other host keys", "clés changées", GREY),
        ),
        wide=8,
        high=8,
        runbook="sessions",
    ),
    Panel(
        kind=Kind.LINES,
        title=Text("Requests for first-boot data, an hour", "Demandes de premier démarrage, par heure"),
        about=Text("By what became of them (docs/en/first-boot.md).", "Selon leur suite (docs/en/first-boot.md)."),
        queries=(query("sum by (result) (increase(bascule_first_boot_requests_total[1h]))", "{{result}}"),),
        wide=12,
        high=7,
        runbook="desktops",
    ),
    Panel(
        kind=Kind.LINES,
        title=Text("Session rules, an hour", "Règles de session, par heure"),
        about=Text(
            "Questions of desktops what to do with their sessions; messages and log-offs ordered.",
            "Questions des postes sur leurs sessions ; messages et déconnexions ordonnés.",
        ),
        queries=(query("sum by (result) (increase(bascule_session_orders_total[1h]))", "{{result}}"),),
        wide=12,
        high=7,
        runbook="sessions",
    ),
)

AROUND = Dashboard(
    uid="bascule-around",
    title=Text("Bascule: around the desktops", "Bascule : autour des postes"),
    about=Text(
        "Brokers, DNS, the domain, notices and probes; and what desktops send.",
        "Portails, DNS, domaine, messages et sondes ; et ce que les postes envoient.",
    ),
    since="now-24h",
    panels=(*_TABLES, *_SENT),
)
