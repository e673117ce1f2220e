# Thin: every target is one line of clientcourse, pytest or a checker, in an environment that is
# set up on first use.

PYTHON ?= python3
BIN := .venv/bin
# Many desktops set LANGUAGE to something like en_GB:en; what does not begin with en is Chinese.
SPEAK := $(if $(filter en%,$(LANGUAGE)),en,zh)

.PHONY: demo test lab hub gallery build lint lock bench bench-hub soak clean

demo: .venv/ready ## the whole way with twelve model trainees, in build/demo/
	$(BIN)/clientcourse demo --language $(SPEAK)

test: .venv/proxy ## everything that CI runs
	tools/system-packages
	$(MAKE) lint
	$(BIN)/clientcourse build --check
	$(BIN)/pytest --numprocesses=2 --dist=loadfile $(TESTS)

lab: .venv/ready ## write lessons: JupyterLab on course/, where lessons open as notebooks
	JUPYTER_CONFIG_PATH=$(CURDIR)/tools/jupyter $(BIN)/jupyter lab course

hub: .venv/proxy ## JupyterHub with the course, an instructor and three trainees, to try out
	$(BIN)/clientcourse hub --language $(SPEAK)

gallery: .venv/ready ## every question form, in both languages, in build/gallery/
	$(BIN)/clientcourse --root docs/gallery build --language zh --to build/gallery/zh
	$(BIN)/clientcourse --root docs/gallery build --language en --to build/gallery/en
	$(BIN)/jupyter lab build/gallery

build: .venv/ready ## source/ and release/ from course/
	$(BIN)/clientcourse build

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/clientcourse lint
	$(BIN)/clientcourse coverage --gaps
	$(BIN)/hadolint deploy/kubernetes/Dockerfile

lock: .venv/ready ## after a change of dependencies in pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --all-extras --python-version 3.11 \
	    --no-header --no-annotate --no-emit-index-url pyproject.toml --output-file requirements.lock

bench: .venv/ready ## how fast widgets and grading are, beside stock ones; writes build/bench/
	tools/system-packages
	$(BIN)/python -m bench.widgets
	$(BIN)/python -m bench.grading

bench-hub: .venv/proxy ## how a hub does with 10, 20, 40 and 60 trainees at once, as root; writes build/bench/hub.json
	$(BIN)/python -m bench.hub $(TRAINEES)

soak: .venv/ready ## the long form of the tests: two hundred interruptions, two hundred kills
	tools/system-packages
	CLIENTCOURSE_INTERRUPTIONS=200 $(BIN)/pytest tests/test_interruptions.py
	CLIENTCOURSE_KILLS=50 $(BIN)/pytest tests/test_batch.py tests/test_watch.py -k kill

clean:
	rm -rf build .venv

.venv/ready: requirements.lock pyproject.toml
	tools/environment $(PYTHON)
	touch $@

.venv/proxy: .venv/ready
	tools/hub-proxy
	touch $@
