"""G2: where texts name one person, and nobody else: names in any spelling, and names that are a part of other names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model.ids import AgentId
from provisioner.model.kept.known_people import KnownPerson, orders_of
from provisioner.model.kept.rewriting import Rewriting
from provisioner.model.people.mentions import Mentions, Sure
from provisioner.reasons.orders import GIVEN_WHY
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.reasons.targets import WANTED

OTHERS = ("jean-paul martin", "Paulin Martin", "marie.durand", "René", "Paul Martin-Lévy")


def mentions_of(*own: str, parts: tuple[str, ...] = (), others: tuple[str, ...] = OTHERS) -> Mentions:
    return Mentions("person-0", own, others=others, parts=parts)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Paul Martin est parti", "person-0 est parti"),
        ("PAUL MARTIN, paul martin", "person-0, person-0"),
        ("vu par Jean-Paul Martin", "vu par Jean-Paul Martin"),
        ("Paulin Martin; Paul Martin-Lévy", "Paulin Martin; Paul Martin-Lévy"),
        ("(Paul Martin).", "(person-0)."),
        ("l'agent d'pmartin", "l'agent d'person-0"),
        ("pmartin2, xpmartin, p_pmartin", "pmartin2, xpmartin, p_pmartin"),
        ("uid=pmartin,ou=x; pmartin@site.example", "uid=person-0,ou=x; pmartin@site.example"),
        ("Rene D\u2019Été; rené d'ete; RENE\u0301 D'E\u0301TE\u0301", "person-0; person-0; person-0"),
        ("René", "René"),
        ("", ""),
    ],
)
def test_what_is_surely_the_persons_is_replaced(text: str, after: str):
    assert mentions_of("Paul Martin", "pmartin", "René d'Été")(text) == after


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Lecœur Zoé", "LECOEUR ZOE, Lecœur Zoé, lecoeur zoe"),
        ("Zoé Lecoeur", "Zoé LECŒUR"),
        ("Ælfric Þorsson", "aelfric thorsson"),
        ("Łukasz Đặng", "LUKASZ DANG, Lukasz Dang"),
        ("Søren Işık", "Soren Isik, SOREN ISIK"),
        ("Paul Martin", "Paul\u200b Martin, Pa\u00adul Martin, \u202ePaul\u202c Martin"),
    ],
)
def test_no_way_to_write_a_letter_hides_a_name(name: str, text: str):
    """G2: letters that are not others with an accent, and signs that nobody sees."""
    left = mentions_of(name, others=())(text)

    assert "".join(each for each in left if each.isalnum()) == "person0" * (text.count(",") + 1)


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("M. Martin a appelé", [Sure.PART]),
        ("zoe.martin", [Sure.PART]),
        ("pmartin@site.example", [Sure.PART]),
        ("Marie Durand", [Sure.SHARED]),
        ("MARIE DURAND", [Sure.SHARED]),
        ("marie.durand", []),
        ("renee", [Sure.OWN]),
        ("renée", []),
    ],
)
def test_what_may_be_somebody_elses_is_unclear(text: str, sure: list[Sure]):
    """A part of the name; a name that two have; an accent that tells them apart."""
    mentions = mentions_of(
        "Paul Martin", "pmartin", "Marie Durand", "renee", parts=("Paul", "Martin"), others=(*OTHERS, "marie durand", "renée")
    )

    assert [mention.sure for mention in mentions.found(text)] == sure


def test_words_of_a_reason_are_no_names():
    """A login that is a word of a sentence, or the name of a wave: only what may name a person is searched."""
    rewriting = Rewriting(mentions_of("wants", "office", "zoe"))

    reason = rewriting.reason(WANTED(wave="zoe", profile="office", login="zoe"))

    assert reason == "wave 'zoe' wants a office desktop for person-0"
    assert reason.arguments == {"wave": "zoe", "profile": "office", "login": "person-0"}
    given_by = rewriting.reason(join_reasons([GIVEN_WHY(by="zoe", why="Zoe wants it"), "zoe"], ALSO))
    assert given_by == "by person-0: person-0 person-0 it, person-0"


_LETTERS = st.sampled_from("abcdeilmnoprstuzéèçïöüñßøžłαλжя")
_WORDS = st.text(_LETTERS, min_size=2, max_size=4).map(lambda word: unicodedata.normalize("NFC", word))
_NAMES = st.lists(_WORDS, min_size=2, max_size=3).flatmap(
    lambda words: st.sampled_from([" ", "-", "'", ", "]).map(
        lambda mark: mark.join(words[:2]) + "".join(f" {w}" for w in words[2:])
    )
)


@st.composite
def _crowds(draw: st.DrawFn) -> list[KnownPerson]:
    names = draw(st.lists(_NAMES, min_size=2, max_size=6))
    logins = draw(st.lists(_WORDS, min_size=len(names), max_size=len(names)))
    return [
        KnownPerson(
            agent_id=AgentId(f"id-{number}"),
            logins=(login,),
            display_names=(name,),
            mails=(f"{login}.{number}@x.example",),
        )
        for number, (login, name) in enumerate(zip(logins, names, strict=True))
    ]


@pytest.mark.long
@given(_crowds())
def test_whoever_is_forgotten_everybody_else_is_named_as_before(people: list[KnownPerson]):
    """Over random people, with names that are parts of other names: what one is called stays, word for word."""
    gone, *others = people
    mentions = Mentions("person-0", gone.forms, others=[form for each in others for form in each.forms], parts=gone.parts)
    for other in others:
        for name in other.names:
            for text in (name, f"vu avec {name} hier", f"({name})"):
                assert mentions(text) == text
    alone = {form.casefold() for each in others for form in each.forms}
    for name in gone.names:
        if name.casefold() not in alone:
            assert mentions(name) == "person-0" or any(mention.sure in Sure for mention in mentions.found(name))


@pytest.mark.long
@given(_crowds())
def test_nothing_of_the_person_is_left_unseen(people: list[KnownPerson]):
    """In either order, any case, composed or not: it is replaced, or unclear."""
    gone = people[0]
    mentions = Mentions("person-0", gone.forms, others=[form for each in people[1:] for form in each.forms], parts=gone.parts)
    taken = {form for each in people[1:] for form in each.forms}
    turned = [each for name in gone.display_names for each in orders_of(name)]
    for name in (*gone.names, *turned):
        for text in (name, name.upper(), unicodedata.normalize("NFD", name)):
            if name not in taken and not any(each.is_called(text) for each in people[1:]):
                assert list(mentions.found(f"vu {text} hier")), text
