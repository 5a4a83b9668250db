"""A simulated Proxmox VE cluster in virtual time, with the real API's paths. Deterministic: no wall clock, no random generator.

The layers, from the top down; imports run downward only:

    server/               the twin behind HTTPS, in real or scaled time
    calls                 commands on the event heap
    twin                  one cluster built from a spec: API, scripted faults, true state
    script | pushing      scripted faults | what desktops send and ask by themselves
    api/                  how a request is handled; one file of endpoints for each subject
    access/               users, tokens and permissions
    model/                nodes, storages and their locks, guests, tasks, people
    protocol              what an endpoint receives and returns, and its errors
    engine/               event heap, processes, clock, draws by hash

May import `settings`, `pve`, `model`, `reasons`, `errors`, and the form of a push from `sessions`. Never planning, execution
or adapters: the twin must not know what the daemon believes.

Answers, texts and the order of events follow recordings of a real Proxmox VE (tests/contract/). Behaviour without a recording
is marked *assumed*. To add an endpoint: a function under `@route` in `api/endpoints/`, and its file in
`api/endpoints/registry`. To add a fault: its value in `model/twin_spec.Fault`, its key in `settings/twin_faults`, its effect in
`script`.
"""
