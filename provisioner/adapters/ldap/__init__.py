"""The agents' directory over LDAP: OpenLDAP, Active Directory, 389 Directory, or an LDIF file served from memory.

* the wire: `connection`, `bounds` (a reading's deadline and sizes), `search` (to the last page and value), `failover`,
  `root_dse`, `server_facts` (for the doctor alone);
* `directory` reads, as the section `directory:` says; `changes` and `sync_marks` read on from an earlier reading;
  `known_states` refuses what is older than a state that was in force, `credibility` what lost an attribute; `embedded` and
  `ldif` serve a file;
* pure: `entries` and `values` (an entry becomes an agent), `agent_ids`, `roster`, `account_status`, `groups`,
  `nested_groups`; `primary_groups` asks Active Directory for each group once.

* `computers`: desktops' computer accounts in an Active Directory; the one module here that writes.

To add a kind of server: its differences go to `account_status`, `groups` or `sync_marks`, and tests/adapters/ldap/contract.py
runs on it. May import `settings`, `ports`, `model`, `reasons` and `errors`.

* A reading goes on from an earlier one only on the same server, under the same configuration, and while no group has
  changed: a group's change does not touch its members' entries.
* Connections are not ldap3's thread-safe kind: it copies every answer, which costs a third of a reading's time.
* `search` reads long attributes to their end itself: ldap3 ends silently when the server refuses the rest.
"""
