# By `python -m provisioner.api.answers`, from the API's contract.

from typing import Any, Generic, TypedDict, TypeVar

Document = TypeVar("Document")

class Resource(str, Generic[Document]):
    __slots__ = ()

class ReasonDocument(TypedDict):
    code: str | None
    arguments: dict[str, Any]
    text: str

class LentDocument(TypedDict):
    desktop: str
    pool: str
    login: str | None
    lease: str
    since: str
    phase: str | None
    address: str | None
    after: ReasonDocument | None

class AgentDocument(TypedDict):
    id: str
    login: str
    name: str
    department: str | None
    site: str | None
    wave: str | None
    desktop: str | None
    phase: str | None
    unseen_since: str | None
    because: ReasonDocument | None
    lent: LentDocument | None

class AgentsDocument(TypedDict):
    at: str
    agents: list[AgentDocument] | None
    rejected: list[ReasonDocument]

class NodeLossDocument(TypedDict):
    node: str
    at_least: int
    at_most: int
    because: ReasonDocument | None

class GainDocument(TypedDict):
    resource: str
    more: int
    place: str | None
    more_there: int

class CapacityDocument(TypedDict):
    profile: str
    free: int
    binds: str | None
    after_loss: list[NodeLossDocument]
    gains: list[GainDocument]

class CapacitiesDocument(TypedDict):
    at: str
    capacity: list[CapacityDocument]

class DifferenceDocument(TypedDict):
    key: str
    in_force: str | None
    on_disk: str | None
    by_restart: bool

class ConfigDocument(TypedDict):
    file: str
    in_force_since: str
    differs: bool | None
    changed: list[str]
    differences: list[DifferenceDocument]
    waits_for_restart: list[str]
    problem: ReasonDocument | None

class ConnectionDocument(TypedDict):
    login: str
    desktop: str | None
    pool: str | None
    profile: str | None
    address: str | None
    host: str | None
    port: int | None
    gateway: str | None
    redirect: list[str]
    ready: bool
    because: ReasonDocument | None

class ConnectionsDocument(TypedDict):
    at: str
    connections: list[ConnectionDocument] | None

class DaemonDocument(TypedDict):
    installation: str
    version: str
    started_at: str
    now: str
    cycle_ended_at: str | None
    cycle_age_s: float | None
    cycle_within_s: float

class SeatDocument(TypedDict):
    kind: str
    id: str

class TargetDocument(TypedDict):
    level: str
    because: ReasonDocument
    opens_at: str | None

class SessionDocument(TypedDict):
    state: str
    source: str | None
    age_s: float | None
    count: int | None
    strangers: int | None

class DesktopDocument(TypedDict):
    name: str
    cluster: str
    vmid: int
    node: str
    profile: str
    address: str | None
    seat: SeatDocument | None
    login: str | None
    site: str | None
    wave: str | None
    lent_to: str | None
    phase: str
    since: str
    because: ReasonDocument
    target: TargetDocument | None
    session: SessionDocument
    remark: ReasonDocument | None
    quarantined: bool
    superseded_by: str | None
    sessions_unknown_since: str | None
    unseen_since: str | None

class DesktopsDocument(TypedDict):
    at: str
    desktops: list[DesktopDocument]

class ProfileFigures(TypedDict):
    profile: str
    desktops: dict[str, int]
    to_make: int

class GroupFigures(TypedDict):
    label: str
    open: int
    day_peak: int

class SessionFigures(TypedDict):
    open: int
    of_strangers: int
    counted: int
    unknown: int
    oldest_at: str | None
    day_peak: int | None
    profiles: list[GroupFigures]
    sites: list[GroupFigures]
    waves: list[GroupFigures]

class FiguresDocument(TypedDict):
    at: str
    wanted: int
    ready: int
    ahead: int
    not_wanted: int
    desktops: dict[str, int]
    profiles: list[ProfileFigures]
    leaving: dict[str, int]
    sessions: SessionFigures
    guests_unknown: dict[str, int]
    in_flight: dict[str, int]
    waiting: dict[str, int]
    waiting_since: str | None

class WrongDocument(TypedDict):
    code: str | None
    severity: str
    text: str
    arguments: dict[str, Any]
    act: str | None
    about: str
    since: str | None
    seen_at: str | None
    count: int
    names: list[str]
    runbook: str | None

class FindingsDocument(TypedDict):
    at: str
    wrong: list[WrongDocument]
    drift: dict[str, int]
    drift_counted_at: str | None

