"""F22: the card of a person. Forty calls to a help desk, each with the truth beside what is read aloud, and what is ordered.

The sites are the daemon's own core at work, published by its own publisher; an order that a card shows is given to that core.
"""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click
import pytest
import typer.main

from provisioner.cli.app import app_of
from provisioner.model.ids import DesktopName
from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.model.lending import GiveBackOrder, LendOrder
from tests.builders.person import asked, go_on, read_aloud
from tests.builders.reconciler import Site
from tests.views import person_calls as calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a card has to say."""

    truth: str
    """What is so, in the words of somebody who sees the whole site."""
    en: str
    fr: str
    standing: str
    commands: tuple[str, ...]


QUICK = frozenset(
    {
        calls.all_is_well,
        calls.with_an_address,
        calls.node_lost,
        calls.is_made,
        calls.frozen_before_it_was_made,
        calls.a_later_wave,
        calls.not_entitled,
        calls.rejected_entry,
        calls.the_cluster_is_away,
        calls.one_can_be_lent,
        calls.after_the_half_day,
    }
)
"""One of each kind; the others are played for minutes of the site's time, so that they are long tests."""


def a_call(made: Callable[[], Any], **answer: Any) -> Any:
    return pytest.param(made, Answer(**answer), id=made.__name__, marks=() if made in QUICK else pytest.mark.long)


