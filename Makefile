# Few verbs. Each sets up what it needs: its own virtual environment, wheels only, nothing outside this folder.
export UV_COMPILE_BYTECODE = 1
# a network with a certificate authority of its own is a network too
export UV_SYSTEM_CERTS = 1
unexport PYTHONDONTWRITEBYTECODE
UV = $(shell python3 tools/bootstrap.py)
PYTHON ?= python3
PYTEST = .venv/bin/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder

.PHONY: help demo test check bench screenshots clean

help: ## say what there is
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/'

.venv/.run: pyproject.toml uv.lock tools/bootstrap.py
	@echo 'Setting up .venv, once …'
	@$(UV) sync --quiet --frozen --no-default-groups --inexact --python $(PYTHON)
	@touch $@

.venv/.dev: pyproject.toml uv.lock tools/bootstrap.py
	@echo 'Setting up .venv for developers, once …'
	@$(UV) sync --quiet --frozen --inexact --python $(PYTHON)
	@touch $@ .venv/.run

demo: .venv/.run ## the whole line, from git push to production, on this machine (ARGS=--once ends by itself)
	@.venv/bin/python examples/demo.py $(ARGS)

test: .venv/.dev ## every test that can run on this machine
	$(PYTEST) $(ARGS)

check: .venv/.dev ## style, types, floors, dependencies
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	.venv/bin/deptry src
	.venv/bin/python tools/vendor.py --check

bench: .venv/.dev ## figures beside a paired control
	.venv/bin/python -m bench $(ARGS)

screenshots: .venv/.dev ## the pictures of the README, anew
	.venv/bin/python tools/screenshots.py

clean: ## forget what was set up here
	rm -rf .venv .bootstrap .mypy_cache .ruff_cache .pytest_cache .hypothesis
