CREATE FUNCTION bascule_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$BEGIN RAISE EXCEPTION 'the journal is append-only'; END$$;
CREATE TABLE arrivals (
    pool text NOT NULL,
    at double precision NOT NULL,
    minutes text NOT NULL,
    waited integer NOT NULL
);
CREATE TABLE bascule_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE deletions (
    desktop text NOT NULL,
    reserved_at double precision NOT NULL,
    at double precision NOT NULL
);
CREATE TABLE desktops (
    name text NOT NULL,
    cluster text NOT NULL,
    vmid integer NOT NULL,
    profile text NOT NULL,
    agent_id text,
    address text,
    node text NOT NULL,
    reserved_at double precision NOT NULL,
    proven boolean NOT NULL,
    report text,
    started_at double precision,
    attempts text,
    assigned_to text,
    superseded_by text,
    departure text,
    unheard text,
    noted_as text,
    seat text,
    run integer,
    identity text,
    lease text,
    leased_to text,
    used boolean
);
CREATE TABLE drills (
    id integer NOT NULL,
    at double precision NOT NULL,
    document text NOT NULL
);
CREATE SEQUENCE drills_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE drills_id_seq OWNED BY drills.id;
CREATE TABLE forecasts (
    id integer NOT NULL,
    made_at double precision NOT NULL,
    wanted integer NOT NULL,
    ready_then integer NOT NULL,
    early_at double precision NOT NULL,
    middle_at double precision NOT NULL,
    late_at double precision NOT NULL,
    widened double precision NOT NULL,
    measured integer NOT NULL
);
CREATE SEQUENCE forecasts_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE forecasts_id_seq OWNED BY forecasts.id;
CREATE TABLE half_days (
    run integer NOT NULL,
    week double precision NOT NULL,
    agent_id text NOT NULL,
    wants integer NOT NULL,
    slots text NOT NULL,
    waited text NOT NULL,
    less text
);
CREATE TABLE intents (
    kind text NOT NULL,
    target text NOT NULL,
    given_by text NOT NULL,
    given_at double precision NOT NULL,
    reason text NOT NULL,
    until double precision,
    rekeys text,
    allows text,
    terms text
);
CREATE TABLE journal (
    id integer NOT NULL,
    at double precision NOT NULL,
    what text NOT NULL,
    subject text NOT NULL,
    result text NOT NULL,
    reason text NOT NULL,
    began_at double precision,
    because text,
    reason_coded text
);
CREATE SEQUENCE journal_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE journal_id_seq OWNED BY journal.id;
CREATE TABLE measured (
    id integer NOT NULL,
    kind text NOT NULL,
    place text NOT NULL,
    image text NOT NULL,
    began_at double precision NOT NULL,
    took_s double precision NOT NULL,
    parallel double precision NOT NULL
);
CREATE SEQUENCE measured_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE measured_id_seq OWNED BY measured.id;
CREATE TABLE meta (
    key text NOT NULL,
    value text NOT NULL
);
CREATE TABLE notices (
    agent_id text NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    about text NOT NULL,
    stage text NOT NULL,
    at double precision NOT NULL,
    tries integer NOT NULL,
    next_at double precision NOT NULL
);
CREATE TABLE progress (
    id integer NOT NULL,
    run integer NOT NULL,
    at double precision NOT NULL,
    document text NOT NULL
);
CREATE SEQUENCE progress_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE progress_id_seq OWNED BY progress.id;
CREATE TABLE readiness (
    id integer NOT NULL,
    at double precision NOT NULL,
    document text NOT NULL
);
CREATE SEQUENCE readiness_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE readiness_id_seq OWNED BY readiness.id;
CREATE TABLE rekeyed (
    old_id text NOT NULL,
    new_id text NOT NULL
);
CREATE TABLE retired (
    cluster text NOT NULL,
    vmid integer NOT NULL,
    reason text NOT NULL,
    at double precision NOT NULL
);
CREATE TABLE rosters (
    id integer NOT NULL,
    read_at double precision NOT NULL,
    document text NOT NULL
);
CREATE SEQUENCE rosters_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE rosters_id_seq OWNED BY rosters.id;
CREATE TABLE surges (
    number integer NOT NULL,
    scenario text NOT NULL,
    state text NOT NULL,
    started_at double precision NOT NULL,
    since double precision NOT NULL,
    given_by text NOT NULL,
    reason text NOT NULL,
    terms text NOT NULL
);
ALTER TABLE ONLY drills ALTER COLUMN id SET DEFAULT nextval('drills_id_seq'::regclass);
ALTER TABLE ONLY forecasts ALTER COLUMN id SET DEFAULT nextval('forecasts_id_seq'::regclass);
ALTER TABLE ONLY journal ALTER COLUMN id SET DEFAULT nextval('journal_id_seq'::regclass);
ALTER TABLE ONLY measured ALTER COLUMN id SET DEFAULT nextval('measured_id_seq'::regclass);
ALTER TABLE ONLY progress ALTER COLUMN id SET DEFAULT nextval('progress_id_seq'::regclass);
ALTER TABLE ONLY readiness ALTER COLUMN id SET DEFAULT nextval('readiness_id_seq'::regclass);
ALTER TABLE ONLY rosters ALTER COLUMN id SET DEFAULT nextval('rosters_id_seq'::regclass);
ALTER TABLE ONLY desktops
    ADD CONSTRAINT address_once UNIQUE (address);