class JournalLine(TypedDict):
    sequence: int
    at: str
    what: str
    subject: str | None
    result: str
    reason: ReasonDocument | None
    because: ReasonDocument | None

class JournalDocument(TypedDict):
    lines: list[JournalLine]

class GrantDocument(TypedDict):
    broker: str
    data: str
    url: str
    expires_at: str

class LendDocument(TypedDict):
    login: str
    desktop: str | None
    pool: str | None
    address: str | None
    ready: bool
    existing: bool
    expected_s: float | None
    grant: GrantDocument | None

class ReasonCount(TypedDict):
    count: int
    texts: int
    example: ReasonDocument
    next_try_at: str | None

class NodeDocument(TypedDict):
    cluster: str
    node: str
    online: bool
    maintenance: bool
    cordoned: bool
    drained: bool
    evacuated: bool
    because: ReasonDocument | None
    stay: list[ReasonCount]
    cores: int
    memory_mib: int
    memory_used_mib: int
    memory_left_mib: float | None
    vcpus_left: float | None
    desktops: int
    running: int
    sessions: int
    sessions_unknown: int

class NodesDocument(TypedDict):
    at: str
    nodes: list[NodeDocument]

class OrderDocument(TypedDict):
    kind: str
    target: str | None
    by: str
    at: str
    reason: str | None
    until: str | None
    leavers: int | None
    joiners: int | None
    even_with_session: bool
    by_force: bool
    rekeys: int | None

class OrdersDocument(TypedDict):
    at: str
    planned_at: str | None
    intents: list[OrderDocument]

class DayPeakDocument(TypedDict):
    day: str
    profile: str | None
    most: int
    at: str
    unknown: int | None
    exact: bool
    read_alone: int
    late_s: float | None
    off_by: int

class PeaksDocument(TypedDict):
    at: str
    peaks: list[DayPeakDocument]

class MatchDocument(TypedDict):
    kind: str
    name: str
    label: str | None

class CommandDocument(TypedDict):
    command: str
    does: ReasonDocument

class OnDocument(TypedDict):
    login: str
    state: str
    since: str
    own: bool

class HalfDayDocument(TypedDict):
    begins: str
    ends: str
    waited: bool

class WaitingDocument(TypedDict):
    login: str
    name: str
    begins: str
    ends: str
    because: ReasonDocument
    expected_at: str

class PersonRotationDocument(TypedDict):
    zone: str
    next: list[HalfDayDocument]
    waits: int
    waiting: WaitingDocument | None
    less: ReasonDocument | None
    refused: ReasonDocument | None

class EarlierDocument(TypedDict):
    desktop: str
    node: str
    phase: str
    quarantined: bool
    since: str | None

class CardDocument(TypedDict):
    says: ReasonDocument
    standing: str
    in_the_way: bool
    commands: list[CommandDocument]
    agent: AgentDocument | None
    desktop: DesktopDocument | None
    theirs_since: str | None
    connection: ConnectionDocument | None
    lent: LentDocument | None
    on: list[OnDocument] | None
    opens_at: str | None
    due_at: str | None
    half_days: PersonRotationDocument | None
    earlier: list[EarlierDocument]
    entry: ReasonDocument | None
    read_at: str | None
    journal: list[JournalLine]

class PersonDocument(TypedDict):
    at: str
    of: str
    matching: int
    matches: list[MatchDocument]
    card: CardDocument | None

class ActionDocument(TypedDict):
    action: str
    desktop: str | None
    cluster: str
    vmid: int
    because: ReasonDocument

class DeferralDocument(TypedDict):
    what: str
    because: ReasonDocument
    binds: str | None
    retry_at: str | None

class LeftoverDocument(TypedDict):
    cluster: str
    vmid: int
    because: ReasonDocument

class PlanDocument(TypedDict):
    at: str
    actions: list[ActionDocument]
    deferred: list[DeferralDocument]
    blocked: list[ReasonDocument]
    leftovers: list[LeftoverDocument]

class PoolDesktopDocument(TypedDict):
    name: str
    phase: str
    unseen_since: str | None
    lease: str
    login: str | None
    since: str | None

class LeadDemandDocument(TypedDict):
    lead_s: float
    mean: float
    dispersion: float

class AutoscaleDocument(TypedDict):
    mode: str
    at: str
    within_hours: bool
    because: list[ReasonDocument]
    counts: dict[str, int]
    boot: LeadDemandDocument
    clone: LeadDemandDocument
    ready: int
    made: int
    running: int
    running_most: int
    existing: int
    pardon: int
    start: int
    drain: int
    make: int
    differences: dict[str, int]
    came: int
    waited: int
    came_lately: int
    learned_days: int