CALLS = [
    a_call(
        calls.all_is_well,
        truth="up, and nobody was on it when it was read last",
        en="Agent 1 has a desktop that is ready: connect to vd-5001",
        fr="Agent 1 a un poste prêt\xa0: se connecter à vd-5001",
        standing="ready",
        commands=("bascule desktop restart vd-5001",),
    ),
    a_call(
        calls.with_an_address,
        truth="the same, with a reserved address",
        en="Agent 1 has a desktop that is ready: connect to vd-5001 at 10.40.0.10",
        fr="Agent 1 a un poste prêt\xa0: se connecter à vd-5001, à l'adresse 10.40.0.10",
        standing="ready",
        commands=("bascule desktop restart vd-5001",),
    ),
    a_call(
        calls.at_work,
        truth="the caller is logged on there",
        en="Agent 1 has a desktop that is ready: connect to vd-5001 at 10.40.0.10",
        fr="Agent 1 a un poste prêt\xa0: se connecter à vd-5001, à l'adresse 10.40.0.10",
        standing="ready",
        commands=("bascule desktop restart vd-5001 --even-with-session --reason WHY",),
    ),
    a_call(
        calls.somebody_else_is_on_it,
        truth="bob is logged on to it",
        en="Agent 1 has a desktop that is ready, but somebody else is logged on there: connect to vd-5001 at 10.40.0.10",
        fr="Agent 1 a un poste prêt, mais quelqu'un d'autre y est connecté\xa0: se connecter à vd-5001, à l'adresse 10.40.0.10",
        standing="ready",
        commands=("bascule desktop restart vd-5001 --even-with-session --reason WHY",),
    ),
    a_call(
        calls.hangs,
        truth="running, and silent for 45 minutes: its sessions are not known any more",
        en=(
            "Agent 1 has desktop vd-5001, which has not answered since 08:03 and may hang: try to connect to "
            "vd-5001 at 10.40.0.10; if that fails, it has to be restarted"
        ),
        fr=(
            "Agent 1 a le poste vd-5001, qui ne répond plus depuis 08:03 et est peut-être figé\xa0: essayer de se "
            "connecter à vd-5001, à l'adresse 10.40.0.10\xa0; si cela échoue, il faut le redémarrer"
        ),
        standing="hangs",
        commands=(
            "bascule desktop restart vd-5001",
            "bascule desktop quarantine vd-5001",
        ),
    ),
    a_call(
        calls.answers_no_more,
        truth="the last question, and those after it, got no answer for 6 minutes; older sessions still count",
        en=(
            "Agent 1 has desktop vd-5001, which has not answered since 08:03 and may hang: try to connect to "
            "vd-5001 at 10.40.0.10; if that fails, it has to be restarted"
        ),
        fr=(
            "Agent 1 a le poste vd-5001, qui ne répond plus depuis 08:03 et est peut-être figé\xa0: essayer de se "
            "connecter à vd-5001, à l'adresse 10.40.0.10\xa0; si cela échoue, il faut le redémarrer"
        ),
        standing="hangs",
        commands=(
            "bascule desktop restart vd-5001",
            "bascule desktop quarantine vd-5001",
        ),
    ),
    a_call(
        calls.hangs_under_a_freeze,
        truth="the same as silent, and nothing is carried out before the freeze ends",
        en=(
            "Agent 1 has desktop vd-5001, which has not answered since 08:03 and may hang: try to connect to "
            "vd-5001 at 10.40.0.10; if that fails, it has to be restarted"
        ),
        fr=(
            "Agent 1 a le poste vd-5001, qui ne répond plus depuis 08:03 et est peut-être figé\xa0: essayer de se "
            "connecter à vd-5001, à l'adresse 10.40.0.10\xa0; si cela échoue, il faut le redémarrer"
        ),
        standing="hangs",
        commands=(),
    ),
    a_call(
        calls.starts,
        truth="it was off behind the daemon's back, and boots since 08:08; its profile allows 15 minutes",
        en="Agent 1 has desktop vd-5001, which is starting: wait, it should be ready by 08:23 at the latest",
        fr="Agent 1 a le poste vd-5001, qui démarre\xa0: attendre, il devrait être prêt à 08:23 au plus tard",
        standing="soon",
        commands=(),
    ),
    a_call(
        calls.starts_too_long,
        truth="it has been booting for 26 minutes",
        en=(
            "Agent 1 has desktop vd-5001, which has been starting since 08:14, longer than it may: it has to be "
            "restarted, or looked at"
        ),
        fr=(
            "Agent 1 a le poste vd-5001, qui démarre depuis 08:14, plus longtemps que permis\xa0: il faut le "
            "redémarrer, ou l'examiner"
        ),
        standing="hangs",
        commands=(
            "bascule desktop restart vd-5001",
            "bascule desktop quarantine vd-5001",
        ),
    ),
    a_call(
        calls.given_up,
        truth="Proxmox VE refuses its start for good",
        en="Agent 1 has no desktop that can be used: vd-5001 has failed since 08:04, and has to be looked at",
        fr="Agent 1 n'a pas de poste utilisable\xa0: vd-5001 est en échec depuis 08:04, il faut qu'on l'examine",
        standing="failed",
        commands=(
            "bascule desktop restart vd-5001",
            "bascule desktop quarantine vd-5001",
        ),
    ),
    a_call(
        calls.node_lost,
        truth="its node went offline a minute ago; another is made after two minutes",
        en=(
            "Agent 1 has desktop vd-5001, which cannot be reached, as its node n1 has not been there since "
            "08:08; another one is made at 08:10 if the node is not back by then"
        ),
        fr=(
            "Agent 1 a le poste vd-5001, qui est injoignable, car son nœud n1 est absent depuis 08:08\xa0; un autre "
            "est créé à 08:10 si le nœud n'est pas revenu d'ici là"
        ),
        standing="unknown",
        commands=("bascule desktop quarantine vd-5001",),
    ),
    a_call(
        calls.node_lost_and_replaced,
        truth="its node went offline, and another was made",
        en=(
            "Agent 1 had desktop vd-5001, which was replaced at 08:10 (what is on its disk is not on the new "
            "one), and has a desktop that is ready: connect to vd-5003 at 10.40.0.12"
        ),
        fr=(
            "Agent 1 avait le poste vd-5001, remplacé à 08:10 (ce qui est sur son disque n'est pas sur le "
            "nouveau), et a un poste prêt\xa0: se connecter à vd-5003, à l'adresse 10.40.0.12"
        ),
        standing="ready",
        commands=("bascule desktop restart vd-5003",),
    ),
    a_call(
        calls.node_back_after_the_replacement,
        truth="its node is back, with everything on the desktop, after another was made: F5, F15",
        en=(
            "Agent 1 had desktop vd-5001, which was replaced at 08:10 (what is on its disk is not on the new "
            "one), and has a desktop that is ready: connect to vd-5003 at 10.40.0.12"
        ),
        fr=(
            "Agent 1 avait le poste vd-5001, remplacé à 08:10 (ce qui est sur son disque n'est pas sur le "
            "nouveau), et a un poste prêt\xa0: se connecter à vd-5003, à l'adresse 10.40.0.12"
        ),
        standing="ready",
        commands=("bascule desktop restart vd-5003", "bascule desktop restore vd-5001 --reason WHY"),
    ),
    a_call(
        calls.works_on_the_newer_one,
        truth="its node is back, and the person works on the desktop that was made meanwhile",
        en=(
            "Agent 1 had desktop vd-5001, which was replaced at 08:10 (what is on its disk is not on the new "
            "one), and has a desktop that is ready: connect to vd-5003 at 10.40.0.12"
        ),
        fr=(
            "Agent 1 avait le poste vd-5001, remplacé à 08:10 (ce qui est sur son disque n'est pas sur le "
            "nouveau), et a un poste prêt\xa0: se connecter à vd-5003, à l'adresse 10.40.0.12"
        ),
        standing="ready",
        commands=(
            "bascule desktop restart vd-5003 --even-with-session --reason WHY",
            "bascule desktop restore vd-5001 --even-with-session --reason WHY",
        ),
    ),
    a_call(
        calls.given_back,
        truth="the old desktop was given back a minute ago; the newer one is kept",
        en="Agent 1 has a desktop that is ready: connect to vd-5001 at 10.40.0.10",
        fr="Agent 1 a un poste prêt\xa0: se connecter à vd-5001, à l'adresse 10.40.0.10",
        standing="ready",
        commands=("bascule desktop restart vd-5001", "bascule desktop restore vd-5003 --reason WHY"),
    ),
    a_call(
        calls.kept_aside,
        truth="zoe put it in quarantine, and another was made",
        en=(
            "Agent 1 had desktop vd-5001, which is kept aside since 08:08, and has a desktop that is ready: "
            "connect to vd-5003 at 10.40.0.12"
        ),
        fr=(
            "Agent 1 avait le poste vd-5001, mis de côté depuis 08:08, et a un poste prêt\xa0: se connecter à "
            "vd-5003, à l'adresse 10.40.0.12"
        ),
        standing="ready",
        commands=("bascule desktop restart vd-5003",),
    ),
    a_call(
        calls.kept_aside_just_now,
        truth="zoe put it in quarantine 20 seconds ago",
        en=(
            "Agent 1 had desktop vd-5001, which is kept aside since 08:08, and has no desktop yet: it is being "
            "made; when it will be ready is not known"
        ),
        fr=(
            "Agent 1 avait le poste vd-5001, mis de côté depuis 08:08, et n'a pas encore de poste\xa0: il est en "
            "cours de création\xa0; on ne sait pas quand il sera prêt"
        ),
        standing="soon",
        commands=(),
    ),
    a_call(
        calls.restarted,
        truth="zoe ordered a restart a moment ago",
        en="Agent 1 has desktop vd-5001, which is being restarted, as ordered at 08:08: wait until it is ready",
        fr="Agent 1 a le poste vd-5001, qui redémarre, sur un ordre de 08:08\xa0: attendre qu'il soit prêt",
        standing="soon",
        commands=(),
    ),
    a_call(
        calls.on_its_node_is_drained,
        truth="its node is drained, and nobody was logged on: it was shut down",
        en=(
            "Agent 1 has desktop vd-5001, which is off, because the operations team is emptying its node n1; "
            "when it will be ready is not known"
        ),
        fr=(
            "Agent 1 a le poste vd-5001, qui est éteint, car l'exploitation vide son nœud n1\xa0; on ne sait pas "
            "quand il sera prêt"
        ),
        standing="waits",
        commands=(),
    ),
    a_call(
        calls.rests,
        truth="it is Friday evening, and the scenario shuts down what nobody uses until Monday",
        en="Agent 1 has desktop vd-5001, which is off outside the hours: it is started again at 2027-01-18 07:44",
        fr="Agent 1 a le poste vd-5001, qui est éteint hors des heures\xa0: il redémarre à 2027-01-18 07:44",
        standing="later",
        commands=("bascule desktop restart vd-5001",),
    ),
    a_call(
        calls.is_made,
        truth="its clone was ordered a moment ago",
        en="Agent 1 has no desktop yet: it is being made; when it will be ready is not known",
        fr="Agent 1 n'a pas encore de poste\xa0: il est en cours de création\xa0; on ne sait pas quand il sera prêt",
        standing="soon",
        commands=(),
    ),
    a_call(
        calls.no_room,
        truth="the VMID range has two, and two people come first",
        en=(
            "Agent 1 has no desktop yet, because there is no room for more desktops; nothing can be done before "
            "that has changed"
        ),
        fr=(
            "Agent 1 n'a pas encore de poste, car il n'y a pas de place pour d'autres postes\xa0; rien ne peut être "
            "fait tant que cela dure"
        ),
        standing="waits",
        commands=(),
    ),
    a_call(
        calls.frozen_before_it_was_made,
        truth="nothing was made before the freeze",
        en=(
            "Agent 1 has no desktop yet, because an operator has stopped everything; nothing can be done before "
            "that has changed"
        ),
        fr="Agent 1 n'a pas encore de poste, car un exploitant a tout arrêté\xa0; rien ne peut être fait tant que cela dure",
        standing="waits",
        commands=(),
    ),
    a_call(
        calls.a_later_wave,
        truth="the second wave opens two hours after the start",
        en="Agent 1 has no desktop yet: the turn of wave 'rest' is at 10:00, and nothing can be done before",
        fr=(
            "Agent 1 n'a pas encore de poste\xa0: le tour de la vague «\xa0rest\xa0» vient à 10:00, et "
            "rien ne peut être fait avant"
        ),
        standing="later",
        commands=(),
    ),
    a_call(
        calls.a_later_wave_with_a_deadline,
        truth="the second batch opens at 09:00 UTC and is due two hours later; times are those of Paris",
        en="Agent 2 will have a desktop by 12:00, with wave 'rest': nothing can be done before 10:00",
        fr="Agent 2 aura un poste au plus tard à 12:00, avec la vague «\xa0rest\xa0»\xa0: rien ne peut être fait avant 10:00",
        standing="later",
        commands=(),
    ),
    a_call(
        calls.made_ahead,
        truth="the second wave opens two hours after the start, and its desktops are made before",
        en="Agent 1 will have a desktop from 10:00 on: vd-5002 is made already, and nothing has to be done before",
        fr="Agent 1 aura un poste à partir de 10:00\xa0: vd-5002 est déjà créé, et il n'y a rien à faire avant",
        standing="later",
        commands=(),
    ),
    a_call(
        calls.not_started,
        truth="nobody has started the scenario",
        en="Agent 1 has no desktop: scenario 'confinement' was not started: an operator starts it",
        fr="Agent 1 n'a pas de poste\xa0: le scénario «\xa0confinement\xa0» n'a pas été lancé\xa0: un exploitant le lance",
        standing="later",
        commands=(),
    ),
    a_call(
        calls.no_wave,
        truth="the only wave is for somebody else",
        en="Agent 1 has no desktop: no wave of scenario 's' selects this agent",
        fr="Agent 1 n'a pas de poste\xa0: aucune vague du scénario «\xa0s\xa0» ne retient cet agent",
        standing="none",
        commands=(),
    ),
    a_call(
        calls.not_entitled,
        truth="the only entitlement is for somebody else",
        en="Agent 1 is not entitled to a desktop: department, site and groups in the directory give none",
        fr="Agent 1 n'a pas droit à un poste\xa0: service, site et groupes dans l'annuaire n'en donnent pas",
        standing="none",
        commands=(),
    ),
    a_call(
        calls.not_entitled_and_the_directory_fails,
        truth="the same, and whether it is still so is not known",
        en=(
            "the directory cannot be read, and is known as it was at 07:50: by that, Agent 1 is not entitled to "
            "a desktop: department, site and groups in the directory give none"
        ),
        fr=(
            "l'annuaire ne peut pas être lu, et n'est connu que tel qu'il était à 07:50\xa0; d'après cela, Agent 1 "
            "n'a pas droit à un poste\xa0: service, site et groupes dans l'annuaire n'en donnent pas"
        ),
        standing="unknown",
        commands=(),
    ),
    a_call(
        calls.disabled,
        truth="the account is disabled",
        en="Agent 1 gets no desktop: the account is disabled in the directory",
        fr="Agent 1 n'a pas droit à un poste\xa0: le compte est désactivé dans l'annuaire",
        standing="none",
        commands=(),
    ),
    a_call(
        calls.has_left,
        truth="the person was there until 08:08, and had a desktop",
        en="Agent 1 has no desktop any more, since 08:08: the person is no longer in the directory; vd-5001 is kept for now",
        fr=(
            "Agent 1 n'a plus de poste depuis 08:08\xa0: la personne n'est plus dans l'annuaire\xa0; "
            "vd-5001 est gardé pour l'instant"
        ),
        standing="none",
        commands=(),
    ),
    a_call(
        calls.rejected_entry,
        truth="the directory has an entry of this login, which is somebody else's too",
        en=(
            "zdurand gets no desktop: the entry in the directory cannot be used (its login 'zdurand' belongs to "
            "another agent: change one of the two)"
        ),
        fr=(
            "zdurand n'a pas droit à un poste\xa0: l'entrée de l'annuaire est inutilisable (son login "
            "«\xa0zdurand\xa0» est celui d'un autre agent\xa0: changer l'un des deux)"
        ),
        standing="none",
        commands=(),
    ),
    a_call(
        calls.the_directory_fails,
        truth="the desktop is there, whatever the directory says",
        en="Agent 1 has a desktop that is ready: connect to vd-5001",
        fr="Agent 1 a un poste prêt\xa0: se connecter à vd-5001",
        standing="ready",
        commands=("bascule desktop restart vd-5001",),
    ),
    a_call(
        calls.the_cluster_is_away,
        truth="the cluster has not answered for 15 minutes",
        en=(
            "nothing is known after 08:08, as cluster pve does not answer; as it was then, Agent 1 has a desktop "
            "that is ready: connect to vd-5001 at 10.40.0.10"
        ),
        fr=(
            "rien n'est connu depuis 08:08, car le cluster pve ne répond pas\xa0; à ce moment-là, Agent 1 a un "
            "poste prêt\xa0: se connecter à vd-5001, à l'adresse 10.40.0.10"
        ),
        standing="unknown",
        commands=(),
    ),
    a_call(
        calls.no_quorum,
        truth="the cluster has lost its quorum before anything was made",
        en="Agent 1 has no desktop yet, because Bascule writes nothing on the cluster now; when it will be ready is not known",
        fr=(
            "Agent 1 n'a pas encore de poste, car Bascule n'écrit rien sur le cluster en ce moment\xa0; on ne sait "
            "pas quand il sera prêt"
        ),
        standing="waits",
        commands=(),
    ),
    a_call(
        calls.one_can_be_lent,
        truth="no desktop of their own; two of the pool are free",
        en="Agent 1 has no desktop of their own, and can be lent one of a pool: 2 are free",
        fr="Agent 1 n'a pas de poste à soi et peut en emprunter un à un pool (libres\xa0: 2)",
        standing="none",
        commands=("bascule pool lend login0001",),
    ),
    a_call(
        calls.one_is_lent,
        truth="one of the pool is lent to the caller",
        en="Agent 1 has a lent desktop of pool desk that is ready: connect to vd-5001",
        fr="Agent 1 a un poste prêté par le pool desk, et il est utilisable\xa0: se connecter à vd-5001",
        standing="ready",
        commands=("bascule desktop restart vd-5001",),
    ),
    a_call(
        calls.none_is_free,
        truth="no desktop of their own; both of the pool are lent",
        en="Agent 1 has no desktop of their own, and no desktop of a pool is free",
        fr="Agent 1 n'a pas de poste à soi, et aucun poste d'un pool n'est libre",
        standing="none",
        commands=(),
    ),
    a_call(
        calls.one_is_kept,
        truth="the caller gave it back, and the pool keeps it for them",
        en="Agent 1 has no desktop now: vd-5001 of pool desk is kept, and has to be lent again",
        fr="Agent 1 n'a pas de poste en ce moment\xa0: vd-5001 du pool desk est gardé, et doit être prêté de nouveau",
        standing="waits",
        commands=("bascule pool lend login0001",),
    ),
    a_call(
        calls.lent_and_hangs,
        truth="the lent desktop is silent; two others of the pool are free",
        en=(
            "Agent 1 has desktop vd-5001, which has not answered since 08:03 and may hang: try to connect to "
            "vd-5001; if that fails, it has to be restarted"
        ),
        fr=(
            "Agent 1 a le poste vd-5001, qui ne répond plus depuis 08:03 et est peut-être figé\xa0: essayer de se "
            "connecter à vd-5001\xa0; si cela échoue, il faut le redémarrer"
        ),
        standing="hangs",
        commands=(
            "bascule desktop restart vd-5001",
            "bascule pool return login0001",
        ),
    ),
    a_call(
        calls.hangs_beside_a_pool,
        truth="their own desktop is silent; two of a pool are free",
        en=(
            "Agent 1 has desktop vd-5001, which has not answered since 08:03 and may hang: try to connect to "
            "vd-5001; if that fails, it has to be restarted"
        ),
        fr=(
            "Agent 1 a le poste vd-5001, qui ne répond plus depuis 08:03 et est peut-être figé\xa0: essayer de se "
            "connecter à vd-5001\xa0; si cela échoue, il faut le redémarrer"
        ),
        standing="hangs",
        commands=(
            "bascule desktop restart vd-5001",
            "bascule desktop quarantine vd-5001",
            "bascule pool lend login0001",
        ),
    ),
    a_call(
        calls.in_the_half_day,
        truth="the half-day from 12:00 to 14:00 is theirs, and it goes on",
        en="Agent 1 has a desktop for this half-day, until 14:00: connect to vd-5001",
        fr="Agent 1 a un poste pour cette demi-journée, jusqu'à 14:00\xa0: se connecter à vd-5001",
        standing="ready",
        commands=("bascule desktop restart vd-5001",),
    ),
    a_call(
        calls.after_the_half_day,
        truth="the other half-day of the day is theirs, from 15:00 on",
        en="Agent 2 has no desktop now: the next half-day begins at 15:00",
        fr="Agent 2 n'a pas de poste en ce moment\xa0: la prochaine demi-journée commence à 15:00",
        standing="later",
        commands=(),
    ),
    a_call(
        calls.waits_in_the_half_day,
        truth="their half-day goes on, and whoever had the morning is still logged on to the only desktop",
        en="Agent 2 has no desktop yet in this half-day: no desktop of the pool is free; it is expected by 2027-01-18 15:00",
        fr=(
            "Agent 2 n'a pas encore de poste dans cette demi-journée\xa0: aucun poste du pool n'est libre\xa0; attendu "
            "pour 2027-01-18 15:00"
        ),
        standing="waits",
        commands=(),
    ),
]
IN_ORDER = ("ready", "soon", "later")
"""Nothing is in the way of these."""


