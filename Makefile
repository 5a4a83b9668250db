# `make demo` and `make test` do all their set-up themselves on a Debian 13 with python3, make and root.
.PHONY: demo wheel pins test lowest night test-role test-image check types half rest setup setup-test format schema texts crash bench clean chaos lock build bundle deb release sbom audit docs
B := .venv/bin
LOWEST := .venv-lowest
DIST := dist
VERSION := $(shell sed -n 's/^version = "\(.*\)"$$/\1/p' pyproject.toml)
LOCKS = $(wildcard requirements*.lock .ci/*.lock)
# The document lists packages without saying which needs which, and that is no news.
SBOM = $(B)/python -W ignore::UserWarning -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible $(SBOM_OPTIONS)
WHEEL = $(B)/hatchling build --target wheel --directory $(DIST)
SDIST_AND_WHEEL = $(B)/hatchling build --target sdist --target wheel --directory $(DIST)
HALF = tests/failures tests/law tests/planning tests/reconciler tests/scenarios tests/settings tests/texts
# Schemathesis takes seconds to load, and has no fast test.
FAST = $(B)/python -m pytest -q -p no:xdist -p no:schemathesis --ignore=tests/api/test_schemathesis.py \
	-m "not real and not long and not night and not guest and not image"
LOCK = $(B)/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-build --no-header $(UPGRADE)
# What one process has compiled, the others read: the test runner's workers, commands started by tests, the next run.
unexport PYTHONDONTWRITEBYTECODE

demo: setup
	$(B)/bascule demo

# Three at once, also on two processors: half of the time these tests wait for servers, guests and clocks.
test: setup-test check
	$(B)/python -m pytest -q -n 3 --dist loadfile -m "(real or long) and not night"

check: setup-test
	$(B)/ruff format --check .
	$(B)/ruff check .
	@$(MAKE) --no-print-directory --output-sync=target -j 3 half rest types

types:
	$(B)/mypy
	$(B)/lint-imports

# The fast tests in two plain processes, each with the folders that it collects: the workers of pytest-xdist would both collect all.
# Whatever is not in HALF, a new folder too, is in the rest.
half:
	$(FAST) $(HALF)

rest:
	$(FAST) $(HALF:%=--ignore=%) tests

setup:
	.ci/setup runtime

setup-test:
	.ci/setup test

format: setup-test
	$(B)/ruff format .
	$(B)/ruff check --fix .

# Brings the translations and docs/en/commands.md up to date with the source: new texts are entered without a translation.
texts: setup-test
	$(B)/python -m tests.texts.extract

schema: setup-test
	$(B)/python -m provisioner.settings.schemas
	$(B)/python -m provisioner.api.contract
	$(B)/python -m provisioner.api.answers
	$(B)/python -m provisioner.cli.command_stating
	$(B)/python -m provisioner.cli.man

# Everything that is pinned, anew: what is generated and shipped, and what tests/pins/ keeps. Its diff is for the review.
pins: schema texts
	$(B)/python -m monitors.catalogue
	$(B)/python -m monitors.alerting
	$(B)/python -m tests.doctor.check_page
	$(B)/python -m tests.api.rights_page
	$(B)/python -m tests.ansible.units
	$(B)/python -m tests.architecture
	$(B)/python -m tests.texts.pairs
	$(B)/python -m tests.pins

# The time of the commit, for every file of a release: whoever builds the same commit gets the same bytes. The files of unpacked sources
# have it.
wheel build bundle deb: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || stat --format=%Y pyproject.toml)

# The wheel alone, in dist/: with a lock it is all that an installation needs.
wheel: setup
	$(WHEEL)

# In dist/: the wheel, the sources, and what they are made of.
build: setup-test sbom
	$(SDIST_AND_WHEEL)

# In dist/: a tar file with all that an installation without a network needs, for machines with this one's processor.
bundle: build
	.ci/bundle $(DIST) $(VERSION)

# In dist/: a package for Debian 13 with the daemon and all that it needs, for machines with this one's processor.
deb: build
	.ci/deb $(DIST) $(VERSION)

# A release, in dist/, with its sums and their signature: `make release KEY=FILE`, of a commit with the version's tag. Refused, each
# reason a line and nothing written, if it would not be what docs/en/releases.md says. It neither tags nor pushes.
release:
	@.ci/may-release $(VERSION) "$(KEY)"
	@$(MAKE) --no-print-directory bundle deb
	@.ci/may-release $(VERSION) "$(KEY)"
	.ci/sums $(DIST) $(VERSION)
	.ci/sign "$(KEY)" $(DIST)/SHA256SUMS

# CycloneDX, from the locks: each package with its version and the hashes that the installer checks; the daemon, and with the twin.
sbom: setup-test
	mkdir -p $(DIST)
	$(SBOM) -o $(DIST)/bascule.cdx.json requirements.lock
	$(SBOM) -o $(DIST)/bascule-twin.cdx.json requirements-twin.lock

# Whether a package that is installed anywhere is known to be vulnerable. Asks PyPI; another service: `make audit AUDIT="…"`, with
# pip-audit's options.
audit: setup-test
	$(B)/pip-audit --strict --disable-pip --progress-spinner off $(AUDIT) $(foreach lock,$(LOCKS),-r $(lock))

# The locks, anew from pyproject.toml; what is locked stays as it is unless asked: `make lock UPGRADE=--upgrade`.
lock: setup-test
	$(LOCK) --extra postgresql -o requirements.lock
	$(LOCK) --extra postgresql --extra twin -o requirements-twin.lock
	$(LOCK) --extra postgresql --extra picture -o requirements-picture.lock
	$(LOCK) --extra postgresql --extra twin --extra picture --extra docs --extra test -o requirements-test.lock
	$(LOCK) --extra docs --constraints requirements-test.lock -o requirements-docs.lock

# The fast tests with the lowest versions of what pyproject.toml names, in an environment of their own, made anew.
lowest: setup-test
	rm -rf $(LOWEST) build/requirements-lowest.lock
	mkdir -p build
	python3 -m venv $(LOWEST)
	$(LOCK) --resolution lowest-direct --extra postgresql --extra twin --extra picture --extra docs --extra test -o build/requirements-lowest.lock
	$(B)/uv pip install -q --python $(LOWEST) --no-build --require-hashes -r .ci/uv.lock
	$(B)/uv pip install -q --python $(LOWEST) --no-build --require-hashes -r build/requirements-lowest.lock
	$(B)/uv pip install -q --python $(LOWEST) --no-deps --no-build-isolation -e .
	$(subst $(B)/,$(LOWEST)/bin/,$(FAST)) tests

# Guests with a real systemd (systemd-nspawn): the Ansible role, and log-ons over RDP that race with shutdowns, a pool:
# nine and a half minutes alone. Two files at once: much of each is waiting. Only files that need a guest are read, which spares
# two minutes of a busy machine. As many races as wanted: `BASCULE_HOLD_TRIALS=200 make test-role`.
test-role:
	.ci/setup guest
	$(B)/python -m pytest -q -n 2 --dist loadfile -m guest $$(grep -rl --include='test_*.py' 'mark[.]guest' tests | sort)

# The golden image, built from Debian's packages with the role's own script, looked into, and two clones of it booted under QEMU
# without KVM: ten minutes on two processors; again, if nothing of it has changed, half of that.
test-image:
	.ci/setup image
	$(B)/python -m pytest -q -m image

# The documents as a site, in build/site: French and English, with a search, and no request to anywhere else.
docs:
	.ci/setup docs
	$(B)/mkdocs build --strict --site-dir build/site

# What takes long and is seldom the first to see a fault: docs/en/tests.md says what each part guards. About two hours.
night: setup-test
	$(B)/python -m pytest -q -n 2 --dist loadfile -m night
	$(MAKE) --no-print-directory lowest chaos test-role test-image

# Killed at 20 random instants, then the same with the store deleted each time: about five minutes.
crash: setup-test
	$(B)/python -m tests.e2e.crash --kills 20
	$(B)/python -m tests.e2e.crash --kills 20 --forget --scale 10

# Every figure of docs/en/performance.md, and whether each promise is met; several hours on two cores, and alone on the machine.
# One part: `.venv/bin/python -m tests.bench virtual`; only to see: `--print --desktops 100`; what there is: `--help`.
bench: setup-test
	$(B)/python -m tests.bench

# All that can go wrong: 2,000 small clusters in virtual time, 50 over real sockets, then without each safety rule in turn: half
# an hour. One part alone: `.venv/bin/python -m tests.chaos --http`.
chaos: setup-test
	$(B)/python -m tests.chaos

clean:
	rm -rf .venv $(LOWEST) build dist
