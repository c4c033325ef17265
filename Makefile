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

.PHONY: help setup setup-tests build install dist run test test-python bench-slice bench-startup bench-entry bench-programs bench-kernels bench-pyperformance bench-apps compile-stdlib regrtest-short regrtest-gc regrtest-modes suites regrtest-refleaks coverage sanitize events fuzz mutants format format-check clean

# A comment `#: text` says what the target behind it makes.
#: what can be made
help:
	@awk '/^#: / { text = substr($$0, 4) } /^[a-z-]+:/ && text { split($$0, name, ":"); printf "make %-20s %s\n", name[1], text; text = "" }' Makefile

#: install what is missing to build and to run
setup:
	@tools/setup/install_missing.sh build

#: install what the tests need, too
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

#: compile
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

#: compile, make the wheel, install it into build/venv
install: setup $(VENV)/.installed

# To give away: the wheel, whose tag must be one of those that package indexes take, and the committed sources. Built
# apart, without the debug checks that a build for tests has.
#: the wheel without debug checks, and the committed sources, into build/dist
dist:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/release install
	@mkdir -p $(BUILD)/dist && rm -f $(BUILD)/dist/*
	@cp $(BUILD)/release/wheels/*.whl $(BUILD)/dist
	@$(PYTHON) tools/setup/portable_wheel.py $(BUILD)/dist/*.whl
	@$(PYTHON) tools/setup/build_backend.py $(BUILD)/dist

#: install what is missing, build, run the example
run: install
	@$(VENV_PYTHON) examples/tour.py

#: install what is missing, build, run every test
test: setup-tests install
	@$(PYTHON) tests/run_all.py --build $(BUILD)

#: only the tests of the installed package
test-python: setup-tests install
	@$(PYTHON) tests/run_all.py --build $(BUILD) --only python

#: three loops and a recursion against CPython and C
bench-slice: install
	@$(PYTHON) bench/slice.py --jit-python $(VENV_PYTHON) --plain-python $(PYTHON) --build $(BUILD)

#: short commands, imports, a small test run, and memory against CPython (BENCH='--rounds 5')
bench-startup: install
	@$(PYTHON) bench/startup.py --build $(BUILD) --check $(BENCH)

#: instructions of interpreted entries against CPython (ENTRY='--cold --only argparse')
bench-entry: install
	@tools/setup/install_missing.sh build counting
	@$(PYTHON) bench/entry.py --jit-python $(VENV_PYTHON) --build $(BUILD) --check $(ENTRY)

#: small programs against CPython
bench-programs: install
	@$(PYTHON) bench/programs.py --jit-python $(VENV_PYTHON) --plain-python $(PYTHON) --check $(BENCH)

# What else the tool is told: `make bench-kernels BENCH='--forms top,prompt --rounds 5'`.
#: hot loops at the top level, in threads, at the prompt, ... (BENCH='--kernels gcd --scale 0.1')
bench-kernels: install
	@$(PYTHON) bench/kernels --build $(BUILD) --check $(BENCH)

# The programs are not ours: BM names the folder that has them, such as pyperformance/data-files/benchmarks of a checkout.
#: the programs of python/pyperformance against CPython (BM=folder BENCH='--only chaos,go')
bench-pyperformance: install
	@test -n "$(BM)" || { echo "make bench-pyperformance BM=folder: where are pyperformance's programs?"; exit 1; }
	@$(PYTHON) bench/pyperformance "$(BM)" --build $(BUILD) --check $(BENCH)

# Packages that are missing are listed, and the programs that need them left out: `make bench-apps BENCH='--lengths 1,5'`.
#: real programs over Debian's packages against CPython (BENCH='--apps flask_requests --lengths 1')
bench-apps: install
	@$(PYTHON) bench/apps --build $(BUILD) --check $(BENCH)

#: compile all of the standard library and of the installed packages
compile-stdlib: install
	@$(PYTHON) tools/compile_stdlib --python $(VENV_PYTHON)

# What else the runner is told: `make regrtest-short REGRTEST='--files test_dict --verbose'`.
#: CPython's own tests, test by test, without and with the JIT (REGRTEST='--files test_dict')
regrtest-short: setup-tests install
	@$(PYTHON) tools/regrtest --build $(BUILD) $(REGRTEST)

#: ten of these files, with a garbage collection at every allocation
regrtest-gc: setup-tests install
	@$(PYTHON) tools/regrtest --build $(BUILD) --list gc_files.txt --mode compile-all,gc $(REGRTEST)

# Everything compiled, everything entered in the middle of loops, exits at random: some 25 minutes.
REGRTEST_MODES := compile-all budget=inf,osr=every:1 compile-all,exit-random=1 compile-all,exit-random=2 compile-all,exit-random=3
#: make regrtest-short in five modes, one after the other
regrtest-modes: setup-tests install
	@$(PYTHON) tools/regrtest --build $(BUILD) $(addprefix --mode ,$(REGRTEST_MODES)) $(REGRTEST)

# The own tests of other people's packages: `make suites SUITES='--suites networkx --mode default'`.
#: the own tests of packages such as networkx, without and with the JIT (SUITES='--suites numpy')
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

#: CPython's debug build looks for leaked references in some of these files
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
#: which lines of src/ the tests run
coverage:
	@tools/setup/install_missing.sh build tests coverage
	@$(MAKE) --no-print-directory BUILD=$(COVERAGE_BUILD) MESON_OPTIONS=-Db_coverage=true setup-tests install
	@find $(COVERAGE_BUILD) \( -name '*.gcda' -o -name '*.gcov' \) -delete
	-@$(PYTHON) tests/run_all.py --build $(COVERAGE_BUILD) --only unit --only python --scope lines
	@gcovr -j $(shell nproc) --root . --object-directory $(COVERAGE_BUILD)/meson --filter src/ --exclude '.*_test\.(cpp|h)' --exclude '.*_for_test\.' \
	    --exclude-unreachable-branches --gcov-ignore-parse-errors --sort-uncovered --print-summary --fail-under-line 90

SANITIZE_BUILD := $(BUILD)/sanitize
#: unit tests and ten files of the others under ASan and UBSan
sanitize:
	@$(MAKE) --no-print-directory BUILD=$(SANITIZE_BUILD) setup-tests install \
	    MESON_OPTIONS='-Db_sanitize=address,undefined -Db_lundef=false'
	@$(PYTHON) tools/sanitize --build $(SANITIZE_BUILD) $(SANITIZE)

# Event streams of functions of the standard library, switched on at random points, without and with the JIT.
EVENT_SEEDS ?= 20
#: compare what trace and profile functions see in the standard library (EVENT_SEEDS=count)
events: install
	@cd tests && $(PYTHON) -c "import pathlib, run_all; run_all.pytest_folder(pathlib.Path('../$(BUILD)'))"
	@EVENT_SEEDS=$(EVENT_SEEDS) PYTHONPATH=$(BUILD)/pytest-site $(VENV_PYTHON) -m pytest -q -p no:cacheprovider \
	    tests/python/test_event_streams.py

# Compares generated programs of seeds FIRST:LAST, each in some modes; what differs is reduced and kept in build/fuzz.
# FUZZ_MODES: names with commas between; FUZZ: what else the fuzzer is told, such as `--minutes 10` or `--show 7`.
FUZZ_SEEDS ?= 1:1000
FUZZ_JOBS ?= $(shell nproc)
#: compare generated programs (FUZZ_SEEDS=first:last FUZZ_MODES=a,b FUZZ_JOBS=n)
fuzz: install
	@PYTHONPATH=tests $(VENV_PYTHON) -m fuzz --seeds $(FUZZ_SEEDS) --jobs $(FUZZ_JOBS) --keep $(BUILD)/fuzz \
	    $(if $(FUZZ_MODES),--modes $(FUZZ_MODES)) $(FUZZ)

# What else the tool is told: `make mutants MUTANTS='--find --only product_bound_63'`.
#: check the tests: single changes of the sources that they must catch (MUTANTS='--only name')
mutants: setup-tests
	@nice $(PYTHON) tools/mutants --build $(BUILD) $(MUTANTS)

#: clang-format the sources
format:
	@find src tools -name '*.cpp' -o -name '*.h' | xargs clang-format -i

#: say what make format would change
format-check:
	@find src tools -name '*.cpp' -o -name '*.h' | xargs clang-format --dry-run --Werror

#: remove build/
clean:
	rm -rf $(BUILD)