ALTER TABLE ONLY arrivals
    ADD CONSTRAINT arrivals_pkey PRIMARY KEY (pool, at);
ALTER TABLE ONLY bascule_version
    ADD CONSTRAINT bascule_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY deletions
    ADD CONSTRAINT deletions_pkey PRIMARY KEY (desktop, reserved_at);
ALTER TABLE ONLY desktops
    ADD CONSTRAINT desktops_pkey PRIMARY KEY (name);
ALTER TABLE ONLY drills
    ADD CONSTRAINT drills_pkey PRIMARY KEY (id);
ALTER TABLE ONLY forecasts
    ADD CONSTRAINT forecasts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY half_days
    ADD CONSTRAINT half_days_pkey PRIMARY KEY (run, week, agent_id);
ALTER TABLE ONLY intents
    ADD CONSTRAINT intents_pkey PRIMARY KEY (kind, target);
ALTER TABLE ONLY journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY measured
    ADD CONSTRAINT measured_pkey PRIMARY KEY (id);
ALTER TABLE ONLY meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (key);
ALTER TABLE ONLY notices
    ADD CONSTRAINT notices_pkey PRIMARY KEY (agent_id, kind, channel);
ALTER TABLE ONLY progress
    ADD CONSTRAINT progress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY readiness
    ADD CONSTRAINT readiness_pkey PRIMARY KEY (id);
ALTER TABLE ONLY rekeyed
    ADD CONSTRAINT rekeyed_pkey PRIMARY KEY (old_id);
ALTER TABLE ONLY retired
    ADD CONSTRAINT retired_pkey PRIMARY KEY (cluster, vmid);
ALTER TABLE ONLY rosters
    ADD CONSTRAINT rosters_pkey PRIMARY KEY (id);
ALTER TABLE ONLY surges
    ADD CONSTRAINT surges_pkey PRIMARY KEY (number);
ALTER TABLE ONLY desktops
    ADD CONSTRAINT vmid_once UNIQUE (cluster, vmid);
CREATE INDEX journal_subject ON journal USING btree (subject);
CREATE UNIQUE INDEX leased_once ON desktops USING btree (leased_to);
CREATE INDEX measured_group ON measured USING btree (kind, place, image);
CREATE INDEX progress_run ON progress USING btree (run);
CREATE TRIGGER journal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION bascule_append_only();
INSERT INTO bascule_version VALUES ('0024');
