"""A Proxmox VE cluster in virtual time, behind the real API's paths. Deterministic: no wall clock, and chance by hash alone.

Its folders are floors, from the top down, and imports run downward only:

    server/               the same twin behind HTTPS, in real or scaled time
    calls | hypervisor    commands on the event heap | one call after the other
    twin                  one cluster made of a spec: API, script and truth put together
    truth | script        what is really so | failures by script
    api/                  a request's way; one file of endpoints a subject
    access/               who may do what
    model/                nodes, storages and their locks, guests, tasks, people
    protocol              what an endpoint gets and gives back, and how it refuses
    engine/               the event heap, processes, clock, and chance by hash

May import `settings`, `pve`, `model` and `errors`; never planning, execution or adapters: it must not know what the daemon
believes.

Answers, texts and orders of events follow recordings of a real Proxmox VE (tests/contract/). What is not recorded is marked
*assumed*. To add an endpoint: a function under `@route` in `api/endpoints/`, its file in `api/endpoints/registry`. To add a
failure: its value in `model/twin_spec.Fault`, its key in `settings/twin_faults`, what happens in `script`.
"""
