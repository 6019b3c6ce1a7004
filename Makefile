# make run: the dashboard on http://localhost:8501     make test: the tests     make install: the set-up alone
PYTHON ?= python3
BIN := .venv/bin
DEMO := workspace-demo
# Modules are compiled once, not in every process of a run.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test install lint demo docs slow faults torture browser benchmarks bundle bundle-test clean

run: install demo
	$(BIN)/churn-dash serve --workspace $(DEMO)

install: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: install
	$(BIN)/churn-dash demo --workspace $(DEMO)

test: install
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not slow and not browser and not faults"

slow: install
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "slow and not browser and not faults"

faults: install
	$(BIN)/python -m pytest -q -n 2 -m faults tests/faults

torture: install
	$(BIN)/python tests/faults/torture.py 200

browser: install
	$(BIN)/python -m pytest -q -m browser tests/browser

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: install
	$(BIN)/python -m docs.generate
	$(BIN)/python -m docs.catalogues

benchmarks: install demo
	$(BIN)/python -m benchmarks.load
	$(BIN)/python -m benchmarks.encodings
	$(BIN)/python -m benchmarks.append
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.charts
	$(BIN)/python -m benchmarks.risk_scoring
	$(BIN)/python -m benchmarks.risk_training
	$(BIN)/python -m benchmarks.campaigns
	$(BIN)/python -m benchmarks.designs
	$(BIN)/python -m benchmarks.customer $(DEMO)

bundle: install
	$(BIN)/python -m bundle.collect

bundle-test: install
	$(BIN)/python -m pytest -q tests/bundle

clean:
	rm -rf .venv workspace-demo dist
