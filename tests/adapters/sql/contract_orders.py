"""Intents and the journal in every store, and the erasure of a person."""

import pytest

from provisioner.model.departures import DAY_S
from provisioner.model.ids import AgentId
from provisioner.model.intents import Allowance, IntentKind, Rekey, Terms
from provisioner.model.machines.desktops import Attempts
from provisioner.ports import Changes
from provisioner.reasons.targets import WANTED
from tests.adapters.sql.filled import EVERYTHING, OpenStore, claimed, filled
from tests.builders.records import a_step, change
from tests.builders.store import NOON, a_name, a_reservation, a_retirement, a_roster, an_erasure, an_intent, an_outcome

ORDERS: list[tuple[IntentKind, float]] = [(IntentKind.HOLD, 3), (IntentKind.FREEZE, 5), (IntentKind.HOLD, 9)]


class OrdersContract:
    """Intents stay until they are withdrawn, all changes are journalled, and only an erasure changes a line."""

    def test_an_order_needs_no_claim_and_reaches_the_owner(self, open_store: OpenStore):
        owner = claimed(open_store)

        open_store().give(an_intent())

        assert owner.intents() == owner.load().intents == open_store().intents() == (an_intent(),)

    def test_orders_stand_until_withdrawn_and_are_journalled(self, open_store: OpenStore):
        store = open_store()
        for kind, at in ORDERS:
            store.give(an_intent(kind, at=at))

        assert [(intent.kind, intent.at) for intent in store.intents()] == [(IntentKind.FREEZE, 5), (IntentKind.HOLD, 9)]
        assert store.withdraw(IntentKind.FREEZE, by="ana", at=11)
        assert not store.withdraw(IntentKind.FREEZE, by="ana", at=12)
        assert [intent.kind for intent in store.intents()] == [IntentKind.HOLD]
        assert [(entry.what, entry.result, entry.reason) for entry in store.journal(limit=2)] == [
            ("freeze", "withdrawn", "by ana"),
            ("hold", "given", "by zoé: maintenance"),
        ]

    def test_the_journal_is_read_on_from_a_number_oldest_first(self, open_store: OpenStore):
        store = claimed(open_store)
        for number in range(5):
            store.give(an_intent(IntentKind.HOLD, at=number))
        lines = store.journal_after(0)

        assert [line.at for line in lines] == [0, 1, 2, 3, 4]
        assert [line.sequence for line in lines] == sorted({line.sequence for line in lines})
        assert lines == list(store.journal())[::-1]
        assert store.journal_after(lines[1].sequence, limit=2) == lines[2:4]
        store.trim_journal(before=10, at=11)
        assert [line.what for line in store.journal_after(lines[-1].sequence)] == ["trim"]

    def test_a_withdrawal_says_why(self, open_store: OpenStore):
        store = open_store()
        store.give(an_intent(IntentKind.HOLD))

        assert store.withdraw(IntentKind.HOLD, by="ana", at=11, reason="the audit is over")
        assert next(iter(store.journal())).reason == "by ana: the audit is over"

    def test_a_directory_order_keeps_its_end_and_the_agents_it_allows(self, open_store: OpenStore):
        store = claimed(open_store)
        order = an_intent(
            IntentKind.ACCEPT_DIRECTORY,
            until=NOON + 3600.5,
            allows=Allowance(leavers=frozenset({AgentId("id-1"), AgentId("id-2")})),
        )

        store.give(order)

        assert store.intents() == (order,)
        line = next(store.journal())
        assert line.reason == "by zoé: maintenance (2 may leave and 0 join, until 2027-01-15T09:00:00Z)"

    def test_an_order_about_one_desktop_keeps_its_terms(self, open_store: OpenStore):
        store = claimed(open_store)
        order = an_intent(IntentKind.RESTART, terms=Terms(even_with_session=True, by_force=True))

        store.give(order)

        assert store.intents() == (order,)
        assert next(store.journal()).reason == "by zoé: maintenance (even with a session, by force if need be)"

    def test_an_order_to_one_person_keeps_its_text_until_it_ends_and_the_journal_has_none(self, open_store: OpenStore):
        """F22."""
        store = claimed(open_store)
        message = an_intent(IntentKind.MESSAGE, terms=Terms(text="Panne\u00a0: <réparée>", logins=("zoé", "jean")))
        logoff = an_intent(IntentKind.LOGOFF, terms=Terms(minutes=0))

        store.give(message)
        store.give(logoff)

        assert set(store.intents()) == {message, logoff}
        assert [str(line.reason) for line in store.journal()] == [
            "by zoé: maintenance (0 min after the warning)", "by zoé: maintenance (for zoé, jean)",
        ]  # fmt: skip
        store.withdraw(IntentKind.MESSAGE, by="daemon", at=NOON, reason="shown")
        assert store.intents() == (logoff,)

    def test_an_order_keeps_whom_its_operator_was_shown_and_journals_nothing_of_it(self, open_store: OpenStore):
        """G8."""
        store = claimed(open_store)
        order = an_intent(IntentKind.DISTINCT, target="id-bob", terms=Terms(shown="1f0a.2e0b"))

        store.give(order)

        assert store.intents() == (order,)
        assert next(store.journal()).reason == "by zoé: maintenance"

    def test_an_order_names_who_goes_on_under_which_id(self, open_store: OpenStore):
        """C2."""
        store = claimed(open_store)
        order = an_intent(
            IntentKind.REKEY, rekeys=(Rekey(AgentId("id-zoé"), AgentId("7")), Rekey(AgentId("id-bob"), AgentId("8")))
        )

        store.give(order)

        assert store.intents() == (order,)
        assert next(store.journal()).reason == "by zoé: maintenance (2 agents go on under new ids)"

    def test_everything_of_an_agent_goes_over_to_the_new_id_at_once(self, open_store: OpenStore):
        """C2: desktop, assignment, roster and guard. The id in the note is kept until the note is rewritten."""
        store = filled(open_store)
        zoe, new = AgentId("id-zoé"), AgentId("00042")

        change(store, rekeyed={zoe: AgentId("first"), AgentId("id-léa"): AgentId("id-lea")})
        change(store, rekeyed={AgentId("first"): new})

        # In turn, because the memory store returns views that show later commits.
        for look in (store.load, lambda: self._opened_again(store, open_store)):
            kept = look()
            record = kept.desktops[a_name(1001)]
            assert (record.reservation.agent_id, record.reservation.noted_as, record.assigned_to) == (new, (zoe, "first"), new)
            assert record.report == EVERYTHING.desktops[a_name(1001)].report
            assert kept.roster is not None
            assert kept.roster.agents.keys() == {new, "id-parti"}
            assert kept.roster.agents[new].agent_id == new
            assert kept.guard.left.keys() == {"id-lea"}
            assert kept.rekeyed == {zoe: new, "first": new, "id-léa": "id-lea", "id-older": "id-old"}

    def _opened_again(self, store, open_store: OpenStore):
        store.close()
        return claimed(open_store).load()

    def test_a_person_is_erased_under_earlier_ids_too(self, open_store: OpenStore):
        """C11."""
        store = claimed(open_store)
        store.commit(Changes(roster=a_roster("ana"), rekeyed={AgentId("id-before"): AgentId("id-ana")}))
        store.commit(Changes(roster=a_roster("bob"), outcomes=(an_outcome(reason="its agent id-ana is gone"),)))

        assert store.forget(an_erasure("ana")).lines == 1
        assert store.load().rekeyed == {}

    def test_orders_of_one_kind_stand_side_by_side_for_different_targets(self, open_store: OpenStore):
        store = open_store()
        for target, at in (("pve/pve2", 3), ("pve/pve1", 5), ("pve/pve2", 9)):
            store.give(an_intent(IntentKind.CORDON, target=target, at=at))

        assert [(intent.target, intent.at) for intent in store.intents()] == [("pve/pve1", 5), ("pve/pve2", 9)]
        assert not store.withdraw(IntentKind.CORDON, by="ana", at=11)
        assert store.withdraw(IntentKind.CORDON, by="ana", at=11, target="pve/pve1")
        assert [intent.target for intent in store.intents()] == ["pve/pve2"]
        assert [(entry.what, entry.subject, entry.result) for entry in store.journal(limit=2)] == [
            ("cordon", "pve/pve1", "withdrawn"),
            ("cordon", "pve/pve2", "given"),
        ]

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            pytest.param({}, ["start", "stop", "clone", "freeze"], id="newest first, by the order of writing"),
            pytest.param({"limit": 2}, ["start", "stop"], id="the newest few"),
            pytest.param({"limit": 0}, [], id="none asked for"),
            pytest.param({"subject": "vd-1001"}, ["start", "clone"], id="one desktop"),
            pytest.param({"subject": "vd-1001", "limit": 1}, ["start"], id="the newest of one desktop"),
            pytest.param({"subject": ""}, ["freeze"], id="what concerns all"),
            pytest.param({"subject": "vd-9"}, [], id="an unknown desktop"),
        ],
    )
    def test_the_journal_is_read_backwards(self, open_store: OpenStore, asked, expected):
        store = claimed(open_store)
        store.give(an_intent())
        store.commit(Changes(outcomes=(an_outcome(1001), an_outcome(1002, "stop", ended_at=NOON + 99))))
        store.commit(Changes(outcomes=(an_outcome(1001, "start", ended_at=NOON - 99),)))

        assert [entry.what for entry in open_store().journal(**asked)] == expected

    def test_old_lines_of_the_journal_are_erased_and_that_is_journalled(self, open_store: OpenStore):
        """B8: by their own date, and the journal is append-only again."""
        store = claimed(open_store)
        ends = (NOON - 2 * DAY_S, NOON, NOON - DAY_S - 1, NOON - DAY_S)
        store.commit(Changes(outcomes=tuple(an_outcome(1001, str(n), ended_at=at) for n, at in enumerate(ends))))

        erased = [store.trim_journal(before=NOON - DAY_S, at=NOON) for _ in range(2)]

        assert erased == [2, 0]
        lines = [(line.what, line.result, line.reason) for line in open_store().journal()]
        assert lines == [("trim", "erased", "2 lines older than 1 days"), ("3", "done", ""), ("1", "done", "")]

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("half a pair \ud83d, a NUL \0, two\nlines", id="what no encoding takes"),
            pytest.param("'; DROP TABLE desktops; -- %s :name {0}", id="what looks like a statement"),
            pytest.param("é" * 20_000, id="very long"),
        ],
    )
    def test_any_text_of_a_failure_is_journalled(self, open_store: OpenStore, text):
        store = claimed(open_store)
        name = a_name(1001)
        store.commit(a_step(reserved=(a_reservation(1001),), attempts={name: Attempts(count=1, reason=text)}))
        store.commit(Changes(outcomes=(an_outcome(reason=text),), retired=(a_retirement(1009, reason=text),)))
        store.give(an_intent(reason=text))

        assert store.load().desktops[name].attempts.reason == text
        assert [len(entry.reason) for entry in store.journal(subject=name)] == [len(text)]
        assert len(store.intents()) == 1

    def test_every_mention_of_a_person_is_erased_and_that_is_journalled(self, open_store: OpenStore):
        store = filled(open_store)
        store.commit(
            Changes(roster=a_roster("zoé", "léo"), outcomes=(an_outcome(1002, reason="uid=parti,dc=x: no such user"),))
        )
        store.give(an_intent(IntentKind.HOLD, by="PARTI", reason="partial; ask parti@departement.example"))
        lines = len(list(store.journal()))

        found = store.forget(an_erasure("parti"))

        assert (found.lines, found.orders) == (2, 1)
        newest, *others = store.journal()
        assert len(others) == lines, "no line goes"
        assert (newest.what, newest.subject, newest.result) == ("forget", "person-0", "erased")
        assert newest.reason.startswith("by ann: asked for (2 journal lines, ")
        assert [entry.reason for entry in others[:2]] == [
            "by person-0: partial; ask person-0",
            "uid=person-0,dc=x: no such user",
        ]
        assert [intent.by for intent in store.intents()] == ["person-0"]
        assert all("id-parti" not in roster.agents for roster in store.rosters())
        assert next(store.rosters()).agents.keys() == {"id-zoé", "id-léo"}
        assert store.load().desktops == EVERYTHING.desktops

    def test_erasing_an_unmentioned_person_changes_nothing(self, open_store: OpenStore):
        store = filled(open_store)
        before = list(store.journal()), list(store.rosters()), store.load()

        assert not store.forget(an_erasure("nobody"))

        assert (list(store.journal()), list(store.rosters()), store.load()) == before

    def test_the_reason_of_an_order_is_journalled_and_erased_with_the_person(self, open_store: OpenStore):
        store = claimed(open_store)
        because = WANTED(wave="now", profile="office", login="zoé.lefèvre")
        store.commit(Changes(outcomes=(an_outcome(because=because),)))

        (line,) = store.journal()
        assert (line.because, line.because.code, line.because.arguments["login"]) == (because, "wanted", "zoé.lefèvre")

        assert store.forget(an_erasure("zoé.lefèvre")).lines == 1
        (_, line) = store.journal()
        assert line.because == "wave 'now' wants a office desktop for person-0"
        assert line.because.arguments["login"] == "person-0"

    def test_the_result_of_an_order_is_journalled_and_erased_with_the_person(self, open_store: OpenStore):
        store = claimed(open_store)
        store.give(an_intent(reason="for zoé"))

        (line,) = store.journal()
        assert (line.reason.code, line.reason.arguments["why"]) == ("given_why", "for zoé")

        assert store.forget(an_erasure("zoé")).lines == 1
        (_, line) = store.journal()
        assert (line.reason.arguments["why"], "zoé" in line.reason) == ("for person-0", False)

    def test_another_process_may_forget_while_the_daemon_runs(self, open_store: OpenStore):
        daemon = filled(open_store)
        daemon.commit(Changes(roster=a_roster("zoé")))
        daemon.give(an_intent(reason="for parti"))

        open_store().forget(an_erasure("parti"))

        daemon.load()
        daemon.commit(Changes(outcomes=(an_outcome(1002),)))
        assert [entry.what for entry in daemon.journal()][:2] == ["clone", "forget"]
        assert daemon.intents()[0].reason == "for person-0"
