"""Files with every key of a scenario, and of what other files say about surges: pools, session rules."""

from tests.builders.settings import BASCULE, STANDARD, Site, a_site

PLANNED = """\
name: every key of a planned scenario
calendar: town
start: by hand
prepare: {level: stopped, from: start + 1h}
waves:
  - name: crisis cell
    who: {groups: [crisis], logins: [login0001], logins_from: crisis.csv}
    ready_by: start + 1h
  - name: by criteria
    who:
      departments: [social]
      sites: [Melun]
      units: ['ou=people,dc=example']
      attributes: {title: [director]}
    except: {groups: [laptops], logins_from: crisis.csv}
    percent: 50
    prepare: {level: running, from: day 1 06:00}
    ready_by: day 1 pm
    batches: {size: 3, every: half-day}
    gate: {ready: 95%, failed_at_most: 2%, go: first batch}
during:
  survive: 1 node
  deletes: none
  outside_hours: stop when logged off
  ready_before: 20min
  ceilings:
    vpn: {limit: 600, counts: sessions, in_use: 'sum(vpn)'}
shortage:
  - {profile: standard}
  - {slots: 4 of 10}
  - refuse
end:
  when: 2027-12-17 18:00
  batches: {size: 3, every: 2h}
  desktops: {keep: 30d}
rotation:
  pool: shared
  slot: half-day
  people: {who: everyone, except: {groups: [laptops]}, slots: 5 of 10}
  every_slot: {groups: [protection]}
  together: department
  published: 3 working days ahead
  reserve: 2
  ready_before: 15min
  handover: {warn: [15, 5], disconnected: 10min}
  absences_from: away.csv
"""
TIMED = """\
name: every key of a scenario by times
starts_at: 2027-11-03 06:00 Europe/Paris
prepare: stopped
prepare_before: 2h
waves:
  - name: first
    who: {logins: [login0001]}
    priority: 10
    after: 5min
    prepare: running
    prepare_before: 1h
  - {name: others, who: everyone, size: 50, interval: 10min}
"""
POOLS = """\
scenario: planned.yaml
receiver: {address: 192.0.2.1, certificate: r.pem, key: r.key}
prometheus: {url: https://prometheus.example.org}
pools:
  shared:
    profile: standard
    size: 9
    lend: by plan
    after_person: {within_a_day: restart, overnight: rebuild}
    resets: {from: 20:00, until: 06:00, zone: Europe/Paris}
  desk:
    profile: standard
    lend: on request
    after_person: rebuild
    size: 8
    spare: 2
    resets: {from: 20:00, until: 06:00, zone: Europe/Paris, at_once: 2}
    unused_after: 10min
    autoscale:
      mode: shadow
      calendar: town
      min: 2
      max: 8
      spare: 20 %
      waits_percent: 2
      warm: running
      outside_hours: {running: 2, spare: 1}
"""
RULES = "home_share: //files.example.org/homes\nsession_rules: {disconnected: 2h, maximum: 12h, warn: [15, 5]}\n"
BESIDE = {
    "calendars/town.yaml": "zone: Europe/Paris\nhalf_days: {am: '08:00-12:30', pm: '13:30-18:00'}\n",
    "crisis.csv": "login;name\nlogin0002;A\n",
    "away.csv": "login,from,until\nlogin0007,2027-02-01,2027-02-05\n",
    "r.pem": "certificate\n",
}


def a_full_site(folder) -> Site:
    """All of them, right."""
    site = a_site(folder)
    for name, text in {**BESIDE, "planned.yaml": PLANNED, "timed.yaml": TIMED}.items():
        site.write(name, text)
    (folder / "r.key").touch(mode=0o600)
    (folder / "r.key").write_text("key")
    site.write("standard.yaml", STANDARD + RULES)
    attributes = "  attributes: {extra: [title]}\n"
    return site.write("bascule.yaml", BASCULE.replace("  base: dc=example\n", f"  base: dc=example\n{attributes}") + POOLS)
