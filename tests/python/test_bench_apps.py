# SPDX-License-Identifier: MIT
"""`make bench-apps` and `make bench-startup`: how programs are run and counted, what is noticed, what is demanded."""
from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pyjion
import pytest
from running import DEBIAN_PACKAGES, environment, needs

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
sys.path[1:1] = [str(BENCH / "apps"), str(BENCH)]

import app_demands  # noqa: E402
import app_runs  # noqa: E402
import applications  # noqa: E402
import measuring  # noqa: E402
import obstacles  # noqa: E402
import startup  # noqa: E402

PACKAGE = pathlib.Path(pyjion.__file__).resolve().parents[1]
SIDES = ["--python", sys.executable, "--package", str(PACKAGE)]
# Needs no package of Debian.
ALONE = [name for name, application in applications.APPLICATIONS.items() if not application.needs]


def run_tool(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, env=environment(), timeout=120)


def test_the_whole_tool(tmp_path):
    """On two small programs; nothing is said about speed at this size."""
    output = tmp_path / "measured.json"
    few = [
        "--apps",
        "argparse_commands,unittest_run",
        "--lengths",
        "1,5",
        "--size",
        "3",
        "--rounds",
        "1",
        "--again",
        "0",
    ]
    outcome = run_tool(str(BENCH / "apps"), *SIDES, *few, "--output", str(output))
    assert outcome.returncode == 0 and outcome.stderr == "", outcome.stdout + outcome.stderr
    kept = json.loads(output.read_text())
    assert [(result["name"], result["length"]) for result in kept["results"]] == [
        (name, length) for length in (1, 5) for name in ("argparse_commands", "unittest_run")
    ]
    for result in kept["results"]:
        assert not result["failures"]
        for (answer,) in result["answers"].values():
            assert 0 < answer["cpu"] < 60 and 0 < answer["seconds"] < 60 and 5e6 < answer["peak"] < 1e9
        assert result["answers"]["jit"][0]["processes"] == 1
    page = run_tool(str(BENCH / "performance_page.py"), "--apps", str(output)).stdout
    rows = [line for line in page.splitlines() if line.startswith(("| argparse_commands", "| geometric mean"))]
    assert len(rows) == 4 and rows[0].count(" | ") == 5
    assert "About 5 s of CPython, 2 programs; at most 1.04 and 1.04 are demanded:" in page
    assert "* 2 programs, not 15" in page


def test_every_program_is_in_the_table():
    """And has three sizes that grow: enough programs, most of them over packages."""
    assert sorted(applications.APPLICATIONS) == sorted(file.stem for file in applications.PROGRAMS.glob("*.py"))
    for application in applications.APPLICATIONS.values():
        assert 0 < application.size(1) < application.size(5) < application.size(30)
    assert len(applications.APPLICATIONS) - len(ALONE) >= app_demands.FEWEST_PROGRAMS


@pytest.mark.parametrize("name", applications.APPLICATIONS)
def test_every_program_prints_the_same(name, tmp_path):
    """Debian's packages are seen by Debian's interpreter alone; a second one is asked about the others."""
    needed = applications.APPLICATIONS[name].needs
    if missing := [module for module in needed if not (DEBIAN_PACKAGES / module).exists()]:
        pytest.skip(f"{' '.join(missing)}: missing here")
    settings = app_runs.Settings(measuring.PYTHON if needed else sys.executable, PACKAGE)
    (plain, expected), (ours, printed) = (
        app_runs.run_side(name, 1, side, 1, tmp_path, settings) for side in (app_runs.PLAIN, app_runs.JIT)
    )
    assert printed == expected != ""
    assert ours["processes"] >= 1 and plain.keys() < ours.keys()


