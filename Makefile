# SPDX-License-Identifier: MIT
# The commands of a working copy. `make run` and `make test` do everything from a fresh clone on; all that they make is
# in build/.
#
# The interpreter is named by its full path everywhere: the python3.11 that is first on PATH may be another build.
PYTHON := /usr/bin/python3.11
BUILD := build
MESON_BUILD := $(BUILD)/meson
VENV := $(BUILD)/venv
VENV_PYTHON := $(VENV)/bin/python3.11
# The wheel that is installed there, and that of the other interpreter that tests may find.
WHEELS := $(BUILD)/wheels
# Further options of Meson for a build that is made anew, such as -Db_coverage=true.
MESON_OPTIONS :=

export PYTHONDONTWRITEBYTECODE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

SOURCES := $(shell find src python tools/setup tools/hirtool licenses -type f \
                 -not -name '*.pyc' -not -path '*/.*' 2>/dev/null) \
           meson.build meson_options.txt pyproject.toml LICENSE docs/package.md

.PHONY: help setup setup-tests build install run test test-python compile-stdlib regrtest-short regrtest-gc regrtest-modes regrtest-refleaks suites coverage sanitize bench-slice bench-startup bench-entry bench-programs bench-kernels bench-pyperformance bench-apps fuzz events mutants format format-check clean

help:
	@echo "make run          install what is missing, build, run the example"
	@echo "make test         install what is missing, build, run every test"
	@echo "make setup        install what is missing to build and to run; make setup-tests: what the tests need, too"
	@echo "make build        compile; make install: into $(VENV)"
	@echo "make compile-stdlib  compile all of the standard library and of the installed packages"
	@echo "make regrtest-short  CPython's own tests, test by test, without and with the JIT (REGRTEST='--files test_dict')"
	@echo "make regrtest-gc  ten of these files, with a garbage collection at every allocation"
	@echo "make regrtest-modes  make regrtest-short in five modes, one after the other"
	@echo "make suites       the own tests of packages such as networkx, without and with the JIT (SUITES='--suites numpy')"
	@echo "make regrtest-refleaks  CPython's debug build looks for leaked references in some of these files"
	@echo "make coverage     which lines of src/ the tests run; make sanitize: unit tests and ten files under ASan and UBSan"
	@echo "make bench-slice  three loops and a recursion against CPython and C"
	@echo "make bench-startup  short commands, imports, a small test run, and memory against CPython (BENCH='--rounds 5')"
	@echo "make bench-entry  instructions of interpreted entries against CPython (ENTRY='--cold --only argparse')"
	@echo "make bench-programs  small programs against CPython"
	@echo "make bench-kernels  hot loops at the top level, in threads, at the prompt, ... (BENCH='--kernels gcd --scale 0.1')"
	@echo "make bench-pyperformance  the programs of python/pyperformance against CPython (BM=folder BENCH='--only chaos,go')"
	@echo "make bench-apps   real programs over Debian's packages against CPython (BENCH='--apps flask_requests --lengths 1')"
	@echo "make fuzz         compare generated programs (FUZZ_SEEDS=first:last FUZZ_MODES=a,b FUZZ_JOBS=n)"
	@echo "make events       compare what trace and profile functions see in the standard library (EVENT_SEEDS=count)"
	@echo "make mutants      check the tests: single changes of the sources that they must catch (MUTANTS='--only name')"
	@echo "make format       clang-format the sources; make format-check: only look"

setup:
	@tools/setup/install_missing.sh build

setup-tests: setup
	@tools/setup/install_missing.sh build tests

$(VENV_PYTHON): | setup
	$(PYTHON) -m venv --without-pip $(VENV)

# What meson-python sets is set here too, so that both use one build folder and nothing is compiled twice.
$(MESON_BUILD)/build.ninja: | $(VENV_PYTHON)
	@printf "[binaries]\npython = '$(CURDIR)/$(VENV_PYTHON)'\n" > $(BUILD)/native.ini
	meson setup $(MESON_BUILD) --native-file $(BUILD)/native.ini --prefix /usr -Ddebug=false -Doptimization=2 $(MESON_OPTIONS)

# Who only runs the package needs neither GoogleTest nor the unit tests and debug checks. What tests asks for them here,
# and once made with them a build keeps them.
$(BUILD)/.with-tests: $(MESON_BUILD)/build.ninja | setup-tests
	meson configure $(MESON_BUILD) -Dtests=true
	@touch $@

