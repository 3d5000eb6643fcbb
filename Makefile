# Baoxiu (报修). `make help` lists the targets; on a fresh machine `make run` or `make test` build whatever they need.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export PYTHONPATH := .
export PYTHONUNBUFFERED := 1

UV := .tools/bin/uv
UV_VERSION := 0.13.9
PYTHON := .venv/bin/python
RASA_PYTHON := .venv-rasa/bin/python
CHROMIUM := /usr/bin/chromium
SYSTEM_PACKAGES := chromium fonts-noto-cjk fonts-noto-color-emoji postgresql
SERVE := webhook jobs actions rasa
# honcho gives PORT, from the environment or .env, to its first process, the webhook.
HONCHO = if ! grep -qs '^PORT=' .env; then export PORT="$${PORT:-8000}"; fi; exec .venv/bin/honcho start

help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: build ## Everything with the local WeChat simulator, in the foreground; Ctrl-C stops all of it
	@export WECHAT_API_BASE_URL=$${WECHAT_API_BASE_URL:-http://127.0.0.1:8001}; \
	echo "preparing the database …"; \
	$(PYTHON) -m aftersales.demo; \
	echo "starting; the language understanding takes some seconds to load …"; \
	$(HONCHO) $(SERVE) simulator

serve: build ## The same processes without the simulator, configured by the environment alone
	@$(HONCHO) $(SERVE)

build: .venv/.built .venv-rasa/.built ## Builds both environments and trains the model where it is stale
	@$(PYTHON) -m bot.training

train: .venv/.built .venv-rasa/.built ## Trains the model
	@$(PYTHON) -m bot.training --force

test: build system ## Runs the whole test suite
	@echo "tests inside Rasa's environment …"
	@$(RASA_PYTHON) -m pytest -q -c tests/components/pytest.ini tests/components
	@$(PYTHON) -m pytest -q --durations=20

screenshots: build system ## Takes the README's pictures from the running system
	@$(PYTHON) tests/e2e/screenshots.py

lint: .venv/.built ## Static checks of the code and of the training data
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@$(PYTHON) -m bot.report.checker

nlu-report: .venv-rasa/.built ## How well messages are understood; OPTIONS=--show-failures, --quick, --no-comparison, --fresh
	@$(RASA_PYTHON) -m bot.report $(OPTIONS)

bench: build ## The benchmarks, as ratios within one run
	@$(PYTHON) -m tests.bench

wechat-menu: .venv/.built ## Publishes the menu of the official account
	@$(PYTHON) -m jobs.account menu

wechat-qr: .venv/.built ## QR codes of products into var/qr; PRODUCTS="空调:美的:KFR-35GW 冰箱", without it one per appliance
	@$(PYTHON) -m jobs.account qr $(PRODUCTS)

lock: $(UV) ## Pins the requirements again from the .in files
	@$(UV) pip compile -q --no-header --no-annotate --python-version 3.11 requirements.in -o requirements.txt
	@$(UV) pip compile -q --no-header --no-annotate --python-version 3.10 requirements-rasa.in -o requirements-rasa.txt

clean: ## Removes environments, model and data
	rm -rf .tools .venv .venv-rasa var .pytest_cache .mypy_cache .ruff_cache

$(UV):
	@echo "installing uv …"
	@python3 -m venv .tools && .tools/bin/pip install -qq --disable-pip-version-check uv==$(UV_VERSION)

.venv/.built: requirements.txt | $(UV)
	@echo "building the service's environment (.venv) …"
	@$(UV) venv -q --clear --python 3.11 .venv
	@$(UV) pip sync -q --compile-bytecode --python $(PYTHON) requirements.txt
	@touch $@

.venv-rasa/.built: requirements-rasa.txt bot/find_python310.sh | $(UV)
	@echo "building Rasa's environment (.venv-rasa, about 2.5 GB) …"
	@$(UV) venv -q --clear --python "$$(bot/find_python310.sh $(UV))" .venv-rasa
	@$(UV) pip sync -q --compile-bytecode --python $(RASA_PYTHON) requirements-rasa.txt
	@touch $@

system: ## Installs what the tests need of the system: a browser, Chinese fonts, PostgreSQL
	@if [ -x $(CHROMIUM) ] && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && fc-list :lang=zh | grep -q .; then exit 0; fi; \
	echo "installing $(SYSTEM_PACKAGES) …"; \
	root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	$$root apt-get update -q >/dev/null; \
	DEBIAN_FRONTEND=noninteractive $$root apt-get install -y -q --no-install-recommends $(SYSTEM_PACKAGES) fontconfig >/dev/null

.PHONY: help run serve build train test screenshots lint nlu-report bench wechat-menu wechat-qr lock clean system
