"""G1: a site whose ids slipped by a row, as `bascule directory diff` shows it on 80 columns."""

from dataclasses import replace
from itertools import pairwise

import pytest

from provisioner.cli.output import print_table
from provisioner.cli.people.rekey_rows import OTHER_COLUMNS, RECREATED_COLUMNS, other_rows, recreated_rows
from provisioner.planning.roster.cases import Case
from provisioner.planning.roster.owners import OtherPerson
from provisioner.planning.roster.recreated import Recreations
from provisioner.planning.roster.traits import compare_entries
from provisioner.texts.languages import catalogue_of
from provisioner.texts.translate import use_catalogue
from tests.builders.core import an_agent
from tests.cli.test_output import on_a_terminal

PEOPLE = ("Marie-Claude Delacroix", "Jean-Baptiste Montmorency", "Anne Le Goff", "Élodie Saint-Exupéry")


def listed(number, name):
    first, last = name.lower().split(maxsplit=1)
    login = f"{first[0]}.{last.replace(' ', '')}"
    return an_agent(number, agent_id=f"{number:08}", login=login, display_name=name, mail=f"{login}@town.example")


@pytest.fixture(params=["en", "fr"])
def language(request):
    use_catalogue(catalogue_of(request.param))
    yield request.param
    use_catalogue(catalogue_of("en"))


@pytest.mark.usefixtures("language")
def test_a_shifted_site_is_shown_on_80_columns_and_no_word_is_cut():
    agents = [listed(number, name) for number, name in enumerate(PEOPLE, 10_000_001)]
    pairs = [compare_entries(old, replace(new, agent_id=old.agent_id)) for old, new in pairwise(agents)]
    others = [OtherPerson(case=Case.SWAPPED, entries=pair, known_as=new) for pair, new in zip(pairs, agents[1:], strict=True)]

    text = on_a_terminal(print_table, "", OTHER_COLUMNS, other_rows(others))

    assert max(map(len, text.splitlines())) <= 80
    words = {word for pair in pairs for agent in (pair.old, pair.new) for word in (agent.agent_id, agent.login)}
    assert words <= set(text.split())


@pytest.mark.usefixtures("language")
def test_people_under_new_ids_are_shown_on_80_columns():
    old, new = listed(10_000_001, PEOPLE[0]), replace(listed(10_000_002, PEOPLE[0]), mail="m.delacroix@city.example")

    text = on_a_terminal(print_table, "", RECREATED_COLUMNS, recreated_rows(Recreations(pairs=(compare_entries(old, new),))))

    assert max(map(len, text.splitlines())) <= 80
    assert {old.agent_id, new.agent_id, new.login} <= set(text.split())
