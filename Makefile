# drybulb: `make` alone lists the targets.
#
# Every target first makes sure of the environment: it is built once, and again only when the locks, the Python or the
# place change (requirements/install.py). A person may set: PYTHON, LOCK (dev or run), JOBS, ARGS; for the results,
# the folder ARCHIVE.

PYTHON ?=
LOCK   ?= dev
JOBS   ?= 2
ARGS   ?=

ARCHIVE ?= ../shared/archive
RESULTS := build/results

BIN     := .venv/bin
DRYBULB := $(BIN)/drybulb
CODE    := src tests bench examples requirements/install.py


.DEFAULT_GOAL := help
.PHONY: help setup demo test check mutants results lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## build the environment .venv from requirements/$(LOCK).lock
	@python="$$(requirements/find-python $(PYTHON))" && "$$python" requirements/install.py $(LOCK)

demo: setup ## six synthetic cities forecast, traded and scored, with a report in build/demo
	$(DRYBULB) demo --out build/demo

test: setup ## the tests, laws and planted defects included
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

check: setup ## lint, format, types, and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict $(CODE)
	$(BIN)/lint-imports

mutants: setup ## every planted defect must make its law fail
	$(BIN)/python -m pytest -n $(JOBS) tests/laws/test_mutants.py $(ARGS)

results: setup ## the figures of the recorded archive: every page that is made by a command, and the run's report
	$(BIN)/python -m bench.archive --archive $(ARCHIVE) --out $(RESULTS) --page docs/results/archive.md
	$(DRYBULB) report $(RESULTS)/run --out $(RESULTS)/report.html
	$(BIN)/python -m bench.city_models --lake $(RESULTS)/lake --at 2024-11-17T12:00Z --page docs/decisions/city-models.md
	$(BIN)/python -m bench.degenerate --page docs/why/degenerate-models.md
	$(BIN)/python -m bench.models --archive $(ARCHIVE) --out $(RESULTS) --page docs/results/models.md
	$(BIN)/python -m bench.earned --archive $(ARCHIVE) --out $(RESULTS) --page docs/results/forecast.md
	$(DRYBULB) results --archive $(ARCHIVE) --lake $(RESULTS)/lake --page docs/results/archive-2024-25.md \
		--config bench/results.toml --open-locked "the page of the recorded archive"
	$(BIN)/python -m bench.traded --archive $(ARCHIVE) --out $(RESULTS) --page docs/results/backtest.md

# One set of versions for every Python (--fork-strategy fewest), wheels only, and no address of any index in the files.
UV      ?= uv
COMPILE  = $(UV) pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--only-binary :all: --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet

lock: ## resolve requirements/*.lock from pyproject.toml; ARGS=--upgrade for newer versions (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv, then make lock" >&2; exit 1; }
	echo pip | $(COMPILE) - $(ARGS) --output-file requirements/pip.lock
	$(COMPILE) pyproject.toml --group build $(ARGS) --output-file requirements/run.lock
	$(COMPILE) pyproject.toml --group dev --constraints requirements/run.lock $(ARGS) --output-file requirements/dev.lock

clean: ## remove what was built: environments, caches, results
	rm -rf .venv .venv.new .venvs build dist src/drybulb.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find src tests requirements -name __pycache__ -type d -prune -exec rm -rf {} +
