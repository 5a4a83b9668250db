"""Panels of pools, of a fixed size or that follow their people, in the dashboard of sessions."""

from tests.wall.palette import ACT, DIM, GOOD, LOOK
from tests.wall.parts import Column, Kind, Panel, query
from tests.wall.texts import Text

POOLS = (
    Panel(
        kind=Kind.TABLE,
        title=Text("Pools", "Pools"),
        about=Text(
            "Of each pool: desktops that are to be, lent ones, those that somebody who asks gets at once, all free ones, those "
            "that are reset after a person, and failed ones; then the sessions on them, and the desktops that do not say. "
            "A pool for fewer than five people has no sessions of its own here. `bascule pool list`.",
            "Pour chaque pool : postes prévus, postes prêtés, ceux qu'obtient aussitôt qui en demande un, tous les libres, "
            "ceux qu'on réinitialise après une personne, et ceux en échec ; puis leurs sessions, et les postes muets. "
            "Un pool pour moins de cinq personnes n'a pas ici de sessions à lui. `bascule pool list`.",
        ),
        queries=(
            query("sum by (pool) (bascule_pool_size)"),
            query('sum by (pool) (bascule_pool_desktops{state=~"lent|waiting"})'),
            query("sum by (pool) (bascule_pool_lendable_desktops)"),
            query('sum by (pool) (bascule_pool_desktops{state=~"ready|off|coming"})'),
            query('sum by (pool) (bascule_pool_desktops{state="to_reset"})'),
            query('sum by (pool) (bascule_pool_desktops{state=~"failed|in_doubt"})'),
            query("sum by (pool) (bascule_pool_sessions)"),
            query("sum by (pool) (bascule_pool_desktops_sessions_unknown)"),
        ),
        wide=24,
        high=7,
        none=Text("no pool", "aucun pool"),
        columns=(
            Column(label="pool", title=Text("pool", "pool")),
            Column(label="Value #A", title=Text("to be", "prévus")),
            Column(label="Value #B", title=Text("lent", "prêtés")),
            Column(label="Value #C", title=Text("lendable now", "à prêter de suite"), steps=((None, LOOK), (1.0, GOOD))),
            Column(label="Value #D", title=Text("free", "libres")),
            Column(label="Value #E", title=Text("being reset", "en réinitialisation")),
            Column(label="Value #F", title=Text("failed, in doubt", "en échec, en doute"), steps=((None, DIM), (1.0, ACT))),
            Column(label="Value #G", title=Text("sessions", "sessions")),
            Column(label="Value #H", title=Text("unknown", "inconnues"), steps=((None, DIM), (1.0, LOOK))),
        ),
        runbook="pools",
    ),
    Panel(
        kind=Kind.LINES,
        title=Text("Desktops that are lendable at once", "Postes à prêter de suite"),
        about=Text(
            "Free, on, and it is known that nobody is logged on there: the next person who asks has one.",
            "Libres, allumés, et l'on sait que personne n'y est : qui en demande un l'a.",
        ),
        queries=(query("sum by (pool) (bascule_pool_lendable_desktops)", "{{pool}}"),),
        wide=12,
        high=8,
        none=Text("no pool", "aucun pool"),
        runbook="pools",
    ),
    Panel(
        kind=Kind.BARS,
        title=Text("Refused lends, within an hour", "Prêts refusés, en une heure"),
        about=Text(
            "By the code of the reason; who asks again is counted again. `bascule pool lend WHO` says the reason in full.",
            "Par code du motif ; qui redemande compte à nouveau. `bascule pool lend QUI` donne le motif en toutes lettres.",
        ),
        queries=(query("sum by (reason) (increase(bascule_lends_refused_total[1h]))", "{{reason}}"),),
        wide=12,
        high=8,
        decimals=0,
        none=Text("no pool", "aucun pool"),
        steps=((None, DIM), (1.0, LOOK)),
        many=True,
        runbook="pools",
    ),
    Panel(
        kind=Kind.TABLE,
        title=Text("What pools that follow their people go by", "De quoi se règlent les pools qui suivent leurs agents"),
        about=Text(
            "Whether it is in force or in shadow, free desktops that are to be ready and made, those that `spare` keeps, the "
            "share of people who may wait, days that it is learned from, and how much people come in groups (1: not at all).",
            "En vigueur ou à l'essai, postes libres à tenir prêts et à créer, ceux que garde `spare`, la part d'agents qui "
            "peuvent attendre, les jours appris, et à quel point ils arrivent en groupe (1 : pas du tout).",
        ),
        queries=(
            query("max by (pool) (bascule_autoscale_in_force)"),
            query('sum by (pool) (bascule_autoscale_free_wanted{what="ready"})'),
            query('sum by (pool) (bascule_autoscale_free_wanted{what="made"})'),
            query("sum by (pool) (bascule_pool_spare)"),
            query("max by (pool) (bascule_autoscale_waits_wanted_ratio)"),
            query("max by (pool) (bascule_autoscale_learned_days)"),
            query('max by (pool) (bascule_autoscale_arrivals_dispersion_ratio{lead="boot"})'),
        ),
        wide=24,
        high=6,
        none=Text("no pool", "aucun pool"),
        columns=(
            Column(label="pool", title=Text("pool", "pool")),
            Column(
                label="Value #A",
                title=Text("in force", "en vigueur"),
                words={"0": Text("shadow", "à l'essai"), "1": Text("yes", "oui")},
            ),
            Column(label="Value #B", title=Text("free, ready", "libres, prêts")),
            Column(label="Value #C", title=Text("free, made", "libres, créés")),
            Column(label="Value #D", title=Text("spare", "spare")),
            Column(label="Value #E", title=Text("may wait", "peuvent attendre"), unit="percentunit"),
            Column(label="Value #F", title=Text("days learned", "jours appris")),
            Column(label="Value #G", title=Text("in groups", "en groupe")),
        ),
        runbook="pools",
    ),
    Panel(
        kind=Kind.LINES,
        title=Text("Pools that follow their people", "Pools qui suivent leurs agents"),
        about=Text(
            "Desktops that are to run and that do, in use or free; in shadow nothing is ordered. `bascule pool show POOL` has "
            "the decision and its figures.",
            "Postes qui doivent être allumés et qui le sont, prêtés ou libres ; à l'essai, rien n'est ordonné. "
            "`bascule pool show POOL` donne la décision et ses chiffres.",
        ),
        queries=(
            query('sum by (pool) (bascule_autoscale_target{what="running"})', "{{pool}} wanted", "{{pool}} voulus"),
            query(
                'sum by (pool) (bascule_autoscale_desktops{use=~"lent|free|preparing"})',
                "{{pool}} running",
                "{{pool}} allumés",
            ),
            query('sum by (pool) (bascule_autoscale_desktops{use="lent"})', "{{pool}} lent", "{{pool}} prêtés"),
        ),
        wide=12,
        high=8,
        none=Text("no such pool", "aucun pool"),
        runbook="pools",
    ),
    Panel(
        kind=Kind.LINES,
        title=Text("People who come to pools, a minute", "Agents qui arrivent, par minute"),
        about=Text(
            "Who asked for a desktop, and how many were expected: what free desktops are kept ready for.",
            "Agents qui ont demandé un poste, et combien étaient attendus : de quoi se règlent les postes libres.",
        ),
        queries=(
            query("60 * sum by (pool) (rate(bascule_autoscale_arrivals_total[$__rate_interval]))", "{{pool}}"),
            query(
                '60 * sum by (pool) (bascule_autoscale_expected_arrivals{lead="boot"} '
                '/ bascule_autoscale_lead_seconds{lead="boot"})',
                "{{pool}} expected",
                "{{pool}} attendus",
            ),
        ),
        wide=12,
        high=8,
        none=Text("no such pool", "aucun pool"),
        runbook="pools",
    ),
    Panel(
        kind=Kind.BARS,
        title=Text("Who had to wait for a pool, within an hour", "Attentes aux pools, en une heure"),
        about=Text(
            "The share of people who found no ready desktop; `waits_percent` of the pool says what may be. "
            "`bascule pool show POOL` says why so many are free.",
            "La part d'agents sans poste prêt à leur arrivée ; `waits_percent` du pool dit ce qui est admis. "
            "`bascule pool show POOL` dit pourquoi tant de postes sont libres.",
        ),
        queries=(
            query(
                "sum by (pool) (increase(bascule_autoscale_waits_total[1h])) "
                "/ (sum by (pool) (increase(bascule_autoscale_arrivals_total[1h])) > 0)",
                "{{pool}}",
            ),
        ),
        wide=8,
        high=6,
        unit="percentunit",
        none=Text("nobody came", "aucune arrivée"),
        steps=((None, GOOD), (0.01, LOOK), (0.03, ACT)),
        runbook="pools",
    ),
    Panel(
        kind=Kind.BARS,
        title=Text("What a shadow would do otherwise", "Ce que l'essai ferait autrement"),
        about=Text(
            "Desktops that autoscale in shadow wants otherwise than `size` and `spare`: on, made, off or none.",
            "Postes que l'autoscale à l'essai veut autrement que `size` et `spare` : allumés, créés, éteints ou aucun.",
        ),
        queries=(query("sum by (pool, wanted) (bascule_autoscale_shadow_difference)", "{{pool}} {{wanted}}"),),
        wide=8,
        high=6,
        none=Text("no shadow", "aucun essai"),
        steps=((None, DIM),),
        many=True,
        runbook="pools",
    ),
    Panel(
        kind=Kind.NUMBER,
        title=Text("Grants of the broker, within an hour", "Autorisations du portail, en une heure"),
        about=Text(
            "Lent desktops that the broker may open, and grants that were wanted and refused, by the code of the reason. "
            "`bascule pool lend WHO --grant` says the reason in full.",
            "Postes prêtés que le portail peut ouvrir, et autorisations demandées et refusées, par code du motif. "
            "`bascule pool lend WHO --grant` donne le motif en toutes lettres.",
        ),
        queries=(
            query("sum(increase(bascule_grants_total[1h]))", "given", "données"),
            query(
                'sum by (reason) (increase(bascule_grants_refused_total{reason!="not_ready"}[1h])) > 0',
                "refused: {{reason}}",
                "refusées : {{reason}}",
            ),
        ),
        wide=8,
        high=6,
        decimals=0,
        none=Text("no pool", "aucun pool"),
        steps=((None, DIM),),
        runbook="pools",
    ),
)
