"""The event heap: virtual time moves only on request, and several twins may share it."""

from provisioner.twin.engine.events import EventHeap
from tests.builders.twin import Lab, a_spec


def test_events_run_in_order_of_time_then_of_arrival() -> None:
    heap, ran = EventHeap(100.0), list[str]()
    heap.at(103.0, lambda: ran.append("third"))
    heap.at(101.0, lambda: ran.append("first"))
    heap.at(101.0, lambda: ran.append("second"))

    heap.advance(102.0)
    assert (ran, heap.now, heap.next_at()) == (["first", "second"], 102.0, 103.0)
    heap.advance(103.0)
    assert (ran, heap.now, heap.next_at()) == (["first", "second", "third"], 103.0, None)


def test_an_event_may_order_another_that_is_due_as_well() -> None:
    heap, ran = EventHeap(0.0), list[float]()
    heap.at(1.0, lambda: heap.after(1.0, lambda: ran.append(heap.now)))

    heap.advance(5.0)

    assert ran == [2.0]
    assert heap.now == 5.0


def test_time_never_goes_back() -> None:
    heap, ran = EventHeap(10.0), list[float]()
    heap.at(3.0, lambda: ran.append(heap.now))

    heap.advance(4.0)
    assert (heap.now, ran) == (10.0, [])
    heap.advance(10.0)
    assert ran == [10.0], "what is past is due now"


def test_two_twins_on_one_heap_live_at_the_same_time() -> None:
    lab = Lab()
    other = Lab(a_spec(image_s=1.0))
    other.events = lab.events
    other.twin = type(lab.twin)(other.twin.spec, lab.events)
    first, second = (
        lab.send("POST", "/nodes/pve1/qemu/9001/clone", newid=101),
        other.send("POST", "/nodes/pve1/qemu/9001/clone", newid=101),
    )

    lab.wait(10)

    assert first[0].ok
    assert second[0].ok
    assert (lab.truth.clones, other.truth.clones) == (1, 1)