def called(made: Callable[[], Any]) -> tuple[Site, str]:
    """The site of the call, and whom it is about."""
    found = made()
    site, who = found if isinstance(found, tuple) else (found, 1)
    return site, who if isinstance(who, str) else f"login{who:04}"


@pytest.mark.parametrize(("made", "answer"), CALLS)
def test_the_first_sentence_is_the_truth_and_can_be_read_aloud(made: Callable[[], Any], answer: Answer):
    site, who = called(made)
    calendar = site.config.scenario.calendar
    zone = "UTC" if calendar is None else calendar.zone
    cards = {language: asked(site, who, language)["card"] for language in ("en", "fr")}
    said = {name: read_aloud(card["says"]["text"], now=site.status.at, zone=zone) for name, card in cards.items()}

    assert said == {"en": answer.en, "fr": answer.fr}
    assert (cards["en"]["standing"], cards["en"]["in_the_way"]) == (answer.standing, answer.standing not in IN_ORDER)
    assert tuple(each["command"] for each in cards["en"]["commands"]) == answer.commands


ORDERED = [
    pytest.param(call.values[0], command, id=f"{call.id}: {command.partition(' --')[0]}")
    for call in CALLS
    for command in call.values[1].commands
]


@pytest.mark.long
@pytest.mark.parametrize(("made", "command"), ORDERED)
def test_an_order_that_is_shown_is_taken_and_comes_to_something(made: Callable[[], Any], command: str):
    site, _ = called(made)
    words = shlex.split(command)
    assert parses(words)

    match words:
        case ["bascule", "pool", "lend", login, *rest]:
            desktop = DesktopName(rest[1]) if rest else None
            answer = site.reconciler.lend(LendOrder(who=login, by="desk", at=site.clock.at, desktop=desktop))
            assert (answer.refused, answer.desktop is not None) == ("", True)
        case ["bascule", "pool", "return", login]:
            site.reconciler.lend(GiveBackOrder(who=login, by="desk", at=site.clock.at))
            again = site.reconciler.lend(LendOrder(who=login, by="desk", at=site.clock.at))
            assert (again.refused, again.existing) == ("", False)
        case ["bascule", "desktop", kind, name, *rest]:
            terms = Terms(even_with_session="--even-with-session" in rest)
            order = Intent(
                kind=IntentKind(kind), by="desk", at=site.clock.at, target=name, reason=" ".join(rest[-1:]), terms=terms
            )
            assert site.reconciler.obey(order) == ""
            go_on(site, 900, every_s=10)
            assert is_done(site, order)


def parses(words: list[str]) -> bool:
    """Whether the command line is the command's: click raises otherwise."""
    command: click.Command = typer.main.get_command(app_of(words[1]))
    context = command.make_context(words[0], words[1:])
    while isinstance(command, click.Group):
        name, inner, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert inner is not None, name
        command, context = inner, inner.make_context(name, rest, parent=context)
    return True


def is_done(site: Site, order: Intent) -> bool:
    """A restart, once it is ready again; a quarantine: its agent has another that is ready."""
    if order.kind is IntentKind.QUARANTINE:
        others = [state for name, state in site.status.desktops.items() if name != order.target]
        agent_id = site.status.desktops[order.target].reservation.agent_id  # type: ignore[index]  # a name
        return any(state.reservation.agent_id == agent_id and state.phase == "ready" for state in others)
    return not any(intent.kind is order.kind for intent in site.status.intents)
