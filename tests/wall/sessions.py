"""Sessions."""

from tests.wall.palette import ACT, BLUE, DIM, GOOD, GREY, LOOK, ORANGE, PURPLE
from tests.wall.parts import Dashboard, Kind, Panel, band, most_sessions, most_unknown, query
from tests.wall.people import PEOPLE
from tests.wall.pools import POOLS
from tests.wall.texts import Text

_P = 'profile=~"$profile"'
_SOME_UNKNOWN = ((None, DIM), (1.0, LOOK))

SESSIONS = Dashboard(
    uid="bascule-sessions",
    title=Text("Bascule: sessions", "Bascule : sessions"),
    about=Text(
        "Who works, counted; and of which desktops that is not known. It names nobody.",
        "Qui travaille, en nombre ; et de quels postes on l'ignore. Personne n'est nommé.",
    ),
    variables=("profile",),
    values_of="bascule_sessions",
    since="now-24h",
    panels=(
        Panel(
            kind=Kind.NUMBER,
            title=Text("Open now", "Ouvertes"),
            about=Text(
                "Connected and disconnected together; on how many desktops they were counted, of how many it is not known, and "
                "how old that may be.",
                "Connectées et déconnectées ensemble ; sur combien de postes elles sont comptées, de combien on l'ignore, et "
                "l'âge que cela peut avoir.",
            ),
            queries=(query(f"sum(bascule_sessions{{{_P}}})", "open", "ouvertes"), *band(f"{{{_P}}}")),
            wide=8,
            high=6,
            steps=((None, GOOD),),
            runbook="sessions",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Peak", "Maximum"),
            about=Text(
                "Of all profiles, today (UTC) and in 14 days, to the event where desktops push; and the most desktops of which "
                "it was not known at once. `bascule report peak` has each day.",
                "Tous profils, aujourd'hui (UTC) et en 14 jours, à l'événement près où les postes l'envoient ; et le plus de "
                "postes dont on l'ignorait à la fois. `bascule report peak` donne chaque jour.",
            ),
            queries=(
                query("max(bascule_sessions_day_peak)", "today", "aujourd'hui"),
                query(most_unknown("1d"), "unknown, a day", "inconnus, un jour", steps=_SOME_UNKNOWN),
                query(most_sessions("14d"), "14 days", "14 jours"),
                query(most_unknown("14d"), "unknown, 14 days", "inconnus, 14 jours", steps=_SOME_UNKNOWN),
            ),
            wide=8,
            high=6,
            steps=((None, DIM),),
            runbook="sessions",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Desktops with unknown sessions", "Postes aux sessions inconnues"),
            about=Text(
                "The count is too low by them, and they are never stopped; and how many sessions the desktops of all profiles "
                "had when they last said. `bascule desktop list` gives the reasons.",
                "Le compte est trop bas d'autant, et ils ne sont jamais arrêtés ; et combien de sessions avaient les postes de "
                "tous les profils à leurs dernières nouvelles. `bascule desktop list` donne les raisons.",
            ),
            queries=(
                query(f"sum(bascule_desktops_sessions_unknown{{{_P}}})", "desktops", "postes"),
                query("sum(bascule_sessions_last_known)", "had sessions, in all", "avaient des sessions", steps=((None, DIM),)),
            ),
            wide=4,
            high=6,
            steps=((None, GOOD), (1.0, LOOK), (50.0, ACT)),
            runbook="sessions",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Sessions of somebody else", "Sessions d'une autre personne"),
            about=Text(
                "On a desktop that is another agent's. `bascule desktop list` names them.",
                "Sur le poste d'un autre agent. `bascule desktop list` les nomme.",
            ),
            queries=(
                query(f"sum(bascule_sessions_of_strangers{{{_P}}})", "sessions", "sessions"),
                query(f"sum(bascule_desktops_sessions_unknown{{{_P}}})", "unknown", "inconnus", steps=((None, DIM),)),
            ),
            wide=4,
            high=6,
            steps=((None, GOOD), (1.0, LOOK)),
            runbook="sessions",
        ),
        Panel(
            kind=Kind.AREAS,
            title=Text("Sessions by state", "Sessions par état"),
            about=Text(
                "As last read; on top, the desktops that do not say: the true number is at least the lower areas together, and "
                "with one session for each of these desktops at most all.",
                "Selon la dernière lecture ; au-dessus, les postes muets : le vrai nombre est au moins la somme des aires du "
                "bas et, avec une session par poste muet, au plus le tout.",
            ),
            queries=(
                query(f"sum by (state) (bascule_sessions{{{_P}}})", "{{state}}"),
                query(f"sum(bascule_desktops_sessions_unknown{{{_P}}})", "desktops unknown", "postes inconnus", PURPLE),
            ),
            wide=12,
            high=9,
            runbook="sessions",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Sessions and desktops", "Sessions et postes"),
            about=Text(
                "How many of the desktops whose sessions are known are in use, and of how many they are not known.",
                "Combien des postes aux sessions connues servent, et de combien on l'ignore.",
            ),
            queries=(
                query(f"sum(bascule_desktops_sessions_known{{{_P}}})", "known", "connues", GREY),
                query(f"sum(bascule_sessions{{{_P}}})", "sessions", "sessions", BLUE),
                query(f"sum(bascule_desktops_sessions_unknown{{{_P}}})", "unknown", "inconnues", PURPLE),
            ),
            wide=12,
            high=9,
            runbook="sessions",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Desktops that give no report, by reason", "Postes sans rapport, par raison"),
            about=Text(
                "Of all profiles, without those that are booting in time. The words are in docs/en/metrics.md.",
                "Tous profils, sans ceux qui démarrent dans les temps. Les mots sont dans docs/en/metrics.md.",
            ),
            queries=(query("sum by (reason) (bascule_desktops_silent) > 0", "{{reason}}"),),
            wide=12,
            high=8,
            none=Text("none", "aucun"),
            runbook="sessions",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Desktops that say who is logged on, by way", "Postes qui disent qui est connecté, par voie"),
            about=Text(
                "Within half an hour: by their own push, or asked through the guest agent or SSH.",
                "Depuis une demi-heure : par leur propre envoi, ou interrogés par l'agent invité ou SSH.",
            ),
            queries=(query("sum by (source) (bascule_desktops_heard)", "{{source}}"),),
            wide=12,
            high=8,
            runbook="sessions",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("Documents taken in, a minute", "Documents reçus, par minute"),
            about=Text("By the same ways.", "Par les mêmes voies."),
            queries=(query("60 * sum by (source) (rate(bascule_session_documents_total[$__rate_interval]))", "{{source}}"),),
            wide=12,
            high=8,
            runbook="sessions",
        ),
        Panel(
            kind=Kind.LINES,
            title=Text("This week and the last", "Cette semaine et la précédente"),
            about=Text(
                "Sessions now, and at the same time a week ago; and the desktops that do not say.",
                "Sessions, et à la même heure une semaine plus tôt ; et les postes muets.",
            ),
            queries=(
                query(f"sum(bascule_sessions{{{_P}}})", "now", "maintenant", BLUE),
                query(f"sum(bascule_desktops_sessions_unknown{{{_P}}})", "unknown now", "inconnus", PURPLE),
                query(f"sum(bascule_sessions{{{_P}}} offset 7d)", "a week ago", "il y a une semaine", ORANGE),
            ),
            wide=12,
            high=8,
            runbook="sessions",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Half-days in turn", "Demi-journées à tour de rôle"),
            about=Text(
                "People of this half-day who have a desktop, who wait for one, and people who stay on after theirs. "
                "`bascule surge rotation` names them.",
                "Agents de cette demi-journée qui ont un poste, qui en attendent un, et agents restés après la leur. "
                "`bascule surge rotation` les nomme.",
            ),
            queries=(
                query('sum(bascule_rotation_people{state="with_desktop"})', "have one", "en ont un"),
                query('sum(bascule_rotation_people{state="waiting"})', "wait", "attendent", steps=((None, GOOD), (1.0, ACT))),
                query('sum(bascule_rotation_people{state="staying"})', "stay on", "restent", steps=((None, GOOD), (1.0, LOOK))),
                query(
                    "max(bascule_rotation_waiting_oldest_age_seconds)",
                    "longest wait",
                    "plus longue attente",
                    steps=((None, GOOD), (900.0, ACT)),
                    unit="s",
                ),
            ),
            wide=12,
            high=5,
            none=Text("no rotation", "aucune rotation"),
            steps=((None, GOOD),),
            runbook="pools",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Reserve of the rotation", "Réserve de la rotation"),
            about=Text(
                "Desktops that no week counts on: how many of them are free. A larger `reserve` holds from the next published "
                "week on.",
                "Postes qu'aucune semaine ne compte : combien sont libres. Une `reserve` plus grande vaut dès la prochaine "
                "semaine publiée.",
            ),
            queries=(
                query("sum(bascule_rotation_reserve_left)", "free", "libres", steps=((None, LOOK), (1.0, GOOD))),
                query("sum(bascule_rotation_reserve)", "of", "sur"),
            ),
            wide=6,
            high=5,
            none=Text("no rotation", "aucune rotation"),
            steps=((None, DIM),),
            runbook="pools",
        ),
        Panel(
            kind=Kind.NUMBER,
            title=Text("Half-days are published for", "Demi-journées publiées pour"),
            about=Text(
                "Until the last published half-day ends. `bascule surge rotation` has the weeks.",
                "Jusqu'à la fin de la dernière demi-journée publiée. `bascule surge rotation` donne les semaines.",
            ),
            queries=(query("max(bascule_rotation_published_until_timestamp_seconds > 0) - time()"),),
            wide=6,
            high=5,
            unit="s",
            none=Text("no rotation", "aucune rotation"),
            steps=((None, ACT), (0.0, LOOK), (86400.0, GOOD)),
            runbook="pools",
        ),
        *PEOPLE,
        *POOLS,
    ),
)