class PoolDocument(TypedDict):
    name: str
    profile: str
    lend: str
    after_person: str
    size: int
    spare: int
    made: int
    ready: int
    lendable: int
    off: int
    coming: int
    lent: int
    waiting: int
    kept: int
    to_reset: int
    failed: int
    surplus: int
    in_doubt: int
    desktops: list[PoolDesktopDocument]
    autoscale: AutoscaleDocument | None

class PoolsDocument(TypedDict):
    at: str
    pools: list[PoolDocument]
    refused: dict[str, int]

class ReadinessCauseDocument(TypedDict):
    people: int
    because: ReasonDocument

class ReadinessDocument(TypedDict):
    at: str
    scenario: str
    percent: int | None
    wanted: int
    ready: int
    causes: list[ReadinessCauseDocument]
    doubts: list[ReasonDocument]
    trials: list[ReasonDocument]
    untried: ReasonDocument | None

class DrillDocument(TypedDict):
    at: str
    scenario: str
    place: str
    planned: int
    ready: int
    batches: int
    late_batches: int
    held: bool

class ReadinessHistoryDocument(TypedDict):
    answers: list[ReadinessDocument]
    drills: list[DrillDocument]

class ReloadDocument(TypedDict):
    file: str
    read_at: str
    differences: list[DifferenceDocument]
    waits_for_restart: list[str]

class RefusedDocument(TypedDict):
    login: str
    name: str
    because: ReasonDocument

class PersonWeekDocument(TypedDict):
    login: str
    name: str
    department: str | None
    week: str
    wants: int
    half_days: list[HalfDayDocument]
    less: ReasonDocument | None

class RotationDocument(TypedDict):
    at: str
    in_force: bool
    not_begun: str | None
    zone: str
    due: int
    has: int
    staying: int
    all_waits: int
    largest_wait: int
    waiting: list[WaitingDocument]
    refused: list[RefusedDocument]
    people: list[PersonWeekDocument]

class ClusterDocument(TypedDict):
    cluster: str
    observed_at: str | None
    quorate: bool | None
    paused: ReasonDocument | None

class QuarantineDocument(TypedDict):
    of: str
    since: str
    read_at: str
    because: ReasonDocument
    leavers: int
    joiners: int

class DirectoryDocument(TypedDict):
    agents: int | None
    read_at: str | None
    error: ReasonDocument | None
    tried_at: str | None
    failing_servers: list[ReasonDocument]
    quarantine: QuarantineDocument | None

class RunDocument(TypedDict):
    number: int
    scenario: str
    state: str
    since: str
    by: str
    reason: str | None
    started_at: str
    first_day: str | None
    ends_at: str | None
    released: list[str]
    then_returns: bool
    returned_at: str | None
    kept_until: str | None
    zone: str | None
    from_notes: bool

class RestDocument(TypedDict):
    off: int
    on: int
    until: str | None
    when: ReasonDocument

class PreparationDocument(TypedDict):
    wave: str
    profile: str
    level: str
    opens_at: str
    wanted: int
    stopped: int
    running: int
    missing: int

class PoolFigures(TypedDict):
    name: str
    made: int
    ready: int
    lendable: int
    off: int
    coming: int
    lent: int
    waiting: int
    autoscale: AutoscaleDocument | None

class ZoneDocument(TypedDict):
    zone: str
    wanted: int
    published: int
    waiting: int
    foreign: list[str]
    read_at: str | None
    failing: ReasonDocument | None
    dry_run: bool

class BrokerDocument(TypedDict):
    broker: str
    wanted: int
    published: int
    waiting: int
    foreign: int
    unknown_people: int
    connected: int | None
    read_at: str | None
    failing: ReasonDocument | None
    dry_run: bool

class DomainDocument(TypedDict):
    realm: str
    accounts: int
    gone: int
    not_made: list[str]
    read_at: str | None
    failing: ReasonDocument | None
    dry_run: bool

class CauseDocument(TypedDict):
    kind: str
    name: str

class ProbesDocument(TypedDict):
    at: str | None
    probed: int
    failed: int
    everywhere: bool
    causes: list[CauseDocument]
    says: ReasonDocument | None

