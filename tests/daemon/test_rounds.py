"""Threads beside the loop: a round that fails in a way nobody has foreseen costs itself, never the thread."""

import queue

from provisioner.daemon.rounds import RoundThread
from tests.builders.patience import FUSE_S


class Rounds(RoundThread):
    """Each round does what the list says, and the thread ends behind the last."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self.said, self.ended = list[tuple[str, str]](), queue.Queue[None]()
        super().__init__("dns", notice=lambda subject, text: self.said.append((subject, text)))
        self._outcomes = list(outcomes)

    def round(self) -> None:
        if (failure := self._outcomes.pop(0)) is not None:
            raise failure

    def pause(self) -> None:
        if not self._outcomes:
            self._over.set()
            self.ended.put(None)


def said_by(*outcomes: Exception | None) -> list[tuple[str, str]]:
    rounds = Rounds(*outcomes)
    rounds.open()
    rounds.ended.get(timeout=FUSE_S)
    rounds.close(FUSE_S)
    return rounds.said


def test_the_next_round_follows_and_the_log_says_it_once():
    assert said_by(KeyError("vd-5001"), KeyError("vd-5002"), None, None) == [
        ("dns", "a round fails: KeyError"),
        ("dns", "rounds end in order again"),
    ]


def test_what_others_have_written_is_not_in_the_log():
    """A record that cannot be read may quote a message to a person."""
    assert "secret" not in str(said_by(ValueError("secret")))


def test_nothing_is_said_while_rounds_end_in_order():
    assert said_by(None, None) == []
