# GNU make. Everything that is installed for Python goes into .venv; PYTHON=... chooses another interpreter.
PYTHON ?= python3

VENV := .venv
BIN := $(VENV)/bin
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= pcap pcapng snoop netmon erf compression hex_text parse display_filter
# A first run keeps what every start needs to know of the files, even where Python is told to write no compiled ones.
KEEP_CODE := env -u PYTHONDONTWRITEBYTECODE $(BIN)/dissect read -2 -V capture_samples/first_ping.pcap > /dev/null
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

.DEFAULT_GOAL := help
.PHONY: help run quick test test-spark long lint types docs bench beside fuzz notebooks pictures samples release clean always
.DELETE_ON_ERROR:

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/installed ## Dissect a real capture and let a simulated host answer the notes' ARP request
	@printf '%s\n\n' '$$ dissect read capture_samples/first_ping.pcap'
	@$(BIN)/dissect read capture_samples/first_ping.pcap
	@printf '\n%s\n\n' '$$ dissect read -V -c 1 capture_samples/first_ping.pcap'
	@$(BIN)/dissect read -V -c 1 capture_samples/first_ping.pcap
	@printf '\n%s\n\n' '$$ dissect replay capture_samples/notes_arp.pcap'
	@$(BIN)/dissect replay capture_samples/notes_arp.pcap

test: $(VENV)/installed-dev ## Tests and doctests (tshark is installed where that takes no password)
	@sh tests/oracle/install_tshark.sh
	@sh tests/views/install_mermaid.sh $(VENV)/mermaid
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal -q

long: $(VENV)/installed-dev ## The tests that take minutes, as of every capture of the corpus for itself
	$(BIN)/python -m pytest -n auto --maxprocesses 4 -q -m long tests

test-spark: $(VENV)/installed-spark ## Captures in Spark, on this machine and on a cluster of two workers (takes Java 17)
	@command -v java >/dev/null || { echo 'Spark takes Java 17 or newer, which is not installed: apt-get install openjdk-17-jre-headless' >&2; exit 1; }
	$(BIN)/python -m pytest -q -m spark tests/doors

# Under a minute on two cores, once mypy has its cache. Tests that ask other programs are in `make test`.
ROOMS := $(wildcard $(patsubst dissect/%/,tests/%,$(wildcard dissect/*/)))
quick: lint types ## While you work: style, types, and the tests of all rooms that ask no other program
	HYPOTHESIS_PROFILE=quick $(BIN)/python -m pytest -n auto --maxprocesses 4 -q -m quick \
	  dissect $(ROOMS) tests/test_promises.py tests/test_floors.py tests/test_import.py tests/test_init.py

lint: $(VENV)/installed-dev ## Style and likely bugs
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/installed-dev ## Complete types, strictly
	$(BIN)/mypy

docs: $(VENV)/installed-docs ## The site with guide, protocols, commands and reference, into build/site
	$(BIN)/python -m docs.site

bench: $(VENV)/installed-dev ## Speed and memory beside dpkt, pypacker, scapy, tshark (BENCHMARKS='objects...' for some)
	$(BIN)/python -m pytest -c tests/benchmarks/pytest.ini $(or $(BENCHMARKS:%=tests/benchmarks/bench_%.py),tests/benchmarks)

notebooks: $(VENV)/installed-dev ## Run the notebooks and store what they print (NOTEBOOKS='name...' for some of them)
	$(BIN)/python notebooks/refresh.py $(NOTEBOOKS)

fuzz: $(VENV)/installed-fuzz ## Fuzz each reader, parse and filters for FUZZ_SECONDS (60) each; FUZZ_TARGETS='parse...' for some
	@for target in $(FUZZ_TARGETS); do \
	  echo "Fuzzing $$target for $(FUZZ_SECONDS) seconds"; \
	  mkdir -p build/fuzzing/findings; \
	  $(BIN)/python -m tests.fuzzing $$target build/fuzzing/$$target -max_total_time=$(FUZZ_SECONDS) -max_len=16384 \
	    -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -verbosity=0 \
	    -artifact_prefix=build/fuzzing/findings/$$target- || exit 1; \
	done

beside: $(VENV)/installed-dev ## Try PROBES (5000) random frames of each kind on the simulated host and router, beside Linux (root)
	$(BIN)/python -m tests.lab.beside_kernel --probes $(or $(PROBES),5000) --seed $(or $(SEED),0)
	$(BIN)/python -m tests.lab.tcp.beside_kernel_segments --cases $(or $(CASES),1000) --seed $(or $(SEED),0)

pictures: $(VENV)/installed-dev ## Make the pictures of README and pages again, from live output
	$(BIN)/python -m tests.pictures

samples: $(VENV)/installed ## Record capture_samples again (root; SAMPLES='name...' for some of them)
	$(BIN)/python capture_samples/record.py $(or $(SAMPLES),--all)

release: $(VENV)/installed-release ## Check, build, try and tag a version (VERSION=x.y.z); nothing is uploaded
	@test -n '$(VERSION)' || { echo 'Which version? make release VERSION=0.2.0' >&2; exit 2; }
	$(BIN)/python .ci/release.py '$(VERSION)'

clean: ## Remove .venv and everything else that was made
	rm -rf $(VENV) build dist .hypothesis .benchmarks
	find . \( -name __pycache__ -o -name '.*_cache' \) -type d -prune -exec rm -rf {} +

# Asked on every run, written only when the Python is another one.
$(VENV)/interpreter: always
	@sh .ci/venv '$(PYTHON:~/%=$(HOME)/%)' $(VENV)

$(VENV)/installed: $(VENV)/interpreter pyproject.toml
	@echo 'Installing dissect into $(VENV)'
	@$(PIP) install --editable .
	@$(BIN)/python -m compileall -q dissect
	@$(KEEP_CODE)
	@touch $@

$(VENV)/installed-dev: $(VENV)/interpreter pyproject.toml
	@echo 'Installing dissect and its development tools into $(VENV)'
	@$(PIP) install --editable '.[dev]'
	@$(BIN)/python -m compileall -q dissect
	@$(KEEP_CODE)
	@touch $(VENV)/installed $@

$(VENV)/installed-docs: $(VENV)/installed-dev
	@$(PIP) install --editable '.[dev,docs]'
	@touch $@

$(VENV)/installed-release: $(VENV)/installed-dev
	@$(PIP) install --editable '.[dev,release]'
	@touch $@

$(VENV)/installed-spark: $(VENV)/installed-dev
	@$(PIP) install --editable '.[dev,spark]'
	@touch $@

$(VENV)/installed-fuzz: $(VENV)/installed-dev
	@$(PIP) install --editable '.[dev,fuzz]'
	@touch $@
