"""The agents' directory over LDAP: OpenLDAP, Active Directory, 389 Directory, or an LDIF file served from memory.

* the wire: `connection` (which server first, too), `bounds` (a reading's deadline and sizes), `search` (to the last page and
  value; the root entry), `server_facts` (for the doctor alone);
* `directory` reads, as the section `directory:` says, or from an `ldif` file served from memory; `groups` asks for the groups;
  `changes` reads on from an earlier reading;
* pure: `entries` and `values` (an entry becomes an agent), `account_status`, `roster` (refuses what lost an attribute),
  `known_states` (marks of changes; refuses what is older than a state that was in force).

To add a kind of server: its differences go to `account_status`, `groups` or `known_states`, and tests/adapters/ldap/contract.py
runs on it. May import `settings`, `ports`, `model`, `reasons` and `errors`.

* A reading goes on from an earlier one only on the same server, under the same configuration, and while no group has
  changed: a group's change does not touch its members' entries.
* Connections are not ldap3's thread-safe kind: it copies every answer, which costs a third of a reading's time.
* `search` reads long attributes to their end itself: ldap3 ends silently when the server refuses the rest.
"""