ifneq ($(filter setup-tests test% regrtest-% suites fuzz events compile-stdlib,$(MAKECMDGOALS)),)
build $(VENV)/.installed: $(BUILD)/.with-tests
endif

build: $(MESON_BUILD)/build.ninja
	@ninja -C $(MESON_BUILD)

# A fresh environment that sees none of Debian's packages: what works here works in the user's.
$(VENV)/.installed: $(SOURCES) $(MESON_BUILD)/build.ninja
	@rm -rf $(VENV)
	$(PYTHON) -m venv --without-pip $(VENV)
	@ninja -C $(MESON_BUILD)
	@rm -rf $(WHEELS)
	$(PYTHON) -m pip --quiet --python $(VENV_PYTHON) wheel --no-build-isolation --no-deps --no-index \
	    --config-settings builddir=$(MESON_BUILD) --wheel-dir $(WHEELS) .
	$(PYTHON) -m pip --quiet --python $(VENV_PYTHON) install --no-deps --no-index $(WHEELS)/*.whl
	@touch $@

install: setup $(VENV)/.installed

# To give away: the wheel, whose tag must be one of those that package indexes take, and the committed sources. Built
# apart, without the debug checks that a build for tests has.
dist:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/release install
	@mkdir -p $(BUILD)/dist && rm -f $(BUILD)/dist/*
	@cp $(BUILD)/release/wheels/*.whl $(BUILD)/dist
	@$(PYTHON) tools/setup/portable_wheel.py $(BUILD)/dist/*.whl
	@$(PYTHON) tools/setup/build_backend.py $(BUILD)/dist

run: install
	@$(VENV_PYTHON) examples/tour.py

test: setup-tests install
	@$(PYTHON) tests/run_all.py --build $(BUILD)

test-python: setup-tests install
	@$(PYTHON) tests/run_all.py --build $(BUILD) --only python

bench-slice: install
	@$(PYTHON) bench/slice.py --jit-python $(VENV_PYTHON) --plain-python $(PYTHON) --build $(BUILD)

bench-startup: install
	@$(PYTHON) bench/startup.py --build $(BUILD) --check $(BENCH)

bench-entry: install
	@tools/setup/install_missing.sh build counting
	@$(PYTHON) bench/entry.py --jit-python $(VENV_PYTHON) --build $(BUILD) --check $(ENTRY)

bench-programs: install
	@$(PYTHON) bench/programs.py --jit-python $(VENV_PYTHON) --plain-python $(PYTHON) --check $(BENCH)

# What else the tool is told: `make bench-kernels BENCH='--forms top,prompt --rounds 5'`.
bench-kernels: install
	@$(PYTHON) bench/kernels --build $(BUILD) --check $(BENCH)

# The programs are not ours: BM names the folder that has them, such as pyperformance/data-files/benchmarks of a checkout.
bench-pyperformance: install
	@test -n "$(BM)" || { echo "make bench-pyperformance BM=folder: where are pyperformance's programs?"; exit 1; }
	@$(PYTHON) bench/pyperformance "$(BM)" --build $(BUILD) --check $(BENCH)

# Packages that are missing are listed, and the programs that need them left out: `make bench-apps BENCH='--lengths 1,5'`.
bench-apps: install
	@$(PYTHON) bench/apps --build $(BUILD) --check $(BENCH)

compile-stdlib: install
	@$(PYTHON) tools/compile_stdlib --python $(VENV_PYTHON)

# What else the runner is told: `make regrtest-short REGRTEST='--files test_dict --verbose'`.
regrtest-short: setup-tests install
	@$(PYTHON) tools/regrtest --build $(BUILD) $(REGRTEST)

regrtest-gc: setup-tests install
	@$(PYTHON) tools/regrtest --build $(BUILD) --list gc_files.txt --mode compile-all,gc $(REGRTEST)

# Everything compiled, everything entered in the middle of loops, exits at random: some 25 minutes.
REGRTEST_MODES := compile-all budget=inf,osr=every:1 compile-all,exit-random=1 compile-all,exit-random=2 compile-all,exit-random=3
regrtest-modes: setup-tests install
	@$(PYTHON) tools/regrtest --build $(BUILD) $(addprefix --mode ,$(REGRTEST_MODES)) $(REGRTEST)

# The own tests of other people's packages: `make suites SUITES='--suites networkx --mode default'`.
suites: setup-tests install
	@$(PYTHON) tools/suites --build $(BUILD) $(SUITES)

# A second build, for CPython's debug build, in folders of its own.
DEBUG_BUILD := $(BUILD)/meson-dbg
DEBUG_PYTHON := /usr/bin/python3.11-dbg

$(DEBUG_BUILD)/build.ninja:
	@tools/setup/install_missing.sh build tests debug
	@mkdir -p $(BUILD)
	@printf "[binaries]\npython = '$(DEBUG_PYTHON)'\n" > $(BUILD)/native-dbg.ini
	meson setup $(DEBUG_BUILD) --native-file $(BUILD)/native-dbg.ini --prefix /usr -Ddebug=false -Doptimization=2

regrtest-refleaks: $(DEBUG_BUILD)/build.ninja
	@ninja -C $(DEBUG_BUILD)
	@DESTDIR=$(CURDIR)/$(BUILD)/debug-python meson install -C $(DEBUG_BUILD) --quiet --no-rebuild
	@$(PYTHON) tools/regrtest/refleaks.py --build $(BUILD) $(REGRTEST) \
	    --package "$$(dirname "$$(find $(BUILD)/debug-python -type d -name pyjion)")"

# Builds of their own below $(BUILD), made by this Makefile itself: their folder and their options differ.
#
# Failed tests are shown and do not count here: what they ran, they ran. A process that ends by a signal or by os._exit()
# leaves no counts, so what children of the fuzzer run is missing.
COVERAGE_BUILD := $(BUILD)/coverage
# Threads count without locks, which may leave a count below zero: gcovr shall pass over that.
coverage:
	@tools/setup/install_missing.sh build tests coverage
	@$(MAKE) --no-print-directory BUILD=$(COVERAGE_BUILD) MESON_OPTIONS=-Db_coverage=true setup-tests install
	@find $(COVERAGE_BUILD) \( -name '*.gcda' -o -name '*.gcov' \) -delete
	-@$(PYTHON) tests/run_all.py --build $(COVERAGE_BUILD) --only unit --only python --scope lines
	@gcovr -j $(shell nproc) --root . --object-directory $(COVERAGE_BUILD)/meson --filter src/ --exclude '.*_test\.(cpp|h)' --exclude '.*_for_test\.' \
	    --exclude-unreachable-branches --gcov-ignore-parse-errors --sort-uncovered --print-summary --fail-under-line 90

SANITIZE_BUILD := $(BUILD)/sanitize
sanitize:
	@$(MAKE) --no-print-directory BUILD=$(SANITIZE_BUILD) setup-tests install \
	    MESON_OPTIONS='-Db_sanitize=address,undefined -Db_lundef=false'
	@$(PYTHON) tools/sanitize --build $(SANITIZE_BUILD) $(SANITIZE)

# Event streams of functions of the standard library, switched on at random points, without and with the JIT.
EVENT_SEEDS ?= 20
events: install
	@cd tests && $(PYTHON) -c "import pathlib, run_all; run_all.pytest_folder(pathlib.Path('../$(BUILD)'))"
	@EVENT_SEEDS=$(EVENT_SEEDS) PYTHONPATH=$(BUILD)/pytest-site $(VENV_PYTHON) -m pytest -q -p no:cacheprovider \
	    tests/python/test_event_streams.py

# Compares generated programs of seeds FIRST:LAST, each in some modes; what differs is reduced and kept in build/fuzz.
# FUZZ_MODES: names with commas between; FUZZ: what else the fuzzer is told, such as `--minutes 10` or `--show 7`.
FUZZ_SEEDS ?= 1:1000
FUZZ_JOBS ?= $(shell nproc)
fuzz: install
	@PYTHONPATH=tests $(VENV_PYTHON) -m fuzz --seeds $(FUZZ_SEEDS) --jobs $(FUZZ_JOBS) --keep $(BUILD)/fuzz \
	    $(if $(FUZZ_MODES),--modes $(FUZZ_MODES)) $(FUZZ)

# What else the tool is told: `make mutants MUTANTS='--find --only product_bound_63'`.
mutants: setup-tests
	@nice $(PYTHON) tools/mutants --build $(BUILD) $(MUTANTS)

format:
	@find src tools -name '*.cpp' -o -name '*.h' | xargs clang-format -i

format-check:
	@find src tools -name '*.cpp' -o -name '*.h' | xargs clang-format --dry-run --Werror

clean:
	rm -rf $(BUILD)
