"""`bascule agent forget`: find the person, check that nothing is left, and erase the history."""

from collections.abc import Iterable, Iterator

from provisioner.daemon.composition import naming_of
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.errors import SettingsError
from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import IntentKind
from provisioner.model.kept.erasure import ErasureRequest, ErasureResult, Unclear, hindrances, people_called, people_of
from provisioner.model.kept.known_people import KnownPerson
from provisioner.ports import Store
from provisioner.reasons.directory import NOBODY_KNOWN, ORDER_STANDS, SEVERAL_PEOPLE
from provisioner.reasons.reason import ALSO, LINES, Reason, join_reasons
from provisioner.settings.values import Settings


def forget(
    settings: Settings,
    store: Store,
    who: str,
    *,
    by: str,
    at: Instant,
    reason: str = "",
    also: Iterable[str] = (),
    unclear: Unclear = Unclear.ASK,
) -> tuple[str, ErasureResult]:
    """The pseudonym that replaces the names, and how much was erased; `who` is an id, or any name; `also`: further names.

    Raises SettingsError, with every next step, while anything stands in the way; StoreError.
    """
    store.finish_erasures()
    records, also = store.load(), tuple(also)
    everybody = people_of(store.people(), store.rosters(), records.rekeyed)
    person = _person(who, everybody, also).named(also)
    order = ErasureRequest(
        pseudonym=naming_of(settings).of(person.agent_id),
        person=person,
        others=frozenset(name for other in everybody if other.agent_id != person.agent_id for name in other.forms),
        unclear=unclear,
        by=by,
        at=at,
        reason=reason,
    )
    why = (*hindrances(person, order.mentions, records), *_in_freeze_file(settings, order))
    if why:
        raise SettingsError(join_reasons(why, LINES) if len(why) > 1 else why[0])
    return order.pseudonym, store.forget(order)


def _in_freeze_file(settings: Settings, order: ErasureRequest) -> Iterator[Reason]:
    """The daemon follows the file, which would bring the name back."""
    mark, mentions = FreezeFiles.of(settings.freeze_file).mark(), order.mentions
    if mark is not None and any(mentions(text) != text for text in (mark.by, mark.reason)):
        who = next(iter(sorted(order.person.logins)), "") or order.person.agent_id
        yield ORDER_STANDS(kind=IntentKind.FREEZE.value, person=who)


def _person(who: str, everybody: Iterable[KnownPerson], also: tuple[str, ...]) -> KnownPerson:
    called = people_called(who, everybody)
    if len(called) > 1:
        ids = sorted(person.agent_id for person in called)
        raise SettingsError(SEVERAL_PEOPLE(person=who, ids=join_reasons(ids, ALSO)))
    if called:
        return called[0]
    if not also:
        raise SettingsError(NOBODY_KNOWN(person=who))
    return KnownPerson(agent_id=AgentId(who))


__all__ = ["forget"]
