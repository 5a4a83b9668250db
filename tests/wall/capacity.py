"""Capacity, and what is left when a node is lost."""

from tests.wall.crisis import NODE_AWAY
from tests.wall.palette import ACT, BLUE, GOOD, GREY, LOOK, VERMILLION
from tests.wall.parts import Column, Dashboard, Kind, Panel, extreme, query
from tests.wall.texts import Text

_P, _C = 'profile=~"$profile"', 'cluster=~"$cluster"'

CAPACITY = Dashboard(
    uid="bascule-capacity",
    title=Text("Bascule: capacity and N−1", "Bascule : capacité et N−1"),
    about=Text(
        "How many desktops still fit, now and once the fullest node is lost, and what runs out first.",
        "Combien de postes tiennent encore, maintenant et après la perte du nœud le plus plein, et ce qui manquera d'abord.",
    ),
    variables=("profile", "cluster"),
    marks=(NODE_AWAY,),
    since="now-24h",
    panels=(
        Panel(
            kind=Kind.NUMBER,
            title=Text("Room now", "Place maintenant"),
            about=Text(
                "Further desktops, if only this profile grows: profiles share hardware, so never add them up.",
                "Postes supplémentaires si ce profil seul grandit : les profils partagent le matériel, ne jamais additionner.",
            ),
            queries=(query(f"min by (profile) (bascule_capacity_free_desktops{{{_P}}})", "{{profile}}"),),
            wide=8,
            high=5,
            steps=((None, ACT), (1.0, LOOK), (50.0, GOOD)),
            runbook="capacity",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Room with one node less", "Place avec un nœud en moins"),
            about=Text(
                "Once the fullest node is lost and its desktops are made again elsewhere. Negative: so many "
                "would find no place. "
                "`bascule status` names what would add most.",
                "Après la perte du nœud le plus plein et la recréation de ses postes ailleurs. Négatif : "
                "autant ne trouveraient pas de "
                "place. `bascule status` nomme ce qui en ajouterait le plus.",
            ),
            queries=(query(f"min by (profile) (bascule_capacity_free_desktops_after_node_loss{{{_P}}})", "{{profile}}"),),
            wide=8,
            high=5,
            steps=((None, ACT), (0.0, GOOD)),
            runbook="capacity",
        ),
        Panel(
            kind=Kind.TABLE,
            title=Text(
                "Runs out first, and the node that would hurt most", "Ce qui manquera d'abord, et le nœud le plus critique"
            ),
            about=Text("By profile.", "Par profil."),
            queries=(
                query(f"max by (profile, resource) (bascule_capacity_binds{{{_P}}} == 1)"),
                query(f"max by (profile, cluster, node) (bascule_capacity_worst_node{{{_P}}})"),
            ),
            wide=8,
            high=5,
            columns=(
                Column(label="profile", title=Text("profile", "profil")),
                Column(label="resource", title=Text("runs out", "manquera")),
                Column(label="node", title=Text("node", "nœud")),
            ),
            runbook="capacity",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Room over time", "Place dans le temps"),
            about=Text("Below zero after a loss: N−1 is gone.", "Sous zéro après une perte : le N−1 n'est plus tenu."),
            queries=(
                query(f"min(bascule_capacity_free_desktops{{{_P}}})", "now", "maintenant", BLUE),
                query(
                    f"min(bascule_capacity_free_desktops_after_node_loss{{{_P}}})",
                    "one node less",
                    "un nœud en moins",
                    VERMILLION,
                ),
                query(f"sum(bascule_desktops_missing{{{_P}}})", "yet to be made", "à créer", GREY),
            ),
            wide=12,
            high=11,
            runbook="capacity",
        ),
        Panel(
            kind=Kind.BARS,
            title=Text("Desktops on each node", "Postes par nœud"),
            about=Text("The fullest 20. `bascule node list` has all.", "Les 20 plus pleins. `bascule node list` les a tous."),
            queries=(query(f"sort_desc(topk(20, bascule_node_desktops{{{_C}}}))", "{{node}}"),),
            wide=12,
            high=11,
            many=True,
            steps=((None, BLUE),),
            runbook="nodes",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Memory left on each node", "Mémoire restante par nœud"),
            about=Text(
                "Within the share for guests, the 20 lowest; negative: exceeded.",
                "Dans la part des machines, les 20 plus bas ; négatif : dépassée.",
            ),
            queries=(query(extreme(f"bascule_node_headroom_memory_bytes{{{_C}}}", number=20, lowest=True), "{{node}}"),),
            wide=8,
            high=11,
            unit="bytes",
            runbook="capacity",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("vCPUs left on each node", "vCPU restants par nœud"),
            about=Text(
                "At the strictest profile's ratio, the 20 lowest.", "Au ratio du profil le plus strict, les 20 plus bas."
            ),
            queries=(query(extreme(f"bascule_node_headroom_vcpus{{{_C}}}", number=20, lowest=True), "{{node}}"),),
            wide=8,
            high=11,
            runbook="capacity",
        ),
        Panel(
            kind=Kind.BARS,
            title=Text("Storage left", "Stockage restant"),
            about=Text(
                "Part of each storage, within the share that may be filled; the 20 lowest.",
                "Part de chaque stockage, dans la limite permise ; les 20 plus bas.",
            ),
            queries=(
                query(
                    f"bottomk(20, bascule_storage_headroom_bytes{{{_C}}} / bascule_storage_size_bytes{{{_C}}})",
                    "{{storage}} {{node}}",
                ),
            ),
            wide=8,
            high=11,
            many=True,
            unit="percentunit",
            most=1.0,
            decimals=0,
            steps=((None, ACT), (0.05, LOOK), (0.15, BLUE)),
            runbook="capacity",
        ),
        Panel(
            kind=Kind.TABLE,
            title=Text("Nodes that take nothing new", "Nœuds sans nouveau poste"),
            about=Text(
                "Offline, cordoned, drained or in maintenance.", "Hors ligne, exclus, en cours de vidage ou en maintenance."
            ),
            queries=(
                query(f"max by (cluster, node) (bascule_node_cordoned{{{_C}}} == 1 or 1 - bascule_node_online{{{_C}}} == 1)"),
            ),
            wide=24,
            high=5,
            none=Text("none", "aucun"),
            columns=(
                Column(label="cluster", title=Text("cluster", "cluster")),
                Column(label="node", title=Text("node", "nœud")),
            ),
            runbook="nodes",
        ),
    ),
)
