# GNU make. Everything that is installed for Python goes into .venv; PYTHON=... chooses another interpreter.
PYTHON ?= python3

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

.DEFAULT_GOAL := help
.PHONY: help run test lint types bench notebooks samples clean always
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
	$(BIN)/python -m pytest -n auto --maxprocesses 4 -q --nbmake

lint: $(VENV)/installed-dev ## Style and likely bugs
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/installed-dev ## Complete types, strictly
	$(BIN)/mypy

bench: $(VENV)/installed-dev ## Speed and memory beside dpkt, pypacker and scapy
	$(BIN)/python -m pytest -c tests/benchmarks/pytest.ini tests/benchmarks

notebooks: $(VENV)/installed-dev ## Run the notebooks and store what they print (NOTEBOOKS='name...' for some of them)
	$(BIN)/python notebooks/refresh.py $(NOTEBOOKS)

samples: $(VENV)/installed ## Record capture_samples again (root; SAMPLES='name...' for some of them)
	$(BIN)/python capture_samples/record.py $(or $(SAMPLES),--all)

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
	@touch $@

$(VENV)/installed-dev: $(VENV)/interpreter pyproject.toml
	@echo 'Installing dissect and its development tools into $(VENV)'
	@$(PIP) install --editable '.[dev]'
	@$(BIN)/python -m compileall -q dissect
	@touch $(VENV)/installed $@
