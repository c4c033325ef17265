# SPDX-License-Identifier: MIT
"""`make bench-pyperformance` on small programs of our own: which there are, how they are measured, what is demanded."""
from __future__ import annotations

import dataclasses
import json
import math
import os
import pathlib
import subprocess
import sys
import time

import pyjion
import pytest
from running import environment

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
sys.path[1:1] = [str(BENCH / "pyperformance"), str(BENCH / "pyperformance" / "stand_in" / "pyperf"), str(BENCH)]

import catalogue  # noqa: E402
import commands  # noqa: E402
import limits  # noqa: E402
import sides  # noqa: E402

PACKAGE = pathlib.Path(pyjion.__file__).resolve().parents[1]

PROGRAMS = {
    # Every kind of result that a program can have of its own process, and an option that its description sets.
    "loops": """
        import pyperf

        def spin(count):
            for _ in range(count):
                pass

        def half_a_second(loops, count):
            spin(loops * count)
            return loops / 2

        async def wait(count):
            spin(count)

        if __name__ == "__main__":
            runner = pyperf.Runner(values=3)
            runner.metadata["description"] = "loops"
            runner.argparser.add_argument("--count", type=int, default=10)
            args = runner.parse_args()
            assert args is runner.args
            suffix = f"_{args.count}"
            runner.bench_func("spin" + suffix, spin, args.count, inner_loops=2)
            runner.bench_time_func("half" + suffix, half_a_second, args.count)
            runner.bench_async_func("wait" + suffix, wait, args.count)
        """,
    "starting": """
        import sys, pyperf
        runner = pyperf.Runner()
        runner.bench_command("starting", [sys.executable, "-X", "utf8", "-c", "x = b'x' * 30_000_000"])
        """,
    "broken": "import pyperf\npyperf.Runner().bench_func('broken', lambda: 1 / 0)\n",
    "worse": """
        import sys, pyperf
        if "pyjion" in sys.modules:
            sys.exit("no compiled code, please")
        pyperf.Runner().bench_func("worse", int)
        """,
    "silent": "import pyperf\n",
    "newer": "",
    "lonely": "",
}
LOOPS = [(f"loops/{name}", 10) for name in ("spin", "half", "wait")]
LOOPS += [(f"loops_of_20/{name}", 20) for name in ("spin", "half", "wait")]
HEADS = {"newer": 'requires-python = ">=3.99"', "lonely": 'dependencies = ["pyperf", "xdsl==0.46.0"]'}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A checkout of pyperformance, as far as it matters."""
    checkout = tmp_path_factory.mktemp("checkout")
    folder = checkout / "pyperformance" / "data-files" / "benchmarks"
    folder.mkdir(parents=True)
    rows = [f"{name}\t<local>" for name in PROGRAMS] + ["loops_of_20\t<local:loops>", "#gone\t<local>"]
    (folder / "MANIFEST").write_text("\n".join(["[benchmarks]", "", "name\tmetafile", *rows, "", "[group default]"]))
    for name, program in PROGRAMS.items():
        own = folder / f"bm_{name}"
        own.mkdir()
        lines = [line.removeprefix(" " * 8) for line in program.splitlines()]
        (own / "run_benchmark.py").write_text("\n".join(lines) + "\n")
        head = f'[project]\nname = "{name}"\n{HEADS.get(name, "")}\n'
        (own / "pyproject.toml").write_text(f'{head}[tool.pyperformance]\nname = "{name}"\n')
    (folder / "bm_loops" / "bm_loops_of_20.toml").write_text('[tool.pyperformance]\nextra_opts = ["--count", "20"]\n')
    return checkout


@pytest.fixture(scope="module")
def measured(folder, tmp_path_factory):
    """The whole tool, once: its output and what it kept."""
    output = tmp_path_factory.mktemp("output") / "measured.json"
    options = ["--python", sys.executable, "--package", str(PACKAGE), "--output", str(output), "--check"]
    quick = ["--rounds", "1", "--again", "0", "--seconds", "0.02"]
    command = [sys.executable, str(BENCH / "pyperformance"), str(folder), *options, *quick]
    outcome = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=120)
    assert outcome.stderr == ""
    return outcome, json.loads(output.read_text())


def test_every_result_is_measured(measured):
    outcome, kept = measured
    names = {f"{group}_{count}" for group, count in LOOPS}
    complete = {name for name, result in kept["results"].items() if not result["failures"]}
    assert complete == names | {"starting"}
    for name in complete:
        answers = kept["results"][name]["answers"]
        assert set(answers) == {"plain", "default"} and all(len(rounds) == 1 for rounds in answers.values())
        for (answer,) in answers.values():
            assert len(answer["values"]) >= 3 and answer["first"] > 0
        assert answers["default"][0]["statistics"]["internal_errors"] == 0


def test_the_time_is_what_the_benchmark_says(measured):
    """That of the steady state is a mean over more than one iteration, for one iteration."""
    (answer,) = measured[1]["results"]["loops/half_10"]["answers"]["plain"]
    assert answer["first"] == 0.5 and set(answer["values"]) == {0.5} and answer["loops"] > 1


def test_memory_and_time_of_commands_are_theirs(measured):
    (answer,) = measured[1]["results"]["starting"]["answers"]["plain"]
    assert answer["command"] and 36e6 < answer["peak"] < 60e6
    assert 0 < answer["first_cpu"] < 5 and answer["cpu"] > 0.001


def test_failures_are_told_apart(measured):
    outcome, kept = measured
    failures = {name: result["failures"] for name, result in kept["results"].items() if result["failures"]}
    assert failures == {
        "broken": {"plain": "ZeroDivisionError: division by zero"},
        "worse": {"default": "no compiled code, please"},
        "silent": {"plain": "it measured nothing"},
    }
    assert outcome.returncode == 1 and "worse: fails: no compiled code, please" in outcome.stdout
    assert "broken: fails" not in outcome.stdout and "7 results, not 60" in outcome.stdout


def test_what_cannot_run_is_named(measured):
    outcome, kept = measured
    assert kept["not_measured"] == {"newer": "for Python 3.99", "lonely": "needs xdsl, which is no package of Debian"}


def test_the_page_has_every_result(measured, tmp_path):
    (tmp_path / "measured.json").write_text(json.dumps(measured[1]))
    command = [sys.executable, str(BENCH / "performance_page.py"), "--pyperformance", str(tmp_path / "measured.json")]
    page = subprocess.run(command, capture_output=True, text=True, env=environment(), check=True).stdout
    row = next(line for line in page.splitlines() if line.startswith("| loops/half_10 |"))
    assert row.split(" | ")[1:4] == ["500.000", "1.00", "1.00"]
    assert "\n| starting |" in page and "* worse: fails: no compiled code, please\n" in page
    assert "broken (ZeroDivisionError: division by zero)" in page and "newer (for Python 3.99)" in page


def test_nothing_is_left_in_the_folder(measured, folder):
    assert not list(folder.rglob("*.pyc")) and len(list(folder.rglob("*"))) == 3 + 1 + 3 * len(PROGRAMS) + 1


def program(tmp_path, source):
    folder = tmp_path / "bm_own"
    folder.mkdir()
    (folder / "run_benchmark.py").write_text(source)
    return sides.Result("own", catalogue.Benchmark("own", folder, "run_benchmark.py", (), (), ()), 0)


def test_memory_is_limited(tmp_path):
    result = program(tmp_path, "import pyperf\npyperf.Runner().bench_func('own', bytes, 10**9)\n")
    sides.measure(result, sides.Settings(sys.executable, PACKAGE, [], seconds=0.01, memory=2**29), range(1))
    assert result.failures == {"plain": "MemoryError"}


def test_a_program_that_never_ends_is_ended(tmp_path):
    result = program(tmp_path, "import time\nprint(1)\ntime.sleep(1000)\n")
    sides.measure(result, sides.Settings(sys.executable, PACKAGE, ["default"], timeout=0.5), range(2))
    assert result.failures == {"plain": "no end in time"} and not result.answers


def test_a_tool_that_is_ended_ends_what_it_runs(tmp_path):
    started = tmp_path / "started"
    sleeper = f"import os, time; open({str(started)!r}, 'w').write(str(os.getpid())); time.sleep(1000)"
    tool = "import os, pathlib, sys, measuring; measuring.end_orderly(); here = pathlib.Path();"
    tool += f"measuring.run([sys.executable, '-c', {sleeper!r}], dict(os.environ), here, 100)"
    process = subprocess.Popen([sys.executable, "-c", tool], env=environment() | {"PYTHONPATH": str(BENCH)})
    until = time.monotonic() + 30
    while not (started.exists() and started.read_text()) and time.monotonic() < until:
        time.sleep(0.02)
    process.terminate()
    assert process.wait(30) == 143
    with pytest.raises(ProcessLookupError):
        for _ in range(500):
            os.kill(int(started.read_text()), 0)
            time.sleep(0.02)


def test_a_mode_is_its_options():
    assert sides.pyjion_variables("default") == {}
    assert sides.pyjion_variables("budget=inf,osr=every:1") == {"PYJION_BUDGET": "inf", "PYJION_OSR": "every:1"}


@pytest.mark.parametrize(
    ("command", "under_pyjion"),
    [
        ("PY -c pass", "PY -m pyjion -c pass"),
        ("PY -S -X utf8 -m lib2to3 -f all", "PY -S -X utf8 -m pyjion -m lib2to3 -f all"),
        ("PY -W error main.py -c", "PY -W error -m pyjion main.py -c"),
        ("PY -", "PY -m pyjion -"),
        ("/bin/ls -l", "/bin/ls -l"),
    ],
)
def test_commands_get_the_jit(command, under_pyjion):
    words = [sys.executable if word == "PY" else word for word in command.split()]
    assert commands.under_pyjion(words) == [sys.executable if word == "PY" else word for word in under_pyjion.split()]


def test_missing_packages_are_named():
    needs = catalogue.Benchmark("docs", pathlib.Path(), "", (), (3, 8), ("sphinx", "coverage"))
    present = {"coverage", "sphinx", "python_docs_theme"}
    assert catalogue.obstacle(needs, present) is None
    found = catalogue.obstacle(needs, {"coverage", "sphinx"})
    assert found == catalogue.Obstacle("needs python3-docs-theme", ("python3-docs-theme",))


def comparison(name="it", **values):
    usual = dict(steady=1.2, cpu=1.2, first=1.0, memory=1.0, megabytes=0.0, compile_ms=0.0)
    return limits.Comparison(name, **(usual | values))


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({}, None),
        ({"steady": 0.941}, None),
        ({"steady": 0.93}, "it: steady state at 0.93, not 0.94"),
        ({"first": 0.79}, "it: first iteration at 0.79, not 0.8"),
        ({"steady": 0.5, "steady_later": 0.009, "first": 0.5, "first_later": 0.009}, None),
        ({"steady": 0.5, "steady_later": 0.011}, "it: steady state at 0.50, not 0.94"),
        ({"first": 0.5, "first_later": 0.011}, "it: first iteration at 0.50, not 0.8"),
        ({"memory": 1.5, "megabytes": 13.9}, None),
        ({"memory": 1.1, "megabytes": 50.0}, None),
        ({"memory": 1.2, "megabytes": 15.0}, "it: 1.20 times the memory, +15.0 MB"),
    ],
)
def test_demands_on_one_result(values, complaint):
    assert comparison(**values).shortfalls() == ([complaint] if complaint else [])


def test_demands_on_means():
    enough = [comparison(str(number)) for number in range(60)]
    assert limits.shortfalls(enough, {}, complete=True) == []
    slow = [dataclasses.replace(one, steady=1.0, first=0.9) for one in enough]
    assert limits.shortfalls(slow, {}, complete=True) == [
        "steady state: geometric mean 1.000, not 1.1",
        "first iteration: geometric mean 0.900, not 0.95",
    ]
    assert limits.shortfalls(slow[1:], {"0": "crash"}, complete=False) == ["0: fails: crash"]
    assert limits.shortfalls(enough[1:], {}, complete=True) == ["59 results, not 60"]


def test_medians_are_compared():
    plain = [{"values": [4.0, 1.0, 2.0], "cpu": 2.0, "first": 3.0, "peak": 10_000_000, "command": False}]
    ours = [dict(plain[0], values=[1.0], cpu=4.0, first=6.0, peak=15_000_000, statistics={"compile_ms": 7.0})]
    result = sides.Result("it", None, 0, {"plain": plain, "default": ours * 2 + plain})
    result.answers["default"][2] = dict(ours[0], values=[9.0])
    found = limits.compare(result, "default")
    assert (found.steady, found.first, found.memory, found.megabytes, found.compile_ms) == (2.0, 0.5, 1.5, 5.0, 7.0)
    assert found.cpu == pytest.approx(0.5) and found.steady_later == found.first_later == math.inf
    for answer in result.answers["default"]:
        answer["command"] = True
    found = limits.compare(result, "default")
    assert (found.steady_later, found.first_later) == (-1.0, 3.0)