class StatusDocument(TypedDict):
    at: str
    cycle_s: float
    figures: FiguresDocument | None
    wrong: list[WrongDocument]
    clusters: list[ClusterDocument]
    directory: DirectoryDocument
    baseline_accepted: bool
    intents: list[OrderDocument]
    surge: RunDocument | None
    surge_halted: ReasonDocument | None
    closed_nodes: list[NodeDocument]
    oldest_session_reading_at: str | None
    sessions_heard: dict[str, int]
    drift: dict[str, int]
    notes_to_rewrite: int
    resting: RestDocument | None
    preparations: list[PreparationDocument]
    capacity: list[CapacityDocument]
    waiting: list[ReasonCount]
    not_wanted: list[ReasonCount]
    pools: list[PoolFigures]
    zones: list[ZoneDocument]
    brokers: list[BrokerDocument]
    domain: DomainDocument | None
    probes: ProbesDocument | None
    blocked: list[ReasonDocument]

class StorageDocument(TypedDict):
    cluster: str
    node: str | None
    storage: str
    kind: str | None
    available: bool
    total_gib: float
    used_gib: float
    left_gib: float | None

class StoragesDocument(TypedDict):
    at: str
    storages: list[StorageDocument]

class EtaDocument(TypedDict):
    people: int
    ready_by: str | None
    early_at: str | None
    at: str | None
    late_at: str | None
    late_by_s: float | None
    late: int
    never: int
    held: int
    outlook: str
    held_by: ReasonDocument | None
    on_before: str | None
    because: ReasonDocument | None
    says: ReasonDocument | None

class WaveDocument(TypedDict):
    wave: str
    wanted: int
    ready: int
    failed: int
    ahead: int
    resting: int
    later: int
    next_opens_at: str | None
    next_due_at: str | None
    late: int
    eta: EtaDocument | None

class CeilingDocument(TypedDict):
    name: str
    limit: int
    counts: str
    in_use: int | None
    others: int
    room: int
    read_at: str | None
    unread: ReasonDocument | None

class ShareDocument(TypedDict):
    slots: int
    of: int

class ShortageDocument(TypedDict):
    profiles: list[str]
    shares: list[ShareDocument]
    refuses: bool
    waves: bool
    lesser: int
    refused: int
    fewer: int
    left_out: int

class MadeDocument(TypedDict):
    desktops: int
    on: int
    in_use: int
    unknown: int

class MoveDocument(TypedDict):
    wave: str
    before: int
    after: int
    joining: int
    leaving: int
    unselected: int

class EditDocument(TypedDict):
    wave: str | None
    sign: int
    what: ReasonDocument

class SurgeDocument(TypedDict):
    at: str
    planned_at: str | None
    scenario: str
    configured: str
    by_hand: bool
    zone: str | None
    run: RunDocument | None
    start_refused: ReasonDocument | None
    waves: list[WaveDocument]
    resting: RestDocument | None
    waiting: int | None
    halted: ReasonDocument | None
    waits: list[ReasonCount]
    ceilings: list[CeilingDocument]
    shortage: ShortageDocument | None
    made: MadeDocument | None
    changed: bool
    moves: list[MoveDocument]
    edits: list[EditDocument]

class BatchReport(TypedDict):
    wave: str
    batch: int
    planned: int
    opens_at: str | None
    opened_at: str | None
    due_at: str | None
    ready: int
    most_ready_at: str | None
    ready_at: str | None
    late_s: float | None
    lost_s: float | None
    missing_when_due: int | None
    failed: int

class LateWaveReport(TypedDict):
    wave: str
    at: str
    until: str | None

class PeakReport(TypedDict):
    most: int
    at: str | None

class SessionsPeakReport(TypedDict):
    most: int
    at: str | None
    counted: int | None
    unknown: int | None
    oldest_s: float | None

class PointReport(TypedDict):
    at: str
    wanted: int
    ready: int
    served: int
    sessions: int
    unknown: int | None

class EventReport(TypedDict):
    at: str
    until: str | None
    goes_on: bool
    what: ReasonDocument
    by: str | None
    why: str | None

class FailureReport(TypedDict):
    action: str
    result: str
    count: int
    desktops: int
    reason: ReasonDocument

class BindingReport(TypedDict):
    reason: ReasonDocument
    desktop_minutes: float
    most: int
    first_at: str
    last_at: str

class PredictionReport(TypedDict):
    made_at: str
    wanted: int
    ready_then: int
    early_at: str
    middle_at: str
    late_at: str
    came_at: str | None
    held: bool | None

