BEGIN TRANSACTION;
CREATE TABLE bascule_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT bascule_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "bascule_version" VALUES('0006');
CREATE TABLE deletions (
	desktop TEXT NOT NULL,
	reserved_at DOUBLE NOT NULL,
	at DOUBLE NOT NULL,
	PRIMARY KEY (desktop, reserved_at)
);
INSERT INTO "deletions" VALUES('vd-1002',1799999901.0,1800000000.0);
CREATE TABLE desktops (
	name TEXT NOT NULL,
	cluster TEXT NOT NULL,
	vmid INTEGER NOT NULL,
	profile TEXT NOT NULL,
	agent_id TEXT,
	address TEXT,
	node TEXT NOT NULL,
	reserved_at DOUBLE NOT NULL,
	proven BOOLEAN NOT NULL,
	report TEXT,
	started_at DOUBLE,
	attempts TEXT,
	assigned_to TEXT, superseded_by TEXT, departure TEXT,
	PRIMARY KEY (name),
	CONSTRAINT vmid_once UNIQUE (cluster, vmid),
	CONSTRAINT address_once UNIQUE (address)
);
INSERT INTO "desktops" VALUES('vd-1001','paris',1001,'office','id-zoé','10.40.0.1','n1',1800000000.0,1,'{"read_at": 1800000061.25, "first_boot": "done", "logon_port_open": true, "booted_at": 1800000000.0, "ready_at": 1800000040.5, "sessions": [{"login": "zo\u00e9.lef\u00e8vre", "state": "connected", "since": 1800000050.0, "source": "guest_agent"}, {"login": "admin", "state": "disconnected", "since": 1800000045.0, "source": "ssh"}], "written_at": null}',1800000000.125,NULL,'id-zoé',NULL,NULL);
INSERT INTO "desktops" VALUES('vd-1002','paris',1002,'office',NULL,NULL,'n1',1800000000.0,1,'{"read_at": 1800000061.25, "first_boot": "done", "logon_port_open": true, "booted_at": null, "ready_at": null, "sessions": [], "written_at": null}',NULL,NULL,NULL,NULL,'{"since": 1799999997.0, "recycled_at": 1800000000.0, "ended": false}');
INSERT INTO "desktops" VALUES('vd-1003','paris',1003,'office',NULL,'10.40.0.3','n1',1800000000.0,0,NULL,NULL,'{"count": 2, "reason": "the lock \u00ab paris/ceph \u00bb was busy", "retry_at": 1800000007.0, "gave_up": true, "waited": 1, "misplaced": 1, "error": "lock_busy", "avoid": ["pve1"]}',NULL,'vd-1002','{"since": 1800000000.0, "recycled_at": null, "ended": true}');
CREATE TABLE intents (
	kind TEXT NOT NULL,
	target TEXT NOT NULL,
	given_by TEXT NOT NULL,
	given_at DOUBLE NOT NULL,
	reason TEXT NOT NULL, until DOUBLE, leavers INTEGER, joiners INTEGER,
	PRIMARY KEY (kind, target)
);
INSERT INTO "intents" VALUES('freeze','','zoé',1800000000.0,'maintenance',NULL,NULL,NULL);
CREATE TABLE journal (
	id INTEGER NOT NULL,
	at DOUBLE NOT NULL,
	what TEXT NOT NULL,
	subject TEXT NOT NULL,
	result TEXT NOT NULL,
	reason TEXT NOT NULL,
	began_at DOUBLE,
	PRIMARY KEY (id)
);
INSERT INTO "journal" VALUES(1,1800000060.0,'clone','vd-1001','done','',1800000000.0);
INSERT INTO "journal" VALUES(2,1800000060.0,'clone','vd-1003','retry','lock busy',1800000000.0);
INSERT INTO "journal" VALUES(3,1800000000.0,'freeze','','given','by zoé: maintenance',NULL);
CREATE TABLE meta (
	"key" TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('installation','seine');
INSERT INTO "meta" VALUES('directory_guard','{"left": {"id-l\u00e9a": {"at": 1800000000.0, "allowed": true}}, "joined": {"id-tom": {"at": 1800000000.5, "allowed": false}}, "quarantine": {"since": 1800000000.0, "read_at": 1800000300.0, "reason": "\u00ab half \u00bb is gone", "leavers": 30, "joiners": 2}}');
INSERT INTO "meta" VALUES('baseline_accepted','yes');
CREATE TABLE retired (
	cluster TEXT NOT NULL,
	vmid INTEGER NOT NULL,
	reason TEXT NOT NULL,
	at DOUBLE NOT NULL,
	PRIMARY KEY (cluster, vmid)
);
INSERT INTO "retired" VALUES('paris',1009,'leftover image',1800000000.0);
CREATE TABLE rosters (
	id INTEGER NOT NULL,
	read_at DOUBLE NOT NULL,
	document TEXT NOT NULL,
	PRIMARY KEY (id)
);
INSERT INTO "rosters" VALUES(1,1800000000.0,'{"agents": [{"agent_id": "id-parti", "attributes": {"phone": [], "title": ["charg\u00e9e de mission", "\u00e9lue"]}, "department": "Solidarit\u00e9", "display_name": "Zo\u00e9 \u00ab parti \u00bb", "groups": ["tous", "t\u00e9l\u00e9travail"], "login": "parti", "mail": "parti@departement.example", "site": "Melun", "standing": "disabled", "unit": ""}, {"agent_id": "id-zo\u00e9", "attributes": {"phone": [], "title": ["charg\u00e9e de mission", "\u00e9lue"]}, "department": "Solidarit\u00e9", "display_name": "Zo\u00e9 \u00ab zo\u00e9 \u00bb", "groups": ["tous", "t\u00e9l\u00e9travail"], "login": "zo\u00e9", "mail": "zo\u00e9@departement.example", "site": "Melun", "standing": "active", "unit": ""}], "rejected": [{"agent_id": null, "entry": "cn=robot,dc=example", "reason": "has no login"}]}');
CREATE INDEX journal_subject ON journal (subject);
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
COMMIT;
