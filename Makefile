# `make` alone lists the targets. Each builds .venv by itself where it is missing or older than requirements.lock.
# Needs python3 (3.11 or later) and make; pip, or Python's own ensurepip. ARGS="..." is passed on to the command.

PYTHON ?= python3
ARGS ?=

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
INSTALLED := $(VENV)/.installed
BENCH := $(VENV)/.bench
MUTATE := $(VENV)/.mutate
ARCHIVE := dist/in-itinere
PYTHONS ?= 3.11 3.12 3.13
MACHINE ?= x86_64
PACKAGES := $(wildcard api/__init__.py domain/__init__.py examples/__init__.py initinere_verify/__init__.py projections/__init__.py)
CATALOGUES := $(wildcard api/language/translations/*/LC_MESSAGES/*.po)

# Two runs at the same time must not build the same environment: the second waits, and then finds it ready.
ONE_AT_A_TIME := $(if $(shell command -v flock),flock Makefile,)

# The lock names what PyPI holds, not what the machine that makes it has beside.
COMPILE := PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= PIP_EXTRA_INDEX_URL= CUSTOM_COMPILE_COMMAND="make lock" \
	$(BIN)/pip-compile --quiet --no-config --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-find-links

.PHONY: help setup browser demo serve package test coverage test-slow check fix audit api-rules mutate bench lock clean

help:  ## List the targets
	@sed -nE 's/^([a-z-]+):.*  ## (.*)/  make \1\t\2/p' Makefile | expand -t 18

# An environment holds absolute paths: one that was moved with its folder, or has lost its Python, is built anew.
# Sources are compiled here: where nothing is written as they are imported (PYTHONDONTWRITEBYTECODE, a folder of another
# user) every command would compile them for itself.
setup:  ## Build the virtual environment, .venv
	@$(ONE_AT_A_TIME) $(SHELL) -c '\
		{ $(BIN)/python -c "" && grep -qxF "$$(pwd -P)" $(LOCKED); } 2>/dev/null || rm -f $(LOCKED); \
		$(MAKE) --no-print-directory --silent $(INSTALLED) && $(BIN)/python -m compileall -q $(dir $(PACKAGES))'

# Without any right on the machine: what is installed there is left as it is.
browser: setup  ## Find the browser of the tests, or fetch one into .browser; CHROMIUM=/path names another
	@$(ONE_AT_A_TIME) $(BIN)/python -m tests.support.browser

demo: setup  ## Show the product at work on the example plans
	@$(BIN)/initinere demo $(ARGS)

serve: setup  ## Serve the HTTP interface on this machine
	@$(BIN)/initinere serve $(ARGS)

test: browser  ## Run the tests, in parallel; PostgreSQL and the browser come by themselves, or set DATABASE_URL, CHROMIUM
	@$(BIN)/python -m pytest -n auto --maxprocesses 8 $(ARGS)

# Apart, for measuring takes a sixth of the time of the tests, and all of them: a part covers a part.
coverage: browser  ## Run the same tests and measure what they cover, against the floor
	@$(BIN)/python -m pytest -n auto --maxprocesses 8 --cov --cov-report=

test-slow: setup  ## Run the tests that take minutes: every byte of the record flipped, the wheel in a bare environment
	@$(BIN)/python -m pytest -n auto --maxprocesses 8 -m slow $(ARGS)

check: setup  ## Check style, types, layers and dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .

fix: setup  ## Correct what ruff can correct, and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Strict: a library that the service does not answer for is not taken to be sound.
audit: setup  ## Ask whether a library of the lock has a known vulnerability
	@$(BIN)/pip-audit --strict --requirement requirements.lock --require-hashes --disable-pip --progress-spinner off $(ARGS) \
		|| { echo "The audit did not pass: what is above is a vulnerability, or the service that knows them did not answer." >&2; exit 1; }

# With node 20 or later. The rules are not ours to carry: their release is named where it is missing.
api-rules: setup  ## Hold docs/openapi.json against the Italian rules for interfaces: RULESET=spectral.yml
	@npm ci --prefix api-rules --silent
	@$(BIN)/python -m api.documentation.api_rules $(RULESET)

# From nothing, for what was found about a mutant is not asked again where only a test changed.
mutate: setup  ## Alter the rules one place at a time, in some ten minutes, and list what no test notices
	@$(ONE_AT_A_TIME) $(MAKE) --no-print-directory --silent $(MUTATE)
	@rm -rf mutants
	@timeout --foreground --signal=INT --kill-after=2m 1h nice $(BIN)/mutmut run $(ARGS) || echo "It did not come to its end: this is a part."
	@$(BIN)/mutmut results
	@$(BIN)/mutmut results --all true | $(BIN)/python -c "$$SCORE"

# The mutants of each module that a test noticed, of those that were tried.
define SCORE
import collections, sys
noticed, tried = collections.Counter(), collections.Counter()
for line in sys.stdin:
    name, _, outcome = line.strip().rpartition(": ")
    module, seen = name.rpartition(".x")[0], outcome in {"killed", "timeout", "segfault"}
    for of in (module, "all"):
        noticed[of] += seen
        tried[of] += seen or outcome in {"survived", "no tests"}
for of in tried:
    print(f"{of:30} {noticed[of]:5} of {tried[of]:5} noticed, {noticed[of] / max(tried[of], 1):.1%}")
endef
export SCORE

bench: setup  ## Run the benchmarks and write benchmarks/RESULTS.md; ARGS=--full goes to a million events
	@$(ONE_AT_A_TIME) $(MAKE) --no-print-directory --silent $(BENCH)
	@$(BIN)/python -m benchmarks $(ARGS)

# For the Pythons of Debian 12, Ubuntu 24.04 and Debian 13; what the lock names, by its digests, and nothing that is built.
package: setup  ## Make dist/in-itinere-VERSION.zip, which installs without the network (docs/installazione.md)
	@rm -rf build $(ARCHIVE) $(ARCHIVE)-*.zip && mkdir -p $(ARCHIVE)/wheels
	@$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir $(ARCHIVE)/wheels .
	@cd $(ARCHIVE)/wheels && printf 'in-itinere @ file://%s --hash=sha256:%s\npip\n' \
		"$$PWD/$$(ls *.whl)" "$$(sha256sum *.whl | cut -d' ' -f1)" > ../wanted.txt
	@for python in $(PYTHONS); do \
		echo "Wheels for Python $$python, $(MACHINE)"; \
		$(BIN)/python -m pip download --quiet --disable-pip-version-check --only-binary :all: --python-version $$python \
			$(foreach tag,manylinux_2_17 manylinux_2_28 manylinux2014,--platform $(tag)_$(MACHINE)) \
			--require-hashes --requirement $(ARCHIVE)/wanted.txt --constraint requirements.lock --dest $(ARCHIVE)/wheels || exit; \
	done
	@rm $(ARCHIVE)/wanted.txt && cp packaging/* LICENSE $(ARCHIVE)
	@printf '%s\n' "$(PYTHONS)" $(MACHINE) > $(ARCHIVE)/per.txt
	@$(BIN)/python -c "$$PACKAGE" $(ARCHIVE)

# What is installed is what was packed: each wheel by its digest. Dates are those of no day: the same wheels, the same bytes.
define PACKAGE
import hashlib, pathlib, sys, zipfile
folder, wanted = pathlib.Path(sys.argv[1]), {}
for wheel in sorted(folder.glob("wheels/*.whl")):
    name, version = wheel.name.split("-")[:2]
    wanted.setdefault((name, version), []).append(hashlib.sha256(wheel.read_bytes()).hexdigest())
lines = (" ".join([f"{name}=={version}", *(f"--hash=sha256:{one}" for one in of)]) for (name, version), of in wanted.items())
(folder / "requisiti.txt").write_text("\n".join([*lines, ""]), encoding="utf-8")
(version,) = (version for name, version in wanted if name == "in_itinere")
packed = folder.with_name(f"in-itinere-{version}.zip")
with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        archive.writestr(zipfile.ZipInfo(str(path.relative_to(folder.parent))), path.read_bytes())
print(f"{packed}: {packed.stat().st_size / 1e6:.0f} MB, sha256 {hashlib.sha256(packed.read_bytes()).hexdigest()}")
endef
export PACKAGE

lock: setup  ## Write the lock files again, in some minutes; ARGS=--upgrade takes the newest versions
	$(COMPILE) --extra dev --all-build-deps $(ARGS) --output-file requirements.lock pyproject.toml
	set -o pipefail; for extra in bench mutate; do \
		$(BIN)/python -c 'import sys, tomllib; \
			print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"][sys.argv[1]], sep="\n")' \
			$$extra | $(COMPILE) --constraint requirements.lock $(ARGS) --output-file requirements-$$extra.lock - || exit; \
	done

clean:  ## Remove .venv, caches and what builds leave
	rm -rf $(VENV) .browser api-rules/node_modules .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist mutants *.egg-info
	rm -f api/language/translations/*/LC_MESSAGES/*.mo
	find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# On Debian `python3 -m venv` fails without python3-venv, which brings ensurepip: so the environment is made without
# pip, and the pip of the system, where there is one, installs into it. The lock then brings the environment its own.
$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("In Itinere needs Python 3.11 or later" if sys.version_info < (3, 11) else 0)'
	@echo "Building $(VENV) from requirements.lock; the first time this takes a minute or two."
	@$(PYTHON) -m venv --clear --without-pip $(VENV)
	@set -e; export PIP_DISABLE_PIP_VERSION_CHECK=1; \
		pip="$(PYTHON) -m pip --python $(BIN)/python"; \
		if ! $$pip --version >/dev/null 2>&1; then \
			$(BIN)/python -m ensurepip >/dev/null || { echo "Install pip (python3-pip) first." >&2; exit 1; }; \
			pip="$(BIN)/python -m pip"; \
		fi; \
		$$pip install --quiet --require-hashes --requirement requirements.lock
	@pwd -P > $@

# Installing compiles the catalogues of translations, too.
$(INSTALLED): $(LOCKED) pyproject.toml setup.py $(CATALOGUES) $(PACKAGES)
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	@touch $@

$(BENCH) $(MUTATE): $(VENV)/.%: requirements-%.lock $(INSTALLED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --no-deps --requirement $<
	@touch $@