class SurgeReportDocument(TypedDict):
    at: str
    run: int
    runs: list[int]
    scenario: str
    state: str
    zone: str | None
    began_at: str
    ended_at: str | None
    anonymous: bool
    noted: int
    noted_from: str | None
    noted_until: str | None
    journal_complete: bool
    by_half_days: bool
    batches: list[BatchReport]
    late_waves: list[LateWaveReport]
    ready_peak: PeakReport
    sessions_peak: SessionsPeakReport
    curve: list[PointReport]
    timeline: list[EventReport]
    failures: list[FailureReport]
    bound: list[BindingReport]
    forecasts: list[PredictionReport]
    forecasts_pending: int

class WavesDocument(TypedDict):
    at: str
    scenario: str
    began_at: str | None
    run: int | None
    state: str | None
    waves: list[WaveDocument]

class KeptDocument(TypedDict):
    name: str
    cluster: str
    vmid: int
    node: str
    profile: str
    reserved_at: str
    started_at: str | None
    reported_at: str | None
    sessions_then: int | None
    left_at: str | None
    superseded_by: str | None

class HoldDocument(TypedDict):
    source: str | None
    because: ReasonDocument
    act: ReasonDocument | None
    binds: str | None
    retry_at: str | None
    before: int | None
    alike: int | None

class ErrorDocument(TypedDict):
    at: str | None
    what: str | None
    because: ReasonDocument
    tries: int
    gave_up: bool

class SeatWhy(TypedDict):
    agent: AgentDocument | None
    desktop: DesktopDocument | None
    kept: KeptDocument | None
    lent: LentDocument | None
    borrow: ReasonDocument | None
    target: TargetDocument | None
    waits_since: str | None
    ordered: list[ActionDocument]
    held_by: list[HoldDocument]
    intents: list[OrderDocument]
    last_error: ErrorDocument | None
    next_try_at: str | None
    others: list[str]
    half_days: PersonRotationDocument | None
    journal: list[JournalLine]

class ShortDocument(TypedDict):
    resource: str
    storage: str | None
    left: float
    needed: float | None

class NodeWhy(TypedDict):
    cluster: str
    name: str
    node: NodeDocument | None
    observed: ClusterDocument | None
    storages: list[StorageDocument]
    short: list[ShortDocument]
    phases: dict[str, int]
    kept: int | None
    troubles: list[ReasonCount]
    waiting: list[ReasonCount]
    intents: list[OrderDocument]
    journal: list[JournalLine]

class WaveWhy(TypedDict):
    scenario: str
    zone: str | None
    wave: WaveDocument
    phases: dict[str, int]
    missing: int
    binds: str | None
    waiting: list[ReasonCount]
    stuck: list[ReasonCount]
    later: list[ReasonCount]
    intents: list[OrderDocument]

class PoolWhy(TypedDict):
    pool: PoolDocument
    journal: list[JournalLine]

class EntryWhy(TypedDict):
    entry: str
    login: str | None
    because: ReasonDocument

class WhyDocument(TypedDict):
    at: str
    source: str
    of: str
    matching: int
    matches: list[MatchDocument]
    near: list[str]
    seat: SeatWhy | None
    node: NodeWhy | None
    wave: WaveWhy | None
    pool: PoolWhy | None
    entry: EntryWhy | None

AGENTS: Resource[AgentsDocument]
CAPACITY: Resource[CapacitiesDocument]
CONFIG: Resource[ConfigDocument]
CONFIG_RELOADS: Resource[ReloadDocument]
CONNECTIONS: Resource[ConnectionsDocument]
DAEMON: Resource[DaemonDocument]
DESKTOPS: Resource[DesktopsDocument]
FIGURES: Resource[FiguresDocument]
FINDINGS: Resource[FindingsDocument]
INTENTS: Resource[OrdersDocument]
INTENTS_WITHDRAWALS: Resource[OrdersDocument]
JOURNAL: Resource[JournalDocument]
LENDS: Resource[LendDocument]
LENDS_RETURNS: Resource[LendDocument]
NODES: Resource[NodesDocument]
PERSON: Resource[PersonDocument]
PLAN: Resource[PlanDocument]
POOLS: Resource[PoolsDocument]
READINESS: Resource[ReadinessHistoryDocument]
READY: Resource[WavesDocument]
REPORTS_PEAK: Resource[PeaksDocument]
REPORTS_SURGE: Resource[SurgeReportDocument]
ROTATION: Resource[RotationDocument]
STATUS: Resource[StatusDocument]
STORAGES: Resource[StoragesDocument]
SURGE: Resource[SurgeDocument]
WAVES: Resource[WavesDocument]
WHY: Resource[WhyDocument]
