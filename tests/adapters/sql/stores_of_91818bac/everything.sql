BEGIN TRANSACTION;
CREATE TABLE arrivals (
	pool TEXT NOT NULL, 
	at DOUBLE NOT NULL, 
	minutes TEXT NOT NULL, 
	waited INTEGER NOT NULL, 
	PRIMARY KEY (pool, at)
);
INSERT INTO "arrivals" VALUES('shared',1800000900.0,'[3, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]',4);
CREATE TABLE bascule_version (
	version_num VARCHAR(32) NOT NULL, 
	PRIMARY KEY (version_num)
);
INSERT INTO "bascule_version" VALUES('0024');
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
	assigned_to TEXT, 
	superseded_by TEXT, 
	departure TEXT, 
	unheard TEXT, 
	noted_as TEXT, 
	seat TEXT, 
	run INTEGER, 
	lease TEXT, 
	leased_to TEXT, 
	identity TEXT, 
	used BOOLEAN, 
	PRIMARY KEY (name), 
	CONSTRAINT vmid_once UNIQUE (cluster, vmid), 
	CONSTRAINT address_once UNIQUE (address)
);
INSERT INTO "desktops" VALUES('vd-1001','paris',1001,'office','id-zoé','10.40.0.1','n1',1800000000.0,1,'{"read_at": 1800000061.25, "first_boot": "done", "logon_port_open": true, "booted_at": 1800000000.0, "ready_at": 1800000040.5, "sessions": [{"login": "zo\u00e9.lef\u00e8vre", "state": "connected", "since": 1800000050.0, "source": "guest_agent"}, {"login": "admin", "state": "disconnected", "since": 1800000045.0, "source": "ssh"}], "written_at": null, "age_s": null, "period_s": 10.0, "boot_id": "", "connections": null, "sequence": 0, "event_number": 0, "events": [], "identity": {"image": "", "machine": "", "host_keys": [], "hostname": "", "cards": [], "addresses": []}, "ask_at": null, "push_secret": "", "first_boot_data": "none", "first_boot_error": "", "clash": ""}',1800000000.125,NULL,'id-zoé',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "desktops" VALUES('vd-1002','paris',1002,'office',NULL,NULL,'n1',1800000000.0,1,'{"read_at": 1800000061.25, "first_boot": "done", "logon_port_open": true, "booted_at": null, "ready_at": null, "sessions": [], "written_at": null, "age_s": null, "period_s": 10.0, "boot_id": "", "connections": null, "sequence": 0, "event_number": 0, "events": [], "identity": {"image": "", "machine": "", "host_keys": [], "hostname": "", "cards": [], "addresses": []}, "ask_at": null, "push_secret": "", "first_boot_data": "none", "first_boot_error": "", "clash": ""}',NULL,NULL,NULL,NULL,'{"since": 1799999997.0, "recycled_at": 1800000000.0, "ended": false}','{"word": "no_file", "text": "Agent error: \u00ab gone \u00bb", "since": 1799999992.0}',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "desktops" VALUES('vd-1003','paris',1003,'office',NULL,'10.40.0.3','n1',1800000000.0,0,NULL,NULL,'{"count": 2, "reason": "the lock \u00ab paris/ceph \u00bb was busy", "retry_at": 1800000007.0, "gave_up": true, "waited": 1, "misplaced": 1, "error": "lock_busy", "made": false, "avoid": ["pve1"]}',NULL,'vd-1002','{"since": 1800000000.0, "recycled_at": null, "ended": true}',NULL,'["id-before", "id-earlier"]',NULL,NULL,NULL,NULL,'{"image": "", "machine": "5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d", "host_keys": ["SHA256:a"], "hostname": "", "cards": ["02:00:00:00:03:eb"], "addresses": []}',NULL);
INSERT INTO "desktops" VALUES('vd-1011','paris',1011,'office',NULL,'fd00::11','n1',1800000000.0,1,'{"read_at": 1800000061.25, "first_boot": "done", "logon_port_open": true, "booted_at": 1800000000.0, "ready_at": 1800000040.5, "sessions": [{"login": "zo\u00e9.lef\u00e8vre", "state": "connected", "since": 1800000050.0, "source": "guest_agent"}, {"login": "admin", "state": "disconnected", "since": 1800000045.0, "source": "ssh"}], "written_at": 1800000061.0, "age_s": 0.25, "period_s": 10.0, "boot_id": "0a9c1ecf-5d8f-4b1c-9a27-3f5a0f0f8a01", "connections": 1, "sequence": 100000000, "event_number": 2, "events": [], "identity": {"image": "2026.11", "machine": "5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d", "host_keys": ["SHA256:a"], "hostname": "vd-1011", "cards": ["02:00:00:00:03:f3"], "addresses": ["10.40.0.11", "fd00::11"]}, "ask_at": 1800000090.0, "push_secret": "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f", "first_boot_data": "failed", "first_boot_error": "no such file", "clash": {"code": "several", "arguments": {"0": "one", "1": "two"}, "text": "one; two"}}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'pool:shared/1',3,'{"state": "lent", "since": 1800000000.0, "agent_id": "id-tom", "key": "once"}','id-tom','{"image": "2026.11", "machine": "5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d", "host_keys": ["SHA256:a"], "hostname": "vd-1011", "cards": ["02:00:00:00:03:f3"], "addresses": ["10.40.0.11", "fd00::11"]}',1);
INSERT INTO "desktops" VALUES('vd-1012','paris',1012,'office',NULL,NULL,'n1',1800000000.0,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'pool:shared/2',3,'{"state": "to_reset", "since": 1800000000.0, "agent_id": null, "key": ""}',NULL,NULL,NULL);
INSERT INTO "desktops" VALUES('vd-1013','paris',1013,'office','id-léo',NULL,'n1',1800000000.0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,NULL);
CREATE TABLE drills (
	id INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "drills" VALUES(1,1800000000.0,'{"scenario": "confinement", "place": "twin", "planned": 9, "ready": 8, "batches": 3, "late_batches": 1}');
CREATE TABLE forecasts (
	id INTEGER NOT NULL, 
	made_at DOUBLE NOT NULL, 
	wanted INTEGER NOT NULL, 
	ready_then INTEGER NOT NULL, 
	early_at DOUBLE NOT NULL, 
	middle_at DOUBLE NOT NULL, 
	late_at DOUBLE NOT NULL, 
	widened DOUBLE NOT NULL, 
	measured INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "forecasts" VALUES(1,1800000000.0,9,2,1800000050.0,1800000060.0,1800000075.0,1.5,7);
CREATE TABLE half_days (
	run INTEGER NOT NULL, 
	week DOUBLE NOT NULL, 
	agent_id TEXT NOT NULL, 
	wants INTEGER NOT NULL, 
	slots TEXT NOT NULL, 
	waited TEXT NOT NULL, 
	less TEXT, 
	PRIMARY KEY (run, week, agent_id)
);
INSERT INTO "half_days" VALUES(3,1800000000.0,'id-tom',3,'[[1800000000.0, 1800000000.5], [1800000001.0, 1800000001.5]]','[1800000000.0]','{"slots": 3, "of": 8}');
CREATE TABLE intents (
	kind TEXT NOT NULL, 
	target TEXT NOT NULL, 
	given_by TEXT NOT NULL, 
	given_at DOUBLE NOT NULL, 
	reason TEXT NOT NULL, 
	until DOUBLE, 
	rekeys TEXT, 
	allows TEXT, 
	terms TEXT, 
	PRIMARY KEY (kind, target)
);
INSERT INTO "intents" VALUES('freeze','','zoé',1800000001.0,'maintenance',NULL,NULL,NULL,NULL);
INSERT INTO "intents" VALUES('cordon','paris/n1','zoé',1800000002.0,'maintenance',NULL,NULL,NULL,NULL);
INSERT INTO "intents" VALUES('accept_directory','','zoé',1800000003.0,'maintenance',1800003600.5,NULL,'{"leavers": ["id-1"], "joiners": ["id-2", "id-3"]}',NULL);
INSERT INTO "intents" VALUES('rekey','','zoé',1800000004.0,'maintenance',NULL,'[["id-zo\u00e9", "7"]]',NULL,NULL);
INSERT INTO "intents" VALUES('rebuild','vd-1001','zoé',1800000005.0,'maintenance',NULL,NULL,NULL,'{"even_with_session": true, "by_force": true, "agent": "id-zo\u00e9"}');
CREATE TABLE journal (
	id INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	what TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	result TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	began_at DOUBLE, 
	because TEXT, 
	reason_coded TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "journal" VALUES(1,1800000060.0,'clone','vd-1001','done','',1800000000.0,NULL,NULL);
INSERT INTO "journal" VALUES(2,1800000060.0,'clone','vd-1003','retry','lock busy',1800000000.0,NULL,NULL);
INSERT INTO "journal" VALUES(3,1800000000.0,'surge','night','running','run 1: start, by claire: for Zoé',NULL,NULL,'{"code": "surge_changed_why", "arguments": {"number": 1, "what": "start", "by": "claire", "why": "for Zoé"}, "text": "run 1: start, by claire: for Zoé"}');
INSERT INTO "journal" VALUES(4,1800000000.0,'surge','night','ended','run 2: start, by claire: for Zoé',NULL,NULL,'{"code": "surge_changed_why", "arguments": {"number": 2, "what": "start", "by": "claire", "why": "for Zoé"}, "text": "run 2: start, by claire: for Zoé"}');
INSERT INTO "journal" VALUES(5,1800000000.0,'surge','confinement','gated','run 3: start, by claire as root (astreinte): « répétition »',NULL,NULL,'{"code": "surge_changed_why", "arguments": {"number": 3, "what": "start", "by": "claire as root (astreinte)", "why": "« répétition »"}, "text": "run 3: start, by claire as root (astreinte): « répétition »"}');
INSERT INTO "journal" VALUES(6,1800000060.0,'clone','vd-1011','done','they would not have their desktop in time',1800000000.0,'{"code": "wanted", "arguments": {"wave": "first", "profile": "office", "login": "zoé"}, "text": "wave ''first'' wants a office desktop for zoé"}','{"code": "readiness_late", "arguments": {}, "text": "they would not have their desktop in time"}');
INSERT INTO "journal" VALUES(7,1800000001.0,'freeze','','given','by zoé: maintenance',NULL,NULL,'{"code": "given_why", "arguments": {"by": "zoé", "why": "maintenance"}, "text": "by zoé: maintenance"}');
INSERT INTO "journal" VALUES(8,1800000002.0,'cordon','paris/n1','given','by zoé: maintenance',NULL,NULL,'{"code": "given_why", "arguments": {"by": "zoé", "why": "maintenance"}, "text": "by zoé: maintenance"}');
INSERT INTO "journal" VALUES(9,1800000003.0,'accept_directory','','given','by zoé: maintenance (1 may leave and 2 join, until 2027-01-15T09:00:00Z)',NULL,NULL,'{"code": "given_with", "arguments": {"given": {"code": "given_why", "arguments": {"by": "zoé", "why": "maintenance"}, "text": "by zoé: maintenance"}, "what": {"code": "also", "arguments": {"0": {"code": "people_allowed", "arguments": {"leavers": 1, "joiners": 2}, "text": "1 may leave and 2 join"}, "1": {"code": "until", "arguments": {"until": "2027-01-15T09:00:00Z"}, "text": "until 2027-01-15T09:00:00Z"}}, "text": "1 may leave and 2 join, until 2027-01-15T09:00:00Z"}}, "text": "by zoé: maintenance (1 may leave and 2 join, until 2027-01-15T09:00:00Z)"}');
INSERT INTO "journal" VALUES(10,1800000004.0,'rekey','','given','by zoé: maintenance (1 agents go on under new ids)',NULL,NULL,'{"code": "given_with", "arguments": {"given": {"code": "given_why", "arguments": {"by": "zoé", "why": "maintenance"}, "text": "by zoé: maintenance"}, "what": {"code": "also", "arguments": {"0": {"code": "ids_carried", "arguments": {"count": 1}, "text": "1 agents go on under new ids"}}, "text": "1 agents go on under new ids"}}, "text": "by zoé: maintenance (1 agents go on under new ids)"}');
INSERT INTO "journal" VALUES(11,1800000005.0,'rebuild','vd-1001','given','by zoé: maintenance (even with a session, by force if need be)',NULL,NULL,'{"code": "given_with", "arguments": {"given": {"code": "given_why", "arguments": {"by": "zoé", "why": "maintenance"}, "text": "by zoé: maintenance"}, "what": {"code": "also", "arguments": {"0": {"code": "even_with_session", "arguments": {}, "text": "even with a session"}, "1": {"code": "by_force", "arguments": {}, "text": "by force if need be"}}, "text": "even with a session, by force if need be"}}, "text": "by zoé: maintenance (even with a session, by force if need be)"}');
CREATE TABLE measured (
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	place TEXT NOT NULL, 
	image TEXT NOT NULL, 
	began_at DOUBLE NOT NULL, 
	took_s DOUBLE NOT NULL, 
	parallel DOUBLE NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "measured" VALUES(1,'clone','pve/n1/thin','golden-1',1800000000.0,1.5,2.25);
INSERT INTO "measured" VALUES(2,'first_boot','paris/n1','golden-1',1800000001.0,1.5,2.25);
CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('installation','seine');
INSERT INTO "meta" VALUES('owner','{"pid": 20356, "machine": "vm", "since": 1800000000.0, "claim": "ddd387bb10934bcea1b4baebb11ca3a5"}');
INSERT INTO "meta" VALUES('roster_origin','{"source": "", "mark": null, "entries": 0, "having": {}}');
INSERT INTO "meta" VALUES('directory_guard','{"left": {"id-l\u00e9a": {"at": 1800000000.0, "allowed": true, "places": ["unit ou=\u00ab a \u00bb,dc=x", "group b"]}}, "joined": {"id-tom": {"at": 1800000000.5, "allowed": false, "places": []}}, "quarantine": {"since": 1800000000.0, "read_at": 1800000300.0, "reason": "\u00ab half \u00bb is gone", "leavers": 30, "joiners": 2, "of": "directory and configuration"}, "rules": {"entitlements": [{"profile": "office", "who": {"groups": ["a", "b"], "departments": ["\u00c9t\u00e9"], "sites": ["Melun"], "logins": ["zo\u00e9"], "units": ["ou=x,dc=y"], "attributes": [["title", ["chef", "cheffe"]]]}}, {"profile": "lab", "who": {"groups": [], "departments": [], "sites": [], "logins": [], "units": [], "attributes": []}}], "scenario": {"name": "confinement", "starts_at": 1800000000.5, "waves": [{"name": "first", "who": {"groups": ["a", "b"], "departments": ["\u00c9t\u00e9"], "sites": ["Melun"], "logins": ["zo\u00e9"], "units": ["ou=x,dc=y"], "attributes": [["title", ["chef", "cheffe"]]]}, "excepted": [], "percent": null, "priority": 1, "after_s": 60.0, "size": 300, "interval_s": 14400.0, "prepare": "none", "prepare_before_s": null, "ready_by": null, "every_half_day": false, "prepare_from": null, "gate": null}, {"name": "rest", "who": {"groups": [], "departments": [], "sites": [], "logins": [], "units": [], "attributes": []}, "excepted": [], "percent": null, "priority": 100, "after_s": 0.0, "size": null, "interval_s": 0.0, "prepare": "stopped", "prepare_before_s": 3600.0, "ready_by": null, "every_half_day": false, "prepare_from": null, "gate": null}], "calendar": null, "planned": false, "by_hand": false, "end": {"when": null, "size": null, "interval_s": 0.0, "every_half_day": false, "keep_s": 2592000.0}, "ceilings": [], "survive_nodes": 0, "deletes": true, "up_before_s": null, "shortage": {"profiles": [], "shares": [], "refuses": false}, "rotation": null}}}');
INSERT INTO "meta" VALUES('baseline_accepted','yes');
INSERT INTO "meta" VALUES('session_counts','{"settled_at": 1799998200.0, "base": [["office", "Melun", "first", 3], ["lab", "other", "other", 1]], "recent": [[1799999991.0, 1, "office", "Melun", "first"], [1799999996.0, -1, "lab", "other", "other"]], "peaks": [[20833, null, 4, 1799999996.0], [20833, ["profile", "office"], 3, 1799999991.0]], "readings": [[20833, 2, 61.5, 1]]}');
CREATE TABLE notices (
	agent_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	about TEXT NOT NULL, 
	stage TEXT NOT NULL, 
	at DOUBLE NOT NULL, 
	tries INTEGER NOT NULL, 
	next_at DOUBLE NOT NULL, 
	PRIMARY KEY (agent_id, kind, channel)
);
INSERT INTO "notices" VALUES('id-zoé','ready','mail','1/vd-1','sent',1800000000.0,0,0.0);
INSERT INTO "notices" VALUES('id-tom','slot','mail','1/vd-1','failed',1800000000.0,2,0.0);
CREATE TABLE progress (
	id INTEGER NOT NULL, 
	run INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "progress" VALUES(1,1,1800000000.0,'{"state": "running", "ready": 0, "sessions": 0, "batches": [{"wave": "all", "number": 0, "planned": 4, "opens_at": 1800000000.0, "due_at": null, "is_open": true, "ready": 0, "failed": 0}], "binds": [{"reason": "no room", "count": 3}]}');
INSERT INTO "progress" VALUES(2,3,1800000060.0,'{"state": "running", "ready": 4, "sessions": 2, "batches": [{"wave": "all", "number": 0, "planned": 4, "opens_at": 1800000000.0, "due_at": 1800003600.0, "is_open": true, "ready": 4, "failed": 0}], "binds": []}');
CREATE TABLE readiness (
	id INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "readiness" VALUES(1,1800000001.0,'{"scenario": "confinement", "wanted": 9, "ready": 8, "causes": [{"what": {"code": "readiness_frozen", "arguments": {}, "text": "a freeze stands: nothing would be written to any cluster (`bascule thaw`)"}, "people": 9}], "doubts": [{"code": "readiness_late", "arguments": {}, "text": "they would not have their desktop in time"}], "trials": [{"code": "readiness_late_for", "arguments": {"why": {"code": "readiness_frozen", "arguments": {}, "text": "a freeze stands: nothing would be written to any cluster (`bascule thaw`)"}}, "text": "they would not have their desktop in time: a freeze stands: nothing would be written to any cluster (`bascule thaw`)"}]}');
CREATE TABLE rekeyed (
	old_id TEXT NOT NULL, 
	new_id TEXT NOT NULL, 
	PRIMARY KEY (old_id)
);
INSERT INTO "rekeyed" VALUES('id-older','id-old');
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
INSERT INTO "rosters" VALUES(1,1800000000.0,'{"agents": [{"agent_id": "id-parti", "attributes": {"phone": [], "title": ["charg\u00e9e de mission", "\u00e9lue"]}, "department": "Solidarit\u00e9", "display_name": "Zo\u00e9 \u00ab parti \u00bb", "groups": ["tous", "t\u00e9l\u00e9travail"], "login": "parti", "mail": "parti@departement.example", "rdn": "", "site": "Melun", "standing": "disabled", "unit": ""}, {"agent_id": "id-zo\u00e9", "attributes": {"phone": [], "title": ["charg\u00e9e de mission", "\u00e9lue"]}, "department": "Solidarit\u00e9", "display_name": "Zo\u00e9 \u00ab zo\u00e9 \u00bb", "groups": ["tous", "t\u00e9l\u00e9travail"], "login": "zo\u00e9", "mail": "zo\u00e9@departement.example", "rdn": "", "site": "Melun", "standing": "active", "unit": ""}], "departed": [], "rejected": [{"agent_id": null, "entry": "cn=robot,dc=example", "login": "", "reason": "has no login", "same_as": []}]}');
INSERT INTO "rosters" VALUES(2,1800000000.0,'{"agents": [{"agent_id": "id-tom", "attributes": {"phone": [], "title": ["charg\u00e9e de mission", "\u00e9lue"]}, "department": "Solidarit\u00e9", "display_name": "Zo\u00e9 \u00ab tom \u00bb", "groups": ["tous", "t\u00e9l\u00e9travail"], "login": "tom", "mail": "tom@departement.example", "rdn": "", "site": "Melun", "standing": "active", "unit": ""}, {"agent_id": "id-zo\u00e9", "attributes": {"phone": [], "title": ["charg\u00e9e de mission", "\u00e9lue"]}, "department": "Solidarit\u00e9", "display_name": "Zo\u00e9 \u00ab zo\u00e9 \u00bb", "groups": ["tous", "t\u00e9l\u00e9travail"], "login": "zo\u00e9", "mail": "zo\u00e9@departement.example", "rdn": "", "site": "Melun", "standing": "active", "unit": ""}], "departed": [], "rejected": [{"agent_id": null, "entry": "cn=robot,dc=example", "login": "", "reason": "has no login", "same_as": []}]}');
CREATE TABLE surges (
	number INTEGER NOT NULL, 
	scenario TEXT NOT NULL, 
	state TEXT NOT NULL, 
	started_at DOUBLE NOT NULL, 
	since DOUBLE NOT NULL, 
	given_by TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	terms TEXT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "surges" VALUES(1,'night','running',1800000000.0,1800000000.0,'claire','for Zoé','{"day_1": null, "released": [], "opened": {}, "ends_at": null, "then_returns": false, "goes_back": {"size": null, "interval_s": 0.0, "every_half_day": false, "keep_s": 2592000.0}, "returned_at": null, "takes_back": [1], "rebuilt": false, "as_started": null}');
INSERT INTO "surges" VALUES(2,'night','ended',1800000000.0,1800000000.0,'claire','for Zoé','{"day_1": null, "released": [], "opened": {}, "ends_at": null, "then_returns": false, "goes_back": {"size": null, "interval_s": 0.0, "every_half_day": false, "keep_s": 2592000.0}, "returned_at": null, "takes_back": [2], "rebuilt": false, "as_started": null}');
INSERT INTO "surges" VALUES(3,'confinement','gated',1799999940.0,1800000000.0,'claire as root (astreinte)','« répétition »','{"day_1": "2027-01-18", "released": ["first"], "opened": {"first": 2, "rest": 1}, "ends_at": 1808000000.0, "then_returns": true, "goes_back": {"size": 9, "interval_s": 0.0, "every_half_day": true, "keep_s": 7200.0}, "returned_at": 1800000005.0, "takes_back": [1, 3], "rebuilt": true, "as_started": {"entitlements": [], "scenario": {"name": "confinement", "starts_at": null, "waves": [{"name": "first", "who": {"groups": ["a", "b"], "departments": ["\u00c9t\u00e9"], "sites": ["Melun"], "logins": ["zo\u00e9"], "units": ["ou=x,dc=y"], "attributes": [["title", ["chef", "cheffe"]]]}, "excepted": [{"groups": [], "departments": [], "sites": ["Meaux"], "logins": [], "units": [], "attributes": []}], "percent": 50.0, "priority": 1, "after_s": 0.0, "size": 300, "interval_s": 0.0, "prepare": "running", "prepare_before_s": null, "ready_by": {"at": null, "day": 1, "minute": 480, "after_s": 0.0}, "every_half_day": true, "prepare_from": {"at": null, "day": null, "minute": 0, "after_s": 60.0}, "gate": {"go": 1.0, "ready": 90.0, "failed_at_most": 2.0}}, {"name": "rest", "who": {"groups": [], "departments": [], "sites": [], "logins": [], "units": [], "attributes": []}, "excepted": [], "percent": null, "priority": 100, "after_s": 0.0, "size": null, "interval_s": 0.0, "prepare": "none", "prepare_before_s": null, "ready_by": null, "every_half_day": false, "prepare_from": null, "gate": {"ready": 50.0}}], "calendar": {"zone": "Europe/Paris", "working_days": [0, 1, 2, 3, 4], "half_days": [{"name": "am", "begins": 480, "ends": 750}, {"name": "pm", "begins": 810, "ends": 1080}], "closed": ["2027-05-01"]}, "planned": true, "by_hand": true, "end": {"when": {"at": 1809000000.0, "day": null, "minute": 0, "after_s": 0.0}, "size": 40, "interval_s": 60.0, "every_half_day": false, "keep_s": 3600.0}, "ceilings": [{"name": "vpn", "limit": 900, "counts": "sessions", "in_use": ""}], "survive_nodes": 1, "deletes": false, "up_before_s": 900.0, "shortage": {"profiles": ["light"], "shares": [{"slots": 4, "of": 10}], "refuses": true}, "rotation": {"pool": "shared", "share": {"slots": 5, "of": 10}, "who": {"groups": ["a", "b"], "departments": ["\u00c9t\u00e9"], "sites": ["Melun"], "logins": ["zo\u00e9"], "units": ["ou=x,dc=y"], "attributes": [["title", ["chef", "cheffe"]]]}, "excepted": [{"groups": [], "departments": [], "sites": [], "logins": ["l\u00e9a"], "units": [], "attributes": []}], "obliged": {"groups": ["crise"], "departments": [], "sites": [], "logins": [], "units": [], "attributes": []}, "by_department": true, "published_days": 3, "reserve": 3, "ready_before_s": 900.0, "handover": {"warn_minutes": [15, 5], "disconnected_s": 600.0}, "absences": [{"login": "tom", "first": "2027-01-18", "last": "2027-01-20"}]}}}}');
CREATE UNIQUE INDEX leased_once ON desktops (leased_to);
CREATE INDEX journal_subject ON journal (subject);
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE INDEX measured_group ON measured (kind, place, image);
CREATE INDEX progress_run ON progress (run);
COMMIT;