PROGRAMS = {
    "children": """
        import os, sys, time
        if os.fork() == 0:
            until = time.process_time() + 0.3
            block = b"x" * 60_000_000
            while time.process_time() < until:
                pass
            os._exit(0)
        os.wait()
        print("done", sys.argv[1:], os.getcwd() != os.environ["HOME"], os.listdir())
        """,
    "broken": "1 / 0\n",
    "worse": "import sys\nif 'pyjion' in sys.modules:\n    raise SystemExit('no compiled code, please')\n",
    "different": "import sys\nprint('one')\nprint('pyjion' in sys.modules)\n",
    "silent": "import sys\nprint(1, *(['two'] if 'pyjion' in sys.modules else []), sep='\\n')\n",
    "killed": "import os, signal\nos.kill(os.getpid(), signal.SIGUSR1)\n",
    "leaving": "import os, sys\nsys.stdout.flush()\nos._exit(0)\n",
    "endless": "while True: pass\n",
    "keeping": """
        import os, pathlib
        kept = pathlib.Path.home() / "kept"
        print(kept.exists())
        kept.touch()
        """,
}


@pytest.fixture
def measure(tmp_path):
    for name, program in PROGRAMS.items():
        lines = [line.removeprefix(" " * 8) for line in program.splitlines()]
        (tmp_path / f"{name}.py").write_text("\n".join(lines) + "\n")

    def measure(name, rounds=1, timeout=60.0):
        settings = app_runs.Settings(sys.executable, PACKAGE, timeout=timeout, programs=tmp_path)
        measured = app_runs.Measured(name, 1, 7)
        app_runs.measure(measured, settings, range(rounds))
        return measured

    return measure


def test_what_children_use_counts(measure):
    measured = measure("children", rounds=2)
    assert measured.failures == {} and [len(answers) for answers in measured.answers.values()] == [2, 2]
    for answers in measured.answers.values():
        for answer in answers:
            assert 0.3 < answer["cpu"] < 3 and 65e6 < answer["peak"] < 130e6


@pytest.mark.parametrize(
    ("name", "failures"),
    [
        ("broken", {"plain": "ZeroDivisionError: division by zero"}),
        ("worse", {"jit": "no compiled code, please"}),
        ("different", {"jit": "it prints 'True', not 'False'"}),
        ("silent", {"jit": "it prints 2 lines, not 1"}),
        ("killed", {"plain": f"{sys.executable} was ended by signal 10"}),
        ("leaving", {"jit": "it ran without the JIT"}),
    ],
)
def test_failures_are_told_apart(measure, name, failures):
    measured = measure(name)
    assert measured.failures == failures
    assert app_demands.compare(measured) is None
    found = app_demands.shortfalls([measured], complete=False)
    assert found == ([f"{name}, 1 s: fails: {failures['jit']}"] if "jit" in failures else [])


def test_a_program_without_an_end_is_ended(measure):
    assert measure("endless", timeout=0.5).failures == {"plain": "no end in time"}


def test_what_the_first_run_keeps_at_home_is_there(measure):
    """And both sides find it: they print the same."""
    measured = measure("keeping")
    assert measured.failures == {}


def test_missing_packages_are_named(capsys):
    needed = {"json": "python3", "no_such_module": "python3-no-such", "nor_this": "nor-this"}
    present = obstacles.present_modules(sys.executable, needed)
    assert present == {"json"}
    found = obstacles.missing_packages(needed, present)
    assert found == obstacles.Obstacle("needs python3-no-such nor-this", ("python3-no-such", "nor-this"))
    assert obstacles.missing_packages({"json": "python3"}, present) is None
    obstacles.print_obstacles({"it": found})
    assert "apt-get install --no-install-recommends nor-this python3-no-such\n" in capsys.readouterr().out


def measured_as(length, wall, cpu, name="it"):
    plain = {"seconds": 2.0, "cpu": 1.0, "peak": 10_000_000}
    ours = {"seconds": 2.0 * wall, "cpu": cpu, "peak": 15_000_000, "compile_ms": 7.0}
    answers = {"plain": [plain] * 3, "jit": [ours, ours | {"seconds": 50.0, "cpu": 50.0}, ours]}
    return app_runs.Measured(name, length, 7, answers)


