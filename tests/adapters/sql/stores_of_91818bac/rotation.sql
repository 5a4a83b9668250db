BEGIN TRANSACTION;
CREATE TABLE arrivals (
	pool TEXT NOT NULL, 
	at DOUBLE NOT NULL, 
	minutes TEXT NOT NULL, 
	waited INTEGER NOT NULL, 
	PRIMARY KEY (pool, at)
);
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
INSERT INTO "desktops" VALUES('vd-20000','pve',20000,'office',NULL,NULL,'pve1',1795795200.01,1,'{"read_at": 1796199334.01, "first_boot": "done", "logon_port_open": true, "booted_at": 1796151746.602, "ready_at": 1796151796.632, "sessions": [], "written_at": 1796199326.632, "age_s": null, "period_s": 10.0, "boot_id": "00004e20-0004-6b0f19c2", "connections": 0, "sequence": 47580030048, "event_number": 0, "events": [], "identity": {"image": "", "machine": "", "host_keys": [], "hostname": "", "cards": [], "addresses": []}, "ask_at": null, "push_secret": "", "first_boot_data": "none", "first_boot_error": "", "clash": ""}',1796151744.01,NULL,NULL,NULL,NULL,NULL,NULL,'pool:shared/1',1,NULL,NULL,NULL,1);
INSERT INTO "desktops" VALUES('vd-20001','pve',20001,'office',NULL,NULL,'pve2',1795795200.01,1,'{"read_at": 1796199334.01, "first_boot": "done", "logon_port_open": true, "booted_at": 1796144673.572, "ready_at": 1796144715.013, "sessions": [{"login": "login0003", "state": "connected", "since": 1796195147.738, "source": "guest_agent"}], "written_at": 1796199325.013, "age_s": null, "period_s": 10.0, "boot_id": "00004e21-0003-6b0efe21", "connections": 1, "sequence": 54651440960, "event_number": 1, "events": [], "identity": {"image": "", "machine": "", "host_keys": [], "hostname": "", "cards": [], "addresses": []}, "ask_at": null, "push_secret": "", "first_boot_data": "none", "first_boot_error": "", "clash": ""}',1796144671.51,NULL,NULL,NULL,NULL,NULL,NULL,'pool:shared/2',1,'{"state": "lent", "since": 1796194026.51, "agent_id": "a0003", "key": ""}','a0003',NULL,1);
INSERT INTO "desktops" VALUES('vd-20002','pve',20002,'office',NULL,NULL,'pve3',1795795200.01,1,'{"read_at": 1796199334.01, "first_boot": "done", "logon_port_open": true, "booted_at": 1796124951.687, "ready_at": 1796124991.432, "sessions": [{"login": "login0000", "state": "connected", "since": 1796195934.325, "source": "guest_agent"}], "written_at": 1796199331.432, "age_s": null, "period_s": 10.0, "boot_id": "00004e22-0003-6b0eb117", "connections": 1, "sequence": 74379745271, "event_number": 1, "events": [], "identity": {"image": "", "machine": "", "host_keys": [], "hostname": "", "cards": [], "addresses": []}, "ask_at": null, "push_secret": "", "first_boot_data": "none", "first_boot_error": "", "clash": ""}',1796124949.01,NULL,NULL,NULL,NULL,NULL,NULL,'pool:shared/3',1,'{"state": "lent", "since": 1796194026.51, "agent_id": "a0000", "key": ""}','a0000',NULL,1);
INSERT INTO "desktops" VALUES('vd-20003','pve',20003,'office',NULL,NULL,'pve4',1795795200.01,1,'{"read_at": 1796199334.01, "first_boot": "done", "logon_port_open": true, "booted_at": 1796144671.294, "ready_at": 1796144712.358, "sessions": [{"login": "login0001", "state": "connected", "since": 1796194834.849, "source": "guest_agent"}], "written_at": 1796199332.358, "age_s": null, "period_s": 10.0, "boot_id": "00004e23-0004-6b0efe1f", "connections": 1, "sequence": 54661064467, "event_number": 1, "events": [], "identity": {"image": "", "machine": "", "host_keys": [], "hostname": "", "cards": [], "addresses": []}, "ask_at": null, "push_secret": "", "first_boot_data": "none", "first_boot_error": "", "clash": ""}',1796144669.02,NULL,NULL,NULL,NULL,NULL,NULL,'pool:shared/4',1,'{"state": "lent", "since": 1796194026.51, "agent_id": "a0001", "key": ""}','a0001',NULL,1);
INSERT INTO "desktops" VALUES('vd-20004','pve',20004,'office',NULL,NULL,'pve1',1795795202.01,1,'{"read_at": 1796199334.01, "first_boot": "done", "logon_port_open": true, "booted_at": 1796144668.497, "ready_at": 1796144707.071, "sessions": [{"login": "login0011", "state": "connected", "since": 1796195643.649, "source": "guest_agent"}], "written_at": 1796199327.071, "age_s": null, "period_s": 10.0, "boot_id": "00004e24-0003-6b0efe1c", "connections": 1, "sequence": 54658574418, "event_number": 1, "events": [], "identity": {"image": "", "machine": "", "host_keys": [], "hostname": "", "cards": [], "addresses": []}, "ask_at": null, "push_secret": "", "first_boot_data": "none", "first_boot_error": "", "clash": ""}',1796144666.53,NULL,NULL,NULL,NULL,NULL,NULL,'pool:shared/5',1,'{"state": "lent", "since": 1796194026.51, "agent_id": "a0011", "key": ""}','a0011',NULL,1);
INSERT INTO "desktops" VALUES('vd-20005','pve',20005,'office',NULL,NULL,'pve2',1795795202.01,1,'{"read_at": 1796199334.01, "first_boot": "done", "logon_port_open": true, "booted_at": 1796144664.163, "ready_at": 1796144719.056, "sessions": [{"login": "login0009", "state": "connected", "since": 1796194841.431, "source": "guest_agent"}], "written_at": 1796199329.056, "age_s": null, "period_s": 10.0, "boot_id": "00004e25-0003-6b0efe18", "connections": 1, "sequence": 54664892793, "event_number": 1, "events": [], "identity": {"image": "", "machine": "", "host_keys": [], "hostname": "", "cards": [], "addresses": []}, "ask_at": null, "push_secret": "", "first_boot_data": "none", "first_boot_error": "", "clash": ""}',1796144661.51,NULL,NULL,NULL,NULL,NULL,NULL,'pool:shared/6',1,'{"state": "lent", "since": 1796194026.51, "agent_id": "a0009", "key": ""}','a0009',NULL,1);
CREATE TABLE drills (
	id INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (id)
);
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
INSERT INTO "half_days" VALUES(1,1796022000.0,'a0000',10,'[[1796022000.0, 1796038200.0], [1796041800.0, 1796058000.0], [1796108400.0, 1796124600.0], [1796128200.0, 1796144400.0], [1796194800.0, 1796211000.0], [1796214600.0, 1796230800.0], [1796281200.0, 1796297400.0], [1796301000.0, 1796317200.0], [1796367600.0, 1796383800.0], [1796387400.0, 1796403600.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796022000.0,'a0001',5,'[[1796022000.0, 1796038200.0], [1796041800.0, 1796058000.0], [1796128200.0, 1796144400.0], [1796194800.0, 1796211000.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796022000.0,'a0002',5,'[[1796214600.0, 1796230800.0], [1796281200.0, 1796297400.0], [1796301000.0, 1796317200.0], [1796367600.0, 1796383800.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796022000.0,'a0003',5,'[[1796022000.0, 1796038200.0], [1796041800.0, 1796058000.0], [1796128200.0, 1796144400.0], [1796194800.0, 1796211000.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796022000.0,'a0004',5,'[[1796214600.0, 1796230800.0], [1796281200.0, 1796297400.0], [1796301000.0, 1796317200.0], [1796387400.0, 1796403600.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796022000.0,'a0005',5,'[[1796022000.0, 1796038200.0], [1796108400.0, 1796124600.0], [1796128200.0, 1796144400.0], [1796387400.0, 1796403600.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796022000.0,'a0006',5,'[[1796214600.0, 1796230800.0], [1796281200.0, 1796297400.0], [1796367600.0, 1796383800.0], [1796387400.0, 1796403600.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796022000.0,'a0007',5,'[[1796022000.0, 1796038200.0], [1796108400.0, 1796124600.0], [1796128200.0, 1796144400.0], [1796387400.0, 1796403600.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796022000.0,'a0008',5,'[[1796214600.0, 1796230800.0], [1796301000.0, 1796317200.0], [1796367600.0, 1796383800.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796022000.0,'a0009',5,'[[1796041800.0, 1796058000.0], [1796108400.0, 1796124600.0], [1796194800.0, 1796211000.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796022000.0,'a0010',5,'[[1796281200.0, 1796297400.0], [1796301000.0, 1796317200.0], [1796367600.0, 1796383800.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796022000.0,'a0011',5,'[[1796041800.0, 1796058000.0], [1796108400.0, 1796124600.0], [1796194800.0, 1796211000.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796626800.0,'a0000',10,'[[1796626800.0, 1796643000.0], [1796646600.0, 1796662800.0], [1796713200.0, 1796729400.0], [1796733000.0, 1796749200.0], [1796799600.0, 1796815800.0], [1796819400.0, 1796835600.0], [1796886000.0, 1796902200.0], [1796905800.0, 1796922000.0], [1796972400.0, 1796988600.0], [1796992200.0, 1797008400.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796626800.0,'a0001',5,'[[1796626800.0, 1796643000.0], [1796646600.0, 1796662800.0], [1796713200.0, 1796729400.0], [1796733000.0, 1796749200.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796626800.0,'a0002',5,'[[1796799600.0, 1796815800.0], [1796819400.0, 1796835600.0], [1796886000.0, 1796902200.0], [1796972400.0, 1796988600.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796626800.0,'a0003',5,'[[1796626800.0, 1796643000.0], [1796646600.0, 1796662800.0], [1796713200.0, 1796729400.0], [1796799600.0, 1796815800.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796626800.0,'a0004',5,'[[1796799600.0, 1796815800.0], [1796819400.0, 1796835600.0], [1796905800.0, 1796922000.0], [1796972400.0, 1796988600.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796626800.0,'a0005',5,'[[1796626800.0, 1796643000.0], [1796646600.0, 1796662800.0], [1796733000.0, 1796749200.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796626800.0,'a0006',5,'[[1796819400.0, 1796835600.0], [1796905800.0, 1796922000.0], [1796972400.0, 1796988600.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796626800.0,'a0007',5,'[[1796626800.0, 1796643000.0], [1796713200.0, 1796729400.0], [1796733000.0, 1796749200.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796626800.0,'a0008',5,'[[1796819400.0, 1796835600.0], [1796886000.0, 1796902200.0], [1796905800.0, 1796922000.0], [1796992200.0, 1797008400.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796626800.0,'a0009',4,'[[1796886000.0, 1796902200.0], [1796905800.0, 1796922000.0], [1796992200.0, 1797008400.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796626800.0,'a0010',5,'[[1796799600.0, 1796815800.0], [1796886000.0, 1796902200.0], [1796972400.0, 1796988600.0], [1796992200.0, 1797008400.0]]','[]',NULL);
INSERT INTO "half_days" VALUES(1,1796626800.0,'a0011',5,'[[1796646600.0, 1796662800.0], [1796713200.0, 1796729400.0], [1796733000.0, 1796749200.0], [1796992200.0, 1797008400.0]]','[]',NULL);
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
INSERT INTO "journal" VALUES(1,1795795200.0,'surge','rotation','running','run 1: begin, by daemon: the scenario begins by itself',NULL,NULL,'{"code": "surge_changed_why", "arguments": {"number": 1, "what": "begin", "by": "daemon", "why": {"code": "surge_begins_itself", "arguments": {}, "text": "the scenario begins by itself"}}, "text": "run 1: begin, by daemon: the scenario begins by itself"}');
INSERT INTO "journal" VALUES(2,1795795200.01,'rotation','rotation','published','week from 2026-11-30 08:00: 12 people, 50 half-days; 15 are wanted and not given, 2 at most for one person',NULL,NULL,'{"code": "rotation_published", "arguments": {"week": "2026-11-30 08:00", "people": 12, "given": 50, "waits": 15, "most": 2}, "text": "week from 2026-11-30 08:00: 12 people, 50 half-days; 15 are wanted and not given, 2 at most for one person"}');
INSERT INTO "journal" VALUES(3,1795795202.0,'clone','vd-20000','done','',1795795200.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(4,1795795202.0,'clone','vd-20001','done','',1795795200.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(5,1795795202.0,'clone','vd-20002','done','',1795795200.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(6,1795795202.0,'clone','vd-20003','done','',1795795200.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(7,1795795203.0,'configure','vd-20000','done','',1795795202.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(8,1795795203.0,'configure','vd-20001','done','',1795795202.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(9,1795795203.0,'configure','vd-20002','done','',1795795202.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(10,1795795203.0,'configure','vd-20003','done','',1795795202.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(11,1795795204.0,'clone','vd-20004','done','',1795795202.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(12,1795795204.0,'clone','vd-20005','done','',1795795202.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(13,1795795206.5,'start','vd-20003','done','',1795795203.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(14,1795795206.5,'configure','vd-20004','done','',1795795204.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(15,1795795206.5,'configure','vd-20005','done','',1795795204.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(16,1795795209.0,'start','vd-20001','done','',1795795203.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(17,1795795214.0,'start','vd-20000','done','',1795795203.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(18,1795795214.0,'start','vd-20004','done','',1795795206.51,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(19,1795795216.5,'start','vd-20002','done','',1795795203.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(20,1795795219.0,'start','vd-20005','done','',1795795206.51,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(21,1795795251.743,'ready','vd-20000','done','first boot has finished and its log-on port answers',1795795203.01,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(22,1795795248.348,'ready','vd-20001','done','first boot has finished and its log-on port answers',1795795203.01,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(23,1795795250.823,'ready','vd-20003','done','first boot has finished and its log-on port answers',1795795203.01,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(24,1795795261.206,'ready','vd-20004','done','first boot has finished and its log-on port answers',1795795206.51,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(25,1795795260.938,'ready','vd-20005','done','first boot has finished and its log-on port answers',1795795206.51,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(26,1795795266.056,'ready','vd-20002','done','first boot has finished and its log-on port answers',1795795203.01,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(27,1796021321.51,'lend','vd-20000','done','lent to login0000 by plan, for the half-day from 2026-11-30 08:00 on',1796021321.51,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0000", "at": "2026-11-30 08:00"}, "text": "lent to login0000 by plan, for the half-day from 2026-11-30 08:00 on"}');
INSERT INTO "journal" VALUES(28,1796021321.51,'lend','vd-20001','done','lent to login0001 by plan, for the half-day from 2026-11-30 08:00 on',1796021321.51,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0001", "at": "2026-11-30 08:00"}, "text": "lent to login0001 by plan, for the half-day from 2026-11-30 08:00 on"}');
INSERT INTO "journal" VALUES(29,1796021321.51,'lend','vd-20002','done','lent to login0003 by plan, for the half-day from 2026-11-30 08:00 on',1796021321.51,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0003", "at": "2026-11-30 08:00"}, "text": "lent to login0003 by plan, for the half-day from 2026-11-30 08:00 on"}');
INSERT INTO "journal" VALUES(30,1796021321.51,'lend','vd-20003','done','lent to login0005 by plan, for the half-day from 2026-11-30 08:00 on',1796021321.51,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0005", "at": "2026-11-30 08:00"}, "text": "lent to login0005 by plan, for the half-day from 2026-11-30 08:00 on"}');
INSERT INTO "journal" VALUES(31,1796021321.51,'lend','vd-20004','done','lent to login0007 by plan, for the half-day from 2026-11-30 08:00 on',1796021321.51,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0007", "at": "2026-11-30 08:00"}, "text": "lent to login0007 by plan, for the half-day from 2026-11-30 08:00 on"}');
INSERT INTO "journal" VALUES(32,1796038211.51,'give_back','vd-20003','done','the half-day is over and nobody is logged on: it is given back',1796038211.51,NULL,'{"code": "lent_plan_over", "arguments": {}, "text": "the half-day is over and nobody is logged on: it is given back"}');
INSERT INTO "journal" VALUES(33,1796038466.5,'stop','vd-20003','done','',1796038454.01,'{"code": "pool_reset", "arguments": {"pool": "shared", "after": "restart"}, "text": "it is reset after a person, for pool shared (restart)"}',NULL);
INSERT INTO "journal" VALUES(34,1796038466.51,'reset','vd-20003','done','it is off, and free again',1796038466.51,NULL,'{"code": "lent_free_again", "arguments": {}, "text": "it is off, and free again"}');
INSERT INTO "journal" VALUES(35,1796038716.5,'start','vd-20003','done','',1796038706.51,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(36,1796038760.686,'ready','vd-20003','done','first boot has finished and its log-on port answers',1796038706.51,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(37,1796040941.51,'lend','vd-20005','done','lent to login0009 by plan, for the half-day from 2026-11-30 13:30 on',1796040941.51,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0009", "at": "2026-11-30 13:30"}, "text": "lent to login0009 by plan, for the half-day from 2026-11-30 13:30 on"}');
INSERT INTO "journal" VALUES(38,1796040941.51,'lend','vd-20003','done','lent to login0011 by plan, for the half-day from 2026-11-30 13:30 on',1796040941.51,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0011", "at": "2026-11-30 13:30"}, "text": "lent to login0011 by plan, for the half-day from 2026-11-30 13:30 on"}');
INSERT INTO "journal" VALUES(39,1796043839.01,'give_back','vd-20004','done','the half-day is over and nobody is logged on: it is given back',1796043839.01,NULL,'{"code": "lent_plan_over", "arguments": {}, "text": "the half-day is over and nobody is logged on: it is given back"}');
INSERT INTO "journal" VALUES(40,1796044094.0,'stop','vd-20004','done','',1796044081.51,'{"code": "pool_reset", "arguments": {"pool": "shared", "after": "restart"}, "text": "it is reset after a person, for pool shared (restart)"}',NULL);
INSERT INTO "journal" VALUES(41,1796044094.01,'reset','vd-20004','done','it is off, and free again',1796044094.01,NULL,'{"code": "lent_free_again", "arguments": {}, "text": "it is off, and free again"}');
INSERT INTO "journal" VALUES(42,1796044344.0,'start','vd-20004','done','',1796044334.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(43,1796044384.125,'ready','vd-20004','done','first boot has finished and its log-on port answers',1796044334.01,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(44,1796058146.51,'give_back','vd-20000','done','the half-day is over and nobody is logged on: it is given back',1796058146.51,NULL,'{"code": "lent_plan_over", "arguments": {}, "text": "the half-day is over and nobody is logged on: it is given back"}');
INSERT INTO "journal" VALUES(45,1796058146.51,'give_back','vd-20001','done','the half-day is over and nobody is logged on: it is given back',1796058146.51,NULL,'{"code": "lent_plan_over", "arguments": {}, "text": "the half-day is over and nobody is logged on: it is given back"}');
INSERT INTO "journal" VALUES(46,1796058146.51,'give_back','vd-20002','done','the half-day is over and nobody is logged on: it is given back',1796058146.51,NULL,'{"code": "lent_plan_over", "arguments": {}, "text": "the half-day is over and nobody is logged on: it is given back"}');
INSERT INTO "journal" VALUES(47,1796058146.51,'give_back','vd-20003','done','the half-day is over and nobody is logged on: it is given back',1796058146.51,NULL,'{"code": "lent_plan_over", "arguments": {}, "text": "the half-day is over and nobody is logged on: it is given back"}');
INSERT INTO "journal" VALUES(48,1796058146.51,'give_back','vd-20005','done','the half-day is over and nobody is logged on: it is given back',1796058146.51,NULL,'{"code": "lent_plan_over", "arguments": {}, "text": "the half-day is over and nobody is logged on: it is given back"}');
INSERT INTO "journal" VALUES(49,1796058404.0,'stop','vd-20000','done','',1796058389.01,'{"code": "pool_reset", "arguments": {"pool": "shared", "after": "restart"}, "text": "it is reset after a person, for pool shared (restart)"}',NULL);
INSERT INTO "journal" VALUES(50,1796058404.01,'reset','vd-20000','done','it is off, and free again',1796058404.01,NULL,'{"code": "lent_free_again", "arguments": {}, "text": "it is off, and free again"}');
INSERT INTO "journal" VALUES(51,1796058406.5,'stop','vd-20002','done','',1796058389.01,'{"code": "pool_reset", "arguments": {"pool": "shared", "after": "restart"}, "text": "it is reset after a person, for pool shared (restart)"}',NULL);
INSERT INTO "journal" VALUES(52,1796058406.5,'stop','vd-20003','done','',1796058389.01,'{"code": "pool_reset", "arguments": {"pool": "shared", "after": "restart"}, "text": "it is reset after a person, for pool shared (restart)"}',NULL);
INSERT INTO "journal" VALUES(53,1796058406.54,'reset','vd-20002','done','it is off, and free again',1796058406.54,NULL,'{"code": "lent_free_again", "arguments": {}, "text": "it is off, and free again"}');
INSERT INTO "journal" VALUES(54,1796058406.54,'reset','vd-20003','done','it is off, and free again',1796058406.54,NULL,'{"code": "lent_free_again", "arguments": {}, "text": "it is off, and free again"}');
INSERT INTO "journal" VALUES(55,1796058409.0,'stop','vd-20001','done','',1796058389.01,'{"code": "pool_reset", "arguments": {"pool": "shared", "after": "restart"}, "text": "it is reset after a person, for pool shared (restart)"}',NULL);
INSERT INTO "journal" VALUES(56,1796058409.0,'stop','vd-20005','done','',1796058389.01,'{"code": "pool_reset", "arguments": {"pool": "shared", "after": "restart"}, "text": "it is reset after a person, for pool shared (restart)"}',NULL);
INSERT INTO "journal" VALUES(57,1796058409.02,'reset','vd-20001','done','it is off, and free again',1796058409.02,NULL,'{"code": "lent_free_again", "arguments": {}, "text": "it is off, and free again"}');
INSERT INTO "journal" VALUES(58,1796058409.02,'reset','vd-20005','done','it is off, and free again',1796058409.02,NULL,'{"code": "lent_free_again", "arguments": {}, "text": "it is off, and free again"}');
INSERT INTO "journal" VALUES(59,1796058414.0,'start','vd-20000','done','',1796058406.54,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(60,1796058416.5,'start','vd-20002','done','',1796058409.02,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(61,1796058416.5,'start','vd-20003','done','',1796058409.02,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(62,1796058419.0,'start','vd-20001','done','',1796058411.51,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(63,1796058419.0,'start','vd-20005','done','',1796058411.51,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(64,1796058460.438,'ready','vd-20002','done','first boot has finished and its log-on port answers',1796058409.02,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(65,1796058460.834,'ready','vd-20000','done','first boot has finished and its log-on port answers',1796058406.54,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(66,1796058468.054,'ready','vd-20005','done','first boot has finished and its log-on port answers',1796058411.51,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(67,1796058462.956,'ready','vd-20003','done','first boot has finished and its log-on port answers',1796058409.02,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(68,1796058473.322,'ready','vd-20001','done','first boot has finished and its log-on port answers',1796058411.51,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(69,1796107704.01,'lend','vd-20004','done','lent to login0000 by plan, for the half-day from 2026-12-01 08:00 on',1796107704.01,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0000", "at": "2026-12-01 08:00"}, "text": "lent to login0000 by plan, for the half-day from 2026-12-01 08:00 on"}');
INSERT INTO "journal" VALUES(70,1796107704.01,'lend','vd-20000','done','lent to login0009 by plan, for the half-day from 2026-12-01 08:00 on',1796107704.01,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0009", "at": "2026-12-01 08:00"}, "text": "lent to login0009 by plan, for the half-day from 2026-12-01 08:00 on"}');
INSERT INTO "journal" VALUES(71,1796107704.01,'lend','vd-20002','done','lent to login0011 by plan, for the half-day from 2026-12-01 08:00 on',1796107704.01,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0011", "at": "2026-12-01 08:00"}, "text": "lent to login0011 by plan, for the half-day from 2026-12-01 08:00 on"}');
INSERT INTO "journal" VALUES(72,1796107704.01,'lend','vd-20003','done','lent to login0005 by plan, for the half-day from 2026-12-01 08:00 on',1796107704.01,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0005", "at": "2026-12-01 08:00"}, "text": "lent to login0005 by plan, for the half-day from 2026-12-01 08:00 on"}');
INSERT INTO "journal" VALUES(73,1796107704.01,'lend','vd-20001','done','lent to login0007 by plan, for the half-day from 2026-12-01 08:00 on',1796107704.01,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0007", "at": "2026-12-01 08:00"}, "text": "lent to login0007 by plan, for the half-day from 2026-12-01 08:00 on"}');
INSERT INTO "journal" VALUES(74,1796124681.51,'give_back','vd-20000','done','the half-day is over and nobody is logged on: it is given back',1796124681.51,NULL,'{"code": "lent_plan_over", "arguments": {}, "text": "the half-day is over and nobody is logged on: it is given back"}');
INSERT INTO "journal" VALUES(75,1796124681.51,'give_back','vd-20002','done','the half-day is over and nobody is logged on: it is given back',1796124681.51,NULL,'{"code": "lent_plan_over", "arguments": {}, "text": "the half-day is over and nobody is logged on: it is given back"}');
INSERT INTO "journal" VALUES(76,1796124944.0,'stop','vd-20000','done','',1796124924.01,'{"code": "pool_reset", "arguments": {"pool": "shared", "after": "restart"}, "text": "it is reset after a person, for pool shared (restart)"}',NULL);
INSERT INTO "journal" VALUES(77,1796124944.03,'reset','vd-20000','done','it is off, and free again',1796124944.03,NULL,'{"code": "lent_free_again", "arguments": {}, "text": "it is off, and free again"}');
INSERT INTO "journal" VALUES(78,1796124946.5,'stop','vd-20002','done','',1796124924.01,'{"code": "pool_reset", "arguments": {"pool": "shared", "after": "restart"}, "text": "it is reset after a person, for pool shared (restart)"}',NULL);
INSERT INTO "journal" VALUES(79,1796124946.52,'reset','vd-20002','done','it is off, and free again',1796124946.52,NULL,'{"code": "lent_free_again", "arguments": {}, "text": "it is off, and free again"}');
INSERT INTO "journal" VALUES(80,1796124954.0,'start','vd-20000','done','',1796124946.52,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(81,1796124956.5,'start','vd-20002','done','',1796124949.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(82,1796124989.279,'ready','vd-20000','done','first boot has finished and its log-on port answers',1796124946.52,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(83,1796124991.432,'ready','vd-20002','done','first boot has finished and its log-on port answers',1796124949.01,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(84,1796127429.01,'lend','vd-20005','done','lent to login0001 by plan, for the half-day from 2026-12-01 13:30 on',1796127429.01,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0001", "at": "2026-12-01 13:30"}, "text": "lent to login0001 by plan, for the half-day from 2026-12-01 13:30 on"}');
INSERT INTO "journal" VALUES(85,1796127429.01,'lend','vd-20000','done','lent to login0003 by plan, for the half-day from 2026-12-01 13:30 on',1796127429.01,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0003", "at": "2026-12-01 13:30"}, "text": "lent to login0003 by plan, for the half-day from 2026-12-01 13:30 on"}');
INSERT INTO "journal" VALUES(86,1796144406.51,'give_back','vd-20001','done','the half-day is over and nobody is logged on: it is given back',1796144406.51,NULL,'{"code": "lent_plan_over", "arguments": {}, "text": "the half-day is over and nobody is logged on: it is given back"}');
INSERT INTO "journal" VALUES(87,1796144406.51,'give_back','vd-20003','done','the half-day is over and nobody is logged on: it is given back',1796144406.51,NULL,'{"code": "lent_plan_over", "arguments": {}, "text": "the half-day is over and nobody is logged on: it is given back"}');
INSERT INTO "journal" VALUES(88,1796144406.51,'give_back','vd-20005','done','the half-day is over and nobody is logged on: it is given back',1796144406.51,NULL,'{"code": "lent_plan_over", "arguments": {}, "text": "the half-day is over and nobody is logged on: it is given back"}');
INSERT INTO "journal" VALUES(89,1796144649.01,'give_back','vd-20004','done','the half-day is over and nobody is logged on: it is given back',1796144649.01,NULL,'{"code": "lent_plan_over", "arguments": {}, "text": "the half-day is over and nobody is logged on: it is given back"}');
INSERT INTO "journal" VALUES(90,1796144659.0,'stop','vd-20005','done','',1796144649.01,'{"code": "pool_reset", "arguments": {"pool": "shared", "after": "restart"}, "text": "it is reset after a person, for pool shared (restart)"}',NULL);
INSERT INTO "journal" VALUES(91,1796144659.01,'reset','vd-20005','done','it is off, and free again',1796144659.01,NULL,'{"code": "lent_free_again", "arguments": {}, "text": "it is off, and free again"}');
INSERT INTO "journal" VALUES(92,1796144664.0,'stop','vd-20004','done','',1796144651.51,'{"code": "pool_reset", "arguments": {"pool": "shared", "after": "restart"}, "text": "it is reset after a person, for pool shared (restart)"}',NULL);
INSERT INTO "journal" VALUES(93,1796144664.01,'reset','vd-20004','done','it is off, and free again',1796144664.01,NULL,'{"code": "lent_free_again", "arguments": {}, "text": "it is off, and free again"}');
INSERT INTO "journal" VALUES(94,1796144666.5,'stop','vd-20003','done','',1796144649.01,'{"code": "pool_reset", "arguments": {"pool": "shared", "after": "restart"}, "text": "it is reset after a person, for pool shared (restart)"}',NULL);
INSERT INTO "journal" VALUES(95,1796144666.53,'reset','vd-20003','done','it is off, and free again',1796144666.53,NULL,'{"code": "lent_free_again", "arguments": {}, "text": "it is off, and free again"}');
INSERT INTO "journal" VALUES(96,1796144669.0,'stop','vd-20001','done','',1796144649.01,'{"code": "pool_reset", "arguments": {"pool": "shared", "after": "restart"}, "text": "it is reset after a person, for pool shared (restart)"}',NULL);
INSERT INTO "journal" VALUES(97,1796144669.0,'start','vd-20005','done','',1796144661.51,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(98,1796144669.02,'reset','vd-20001','done','it is off, and free again',1796144669.02,NULL,'{"code": "lent_free_again", "arguments": {}, "text": "it is off, and free again"}');
INSERT INTO "journal" VALUES(99,1796144674.0,'start','vd-20004','done','',1796144666.53,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(100,1796144676.5,'start','vd-20003','done','',1796144669.02,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(101,1796144679.0,'start','vd-20001','done','',1796144671.51,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(102,1796144707.071,'ready','vd-20004','done','first boot has finished and its log-on port answers',1796144666.53,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(103,1796144712.358,'ready','vd-20003','done','first boot has finished and its log-on port answers',1796144669.02,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(104,1796144715.013,'ready','vd-20001','done','first boot has finished and its log-on port answers',1796144671.51,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(105,1796144719.056,'ready','vd-20005','done','first boot has finished and its log-on port answers',1796144661.51,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(106,1796151244.01,'give_back','vd-20000','done','the half-day is over and nobody is logged on: it is given back',1796151244.01,NULL,'{"code": "lent_plan_over", "arguments": {}, "text": "the half-day is over and nobody is logged on: it is given back"}');
INSERT INTO "journal" VALUES(107,1796151504.0,'stop','vd-20000','done','',1796151486.51,'{"code": "pool_reset", "arguments": {"pool": "shared", "after": "restart"}, "text": "it is reset after a person, for pool shared (restart)"}',NULL);
INSERT INTO "journal" VALUES(108,1796151504.02,'reset','vd-20000','done','it is off, and free again',1796151504.02,NULL,'{"code": "lent_free_again", "arguments": {}, "text": "it is off, and free again"}');
INSERT INTO "journal" VALUES(109,1796151754.0,'start','vd-20000','done','',1796151744.01,'{"code": "pool_wanted_ready", "arguments": {"pool": "shared"}, "text": "for pool shared, which keeps it ready for whoever needs it next"}',NULL);
INSERT INTO "journal" VALUES(110,1796151796.632,'ready','vd-20000','done','first boot has finished and its log-on port answers',1796151744.01,NULL,'{"code": "ready", "arguments": {}, "text": "first boot has finished and its log-on port answers"}');
INSERT INTO "journal" VALUES(111,1796194026.51,'lend','vd-20002','done','lent to login0000 by plan, for the half-day from 2026-12-02 08:00 on',1796194026.51,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0000", "at": "2026-12-02 08:00"}, "text": "lent to login0000 by plan, for the half-day from 2026-12-02 08:00 on"}');
INSERT INTO "journal" VALUES(112,1796194026.51,'lend','vd-20005','done','lent to login0009 by plan, for the half-day from 2026-12-02 08:00 on',1796194026.51,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0009", "at": "2026-12-02 08:00"}, "text": "lent to login0009 by plan, for the half-day from 2026-12-02 08:00 on"}');
INSERT INTO "journal" VALUES(113,1796194026.51,'lend','vd-20004','done','lent to login0011 by plan, for the half-day from 2026-12-02 08:00 on',1796194026.51,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0011", "at": "2026-12-02 08:00"}, "text": "lent to login0011 by plan, for the half-day from 2026-12-02 08:00 on"}');
INSERT INTO "journal" VALUES(114,1796194026.51,'lend','vd-20003','done','lent to login0001 by plan, for the half-day from 2026-12-02 08:00 on',1796194026.51,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0001", "at": "2026-12-02 08:00"}, "text": "lent to login0001 by plan, for the half-day from 2026-12-02 08:00 on"}');
INSERT INTO "journal" VALUES(115,1796194026.51,'lend','vd-20001','done','lent to login0003 by plan, for the half-day from 2026-12-02 08:00 on',1796194026.51,NULL,'{"code": "lent_by_plan", "arguments": {"login": "login0003", "at": "2026-12-02 08:00"}, "text": "lent to login0003 by plan, for the half-day from 2026-12-02 08:00 on"}');
INSERT INTO "journal" VALUES(116,1796194991.51,'rotation','rotation','published','week from 2026-12-07 08:00: 12 people, 50 half-days; 14 are wanted and not given, 2 at most for one person',NULL,NULL,'{"code": "rotation_published", "arguments": {"week": "2026-12-07 08:00", "people": 12, "given": 50, "waits": 14, "most": 2}, "text": "week from 2026-12-07 08:00: 12 people, 50 half-days; 14 are wanted and not given, 2 at most for one person"}');
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
CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('installation','rotation');
INSERT INTO "meta" VALUES('owner','{"pid": 53685, "machine": "vm", "since": 1795795200.0, "claim": "013750b8dae643caabd9fd0b3a256b9e"}');
INSERT INTO "meta" VALUES('baseline_accepted','yes');
INSERT INTO "meta" VALUES('roster_origin','{"source": "", "mark": null, "entries": 0, "having": {}}');
INSERT INTO "meta" VALUES('directory_guard','{"left": {}, "joined": {}, "quarantine": null, "rules": {"entitlements": [{"profile": "office", "who": {"groups": ["nobody"], "departments": [], "sites": [], "logins": [], "units": [], "attributes": []}}], "scenario": {"name": "rotation", "starts_at": null, "waves": [], "calendar": {"zone": "Europe/Paris", "working_days": [0, 1, 2, 3, 4], "half_days": [{"name": "am", "begins": 480, "ends": 750}, {"name": "pm", "begins": 810, "ends": 1080}], "closed": []}, "planned": true, "by_hand": false, "end": {"when": null, "size": null, "interval_s": 0.0, "every_half_day": false, "keep_s": 2592000.0}, "ceilings": [{"name": "vpn", "limit": 7, "counts": "sessions", "in_use": ""}], "survive_nodes": 0, "deletes": true, "up_before_s": null, "shortage": {"profiles": [], "shares": [], "refuses": false}, "rotation": {"pool": "shared", "share": {"slots": 5, "of": 10}, "who": {"groups": [], "departments": [], "sites": [], "logins": [], "units": [], "attributes": []}, "excepted": [], "obliged": {"groups": ["obliged"], "departments": [], "sites": [], "logins": [], "units": [], "attributes": []}, "by_department": true, "published_days": 3, "reserve": 1, "ready_before_s": 900.0, "handover": {"warn_minutes": [], "disconnected_s": null}, "absences": [{"login": "login0009", "first": "2026-12-06", "last": "2026-12-09"}]}}}}');
INSERT INTO "meta" VALUES('session_counts','{"settled_at": 1796196086.51, "base": [["office", "other", "other", 5]], "recent": [], "peaks": [[20787, null, 6, 1796042406.912741], [20787, ["profile", "office"], 6, 1796042406.912741], [20787, ["site", "other"], 6, 1796042406.912741], [20787, ["wave", "other"], 6, 1796042406.912741], [20788, null, 5, 1796109592.1059542], [20788, ["profile", "office"], 5, 1796109592.1059542], [20788, ["site", "other"], 5, 1796109592.1059542], [20788, ["wave", "other"], 5, 1796109592.1059542], [20789, null, 5, 1796195934.402729], [20789, ["profile", "office"], 5, 1796195934.402729], [20789, ["site", "other"], 5, 1796195934.402729], [20789, ["wave", "other"], 5, 1796195934.402729]], "readings": [[20784, 6, 482.5, 0], [20785, 6, 482.5, 0], [20786, 6, 482.5, 0], [20787, 6, 517.5, 0], [20788, 6, 510.0, 0], [20789, 6, 482.5, 0]]}');
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
CREATE TABLE progress (
	id INTEGER NOT NULL, 
	run INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE readiness (
	id INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE rekeyed (
	old_id TEXT NOT NULL, 
	new_id TEXT NOT NULL, 
	PRIMARY KEY (old_id)
);
CREATE TABLE retired (
	cluster TEXT NOT NULL, 
	vmid INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	at DOUBLE NOT NULL, 
	PRIMARY KEY (cluster, vmid)
);
CREATE TABLE rosters (
	id INTEGER NOT NULL, 
	read_at DOUBLE NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "rosters" VALUES(1,0.0,'{"agents": [{"agent_id": "a0000", "attributes": {}, "department": "d00", "display_name": "Agent 0", "groups": ["obliged"], "login": "login0000", "mail": "", "rdn": "", "site": "", "standing": "active", "unit": ""}, {"agent_id": "a0001", "attributes": {}, "department": "d01", "display_name": "Agent 1", "groups": [], "login": "login0001", "mail": "", "rdn": "", "site": "", "standing": "active", "unit": ""}, {"agent_id": "a0002", "attributes": {}, "department": "d02", "display_name": "Agent 2", "groups": [], "login": "login0002", "mail": "", "rdn": "", "site": "", "standing": "active", "unit": ""}, {"agent_id": "a0003", "attributes": {}, "department": "d03", "display_name": "Agent 3", "groups": [], "login": "login0003", "mail": "", "rdn": "", "site": "", "standing": "active", "unit": ""}, {"agent_id": "a0004", "attributes": {}, "department": "d04", "display_name": "Agent 4", "groups": [], "login": "login0004", "mail": "", "rdn": "", "site": "", "standing": "active", "unit": ""}, {"agent_id": "a0005", "attributes": {}, "department": "d05", "display_name": "Agent 5", "groups": [], "login": "login0005", "mail": "", "rdn": "", "site": "", "standing": "active", "unit": ""}, {"agent_id": "a0006", "attributes": {}, "department": "d06", "display_name": "Agent 6", "groups": [], "login": "login0006", "mail": "", "rdn": "", "site": "", "standing": "active", "unit": ""}, {"agent_id": "a0007", "attributes": {}, "department": "d07", "display_name": "Agent 7", "groups": [], "login": "login0007", "mail": "", "rdn": "", "site": "", "standing": "active", "unit": ""}, {"agent_id": "a0008", "attributes": {}, "department": "d08", "display_name": "Agent 8", "groups": [], "login": "login0008", "mail": "", "rdn": "", "site": "", "standing": "active", "unit": ""}, {"agent_id": "a0009", "attributes": {}, "department": "d09", "display_name": "Agent 9", "groups": [], "login": "login0009", "mail": "", "rdn": "", "site": "", "standing": "active", "unit": ""}, {"agent_id": "a0010", "attributes": {}, "department": "d10", "display_name": "Agent 10", "groups": [], "login": "login0010", "mail": "", "rdn": "", "site": "", "standing": "active", "unit": ""}, {"agent_id": "a0011", "attributes": {}, "department": "d11", "display_name": "Agent 11", "groups": [], "login": "login0011", "mail": "", "rdn": "", "site": "", "standing": "active", "unit": ""}], "departed": [], "rejected": []}');
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
INSERT INTO "surges" VALUES(1,'rotation','running',1795795200.0,1795795200.0,'daemon','','{"day_1": null, "released": [], "opened": {}, "ends_at": null, "then_returns": false, "goes_back": {"size": null, "interval_s": 0.0, "every_half_day": false, "keep_s": 2592000.0}, "returned_at": null, "takes_back": [1], "rebuilt": false, "as_started": null}');
CREATE UNIQUE INDEX leased_once ON desktops (leased_to);
CREATE INDEX journal_subject ON journal (subject);
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE INDEX measured_group ON measured (kind, place, image);
CREATE INDEX progress_run ON progress (run);
COMMIT;
