"""The page is written as the client library would write it (L7), however little of it is written anew."""

from dataclasses import replace

from prometheus_client import generate_latest

from monitors.collector import StatusCollector, registry_of
from monitors.exposition import PageText
from monitors.metric import KnownNames
from monitors.recorder import Recorder
from provisioner.model.ids import ClusterId, WaveName
from provisioner.ports import ApiCall
from tests.builders.monitors import MONDAY, SetClock, a_recorder, a_snapshot, a_status, a_switch

ODD = KnownNames(clusters=(ClusterId('c "1"\\'), ClusterId("été\n2")), waves=(WaveName("everybody"),))


def own(page: bytes) -> list[str]:
    """The lines of ours: those of the process differ from one moment to the next."""
    return [line for line in page.decode().split("\n") if "process_" not in line]


class Moments:
    """One page over time, each time beside the library's."""

    def __init__(self, recorder: Recorder) -> None:
        self.clock = SetClock()
        self.recorder, self.registry = recorder, registry_of(recorder, clock=self.clock)
        self.text = PageText(StatusCollector(recorder, clock=self.clock))

    def pair(self) -> tuple[list[str], list[str]]:
        """Ours, and the library's, of this moment."""
        return own(self.text.text()), own(generate_latest(self.registry))


def test_it_is_the_client_librarys_text_whatever_has_changed():
    moments = Moments(a_recorder())
    recorder, pages = moments.recorder, [moments.pair()]
    recorder.status(a_switch(20, sessions=9))
    pages += [moments.pair(), moments.pair()]
    moments.clock.at = MONDAY + 1_234_567.5
    recorder.api_call(
        ApiCall(cluster=ClusterId("pve"), method="GET", endpoint="/", outcome="ok", seconds=0.3, received_bytes=2**31)
    )
    recorder.status(replace(a_status(at=moments.clock.at, snapshot=a_snapshot(nodes=2)), disk_free_mib=None))
    pages += [moments.pair()]
    recorder.status(a_status(at=moments.clock.at, snapshot=a_snapshot(nodes=1)))
    pages += [moments.pair()]

    assert [ours for ours, _ in pages] == [theirs for _, theirs in pages]
    assert len({tuple(ours) for ours, _ in pages}) == 4


def test_names_are_quoted_as_the_library_quotes_them():
    ours, theirs = Moments(a_recorder(known=ODD)).pair()

    assert ours == theirs
    assert any(r'cluster="c \"1\"\\"' in line for line in ours)


def test_a_counter_that_goes_on_in_place_is_written_anew():
    """Some gauges are counters that the recorder changes in place: the text of before is compared with a copy."""
    moments = Moments(a_recorder())
    moments.recorder.status(a_switch(20, sessions=9))
    moments.pair()
    moments.recorder.status(replace(a_switch(20, sessions=4), at=MONDAY + 10, moved=None))
    ours, theirs = moments.pair()

    assert ours == theirs