@pytest.mark.parametrize(
    ("length", "wall", "cpu", "complaints"),
    [
        (1, 1.049, 1.099, []),
        (1, 1.06, 1.05, ["it, 1 s: 1.060 times CPython's time, not 1.05"]),
        (1, 1.0, 1.11, ["it, 1 s: 1.110 times CPython's CPU time, not 1.10"]),
        (5, 1.039, 1.039, []),
        (5, 1.0, 1.05, ["it, 5 s: 1.050 times CPython's CPU time, not 1.04"]),
        (30, 1.029, 1.029, []),
        (5, 1.045, 1.0, ["it, 5 s: 1.045 times CPython's time, not 1.04"]),
        (30, 1.035, 1.0, ["it, 30 s: 1.035 times CPython's time, not 1.03"]),
        (30, 1.0, 1.035, ["it, 30 s: 1.035 times CPython's CPU time, not 1.03"]),
    ],
)  # fmt: skip
def test_demands(length, wall, cpu, complaints):
    """The median of the rounds counts."""
    measured = measured_as(length, wall, cpu)
    found = app_demands.compare(measured)
    assert (found.memory, found.megabytes, found.compile_ms) == (1.5, 5.0, 7.0)
    assert app_demands.falls_short(measured) == bool(complaints)
    assert app_demands.shortfalls([measured], complete=False) == complaints


def test_fifteen_programs_are_demanded():
    few = [measured_as(1, 1.0, 1.0, str(number)) for number in range(14)] * 2
    assert app_demands.shortfalls(few, complete=True) == ["14 programs, not 15"]
    assert app_demands.shortfalls(few + [measured_as(1, 1.0, 1.0)], complete=True) == []


def test_startup_runs(tmp_path):
    """The whole tool, without the case that needs pytest for the interpreter's own module path."""
    output = tmp_path / "measured.json"
    few = ["--cases", "pass,imports,compileall", "--rounds", "1", "--again", "0", "--output", str(output)]
    outcome = run_tool(str(BENCH / "startup.py"), *SIDES, *few)
    assert outcome.returncode == 0 and outcome.stderr == "", outcome.stdout + outcome.stderr
    kept = json.loads(output.read_text())
    assert list(kept["cases"]) == ["pass", "imports", "compileall"] and 0 < kept["megabytes"] < 50
    seconds = {name: answers["plain"][0]["seconds"] for name, answers in kept["cases"].items()}
    assert 0 < seconds["pass"] < seconds["imports"] and seconds["pass"] < seconds["compileall"]


@needs("pytest", "python3-pytest")
def test_startup_tests_are_200(tmp_path):
    startup.write_tests(tmp_path)
    command = [measuring.PYTHON, *startup.CASES["pytest"].arguments]
    child = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    outcome = subprocess.run(command, cwd=tmp_path, env=child, capture_output=True, text=True, timeout=120)
    assert outcome.returncode == 0 and "\n200 passed in" in outcome.stdout


@pytest.mark.parametrize(
    ("name", "plain", "ours", "complaint"),
    [
        ("pass", 0.010, 0.0199, None),
        ("pass", 0.010, 0.0205, "pass: +10.5 ms, at most +10 ms is demanded"),
        ("imports", 0.100, 0.1049, None),
        ("pytest", 1.0, 1.06, "pytest: 1.060 times CPython's time, at most 1.05 is demanded"),
        ("compileall", 1.0, 1.04, "compileall: 1.040 times CPython's time, at most 1.03 is demanded"),
    ],
)
def test_startup_demands(name, plain, ours, complaint):
    answers = {"plain": [{"seconds": plain}], "pyjion": [{"seconds": ours}] * 2 + [{"seconds": 9.0}]}
    assert startup.shortfall(name, answers) == complaint


def test_a_command_that_fails_is_no_measurement(tmp_path):
    measurement = startup.Measurement(sys.executable, PACKAGE, tmp_path)
    with pytest.raises(SystemExit, match="ZeroDivisionError"):
        measurement.command(startup.Case(("-c", "1 / 0"), most_ratio=1.0), "pyjion")
