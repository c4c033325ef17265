# SPDX-License-Identifier: MIT
"""The page of `pyjion.report` and `python -m pyjion --report`: what is on it, and what it does in a browser."""
from __future__ import annotations

import contextlib
import html
import html.parser
import json
import re
import shutil
import subprocess
import sys

import pytest

import running

PROGRAM = '''\
"""Not </script> the end."""
import pyjion

def hot(n):
    total = 0
    for i in range(n):
        total += i * 2 % 7
        if str(i) == "<b>12":
            total += 1
    return total

@pyjion.suppress
def left_alone(n):
    for i in range(n):
        n ^= i
    return n

hot(300_000)
left_alone(10_000_000)
print("done")
'''
HOT = {"total": 7, "generic": 8, "interpreted": 14}  # lines of PROGRAM


def write_page(folder, program=PROGRAM, *words, stdin=""):
    """The outcome of a run with --report, and the page."""
    script = folder / "program.py"
    script.write_text(program)
    page = folder / "page.html"
    env = running.environment(budget="inf")
    outcome = running.run_python("-m", "pyjion", "--report", page, *(words or [script]), stdin=stdin, env=env, cwd=folder)
    return outcome, page.read_text() if page.exists() else None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def page(folder):
    outcome, text = write_page(folder)
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, "done\n", f"pyjion: report: {folder / 'page.html'}\n")
    return text


class Lines(html.parser.HTMLParser):
    """The lines of source on a page: by line, the classes and the text."""

    def __init__(self, text):
        super().__init__()
        self.lines = {}
        self.last = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "a" and attributes.get("id", "").startswith("f0-"):
            self.last = int(attributes["id"][3:])
            self.lines[self.last] = [attributes["class"].split()[1], ""]

    def handle_endtag(self, tag):
        if tag == "a":
            self.last = None

    def handle_data(self, data):
        if self.last is not None:
            self.lines[self.last][1] += data


# --- what is on it -----------------------------------------------------------------------------------------------------


def test_the_page_needs_nothing_else(page):
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"https?:|src=|<link|@import|url\(|<iframe|<img", markup)
    assert "default-src 'none'" in page
    assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)"', page))


def test_lines_are_what_they_became(page):
    lines = Lines(page).lines
    assert lines[HOT["total"]][0] == "full"
    assert lines[HOT["generic"]][0] == "generic"
    assert lines[HOT["interpreted"]][0] == "interpreted"
    assert 'str(i) == "<b>12"' in lines[HOT["generic"]][1]
    # What took time says how much.
    assert re.search(r"\d+\.\d", lines[HOT["interpreted"]][1])


def test_the_island_is_json(page):
    island = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1]
    data = json.loads(island)
    hot = next(each for each in data["functions"] if each["name"] == "hot")
    assert all(piece[form] for piece in hot["pieces"] for form in ("hir", "cil", "native"))
    notes = data["files"][hot["file"]]["notes"]
    assert any("str" in text for kind, text in notes[str(HOT["generic"])] if kind == "generic")


def test_source_of_a_command(tmp_path):
    outcome, text = write_page(tmp_path, PROGRAM, "-c", PROGRAM)
    assert outcome.stdout == "done\n"
    assert 'str(i) == "<b>12"' in Lines(text).lines[HOT["generic"]][1]


@pytest.mark.parametrize("how", ["pipe", "file", "no argument"])
def test_source_of_standard_input(how, tmp_path):
    """The program is read twice, also from a pipe, and finds the rest of its input as it would: none."""
    program = PROGRAM + "import sys\nprint(repr(sys.stdin.read()), sys.argv, sys.stdin.seekable())\n" + "# " + "x" * 200_000
    words = [] if how == "no argument" else ["-", "more"]
    if how == "file":
        (tmp_path / "input").write_text(program)
    page = tmp_path / "page.html"

    def run(*front, env):
        with open(tmp_path / "input") if how == "file" else contextlib.nullcontext(subprocess.PIPE) as stdin:
            process = subprocess.Popen([sys.executable, *front, *words], stdin=stdin, stdout=subprocess.PIPE, text=True, env=env, cwd=tmp_path)
            return process.communicate(program if how != "file" else None, timeout=running.SECONDS)[0]

    env = running.environment(budget="inf")
    plain = run(env={**env, "PYJION_ENABLE": "0"})
    assert run("-m", "pyjion", "--report", page, env=env) == plain and "done\n''" in plain
    text = page.read_text()
    assert 'str(i) == "<b>12"' in Lines(text).lines[HOT["generic"]][1]
    assert "<h1>standard input</h1>" in text


LATIN = """\
# coding: latin-1
\f
def count(n):
    for i in range(n): word = 'na\xefve'  # caf\xe9
    return word
print(len(count(3_000_000)))
"""


@pytest.mark.parametrize("how", ["pipe", "script", "command"])
def test_source_is_read_as_the_compiler_reads_it(how, tmp_path):
    """It is encoded as its first lines say, and a form feed ends no line."""
    program, page = tmp_path / "program.py", tmp_path / "page.html"
    program.write_bytes(LATIN.encode("latin-1"))
    words = {"pipe": ["-"], "script": [program], "command": ["-c", LATIN]}[how]
    command = [sys.executable, "-m", "pyjion", "--report", page, *words]
    env = running.environment(budget="inf")
    outcome = subprocess.run(command, input=program.read_bytes(), capture_output=True, env=env, timeout=running.SECONDS)
    assert (outcome.returncode, outcome.stdout) == (0, b"5\n"), outcome.stderr
    assert "for i in range(n): word = 'na\xefve'  # caf\xe9" in Lines(page.read_text()).lines[4][1]


def test_errors_of_standard_input(tmp_path):
    program = "# coding: utf-8\nx = 1\n\ndef f():\n    return x / 0\nf()\n"
    plain = running.run_python("-", stdin=program)
    ours, _ = write_page(tmp_path, "", "-", stdin=program)
    said = f"pyjion: report: {tmp_path / 'page.html'}\n"
    assert (ours.returncode, ours.stderr.replace(said, "")) == (plain.returncode, plain.stderr)


def test_the_code_of_a_module_is_there_when_it_has_ended(tmp_path):
    program = "total = 0\nfor i in range(3_000_000):\n    total += i & 3\nprint(total)\n"
    outcome, text = write_page(tmp_path, program)
    assert outcome.stdout == "4500000\n"
    assert [Lines(text).lines[line][0] for line in (2, 3)] == ["full", "full"]
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])
    module = next(each for each in data["functions"] if each["name"] == "<module>")
    assert all(module["pieces"][0][form] for form in ("hir", "cil", "native"))


def test_without_source_the_lines_are_there(tmp_path):
    page = tmp_path / "page.html"
    code = PROGRAM + f"pyjion.report({str(page)!r})\n"
    running.succeed(running.run_code("import pyjion; pyjion.enable()\n" + code, budget="inf", observe="1"))
    text = page.read_text()
    assert "The source cannot be found." in text and Lines(text).lines[HOT["total"] + 1][0] == "full"


def test_text_that_is_no_utf8(tmp_path):
    program = PROGRAM + "exec(compile('def odd(n):\\n    for i in range(n): n ^= i\\nodd(1_000_000)', 'odd\\udc80<', 'exec'))\n"
    outcome, text = write_page(tmp_path, program)
    assert outcome.returncode == 0 and "odd\\udc80&lt;" in text


def test_nothing_has_run(tmp_path):
    outcome, text = write_page(tmp_path, "")
    assert outcome.returncode == 0 and html.unescape(text).endswith("</html>\n")


def test_where_pyjion_is_kept_off(tmp_path):
    page = tmp_path / "page.html"
    env = running.environment(enable="0")
    outcome = running.run_python("-m", "pyjion", "--report", page, "-c", PROGRAM, env=env)
    assert (outcome.returncode, outcome.stdout) == (0, "done\n") and "Nothing is compiled: PYJION_ENABLE" in page.read_text()


def test_without_the_option_the_page_says_so(tmp_path):
    page = tmp_path / "page.html"
    running.succeed(running.run_code(f"{PROGRAM}import pathlib\npyjion.report(pathlib.Path({str(page)!r}))"))
    assert "The option <code>observe</code> is off" in page.read_text()


# --- the program is what it was ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["raise SystemExit(3)", "1/0", "raise KeyboardInterrupt", "import os; os.chdir('/')"])
def test_ends(end, tmp_path):
    script = tmp_path / "program.py"
    script.write_text(f"print('on', flush=True)\n{end}\n")
    plain = running.run_python(script)
    ours = running.run_python("-m", "pyjion", "--report=page.html", script, cwd=tmp_path)
    said = f"pyjion: report: {tmp_path / 'page.html'}\n"
    # A traceback comes before or behind what is done at the end.
    assert (ours.returncode, ours.stdout, ours.stderr.replace(said, "")) == (plain.returncode, plain.stdout, plain.stderr)
    assert said in ours.stderr and (tmp_path / "page.html").stat().st_size > 1000


def test_forked_children_write_none(tmp_path):
    program = "import os, sys\nchild = os.fork()\nif child: os.waitpid(child, 0)\nelse: sys.exit(0)\n"
    outcome, _ = write_page(tmp_path, program)
    assert outcome.stderr.count("report:") == 1


def test_a_page_that_cannot_be_written(tmp_path):
    outcome = running.run_python("-m", "pyjion", "--report", tmp_path / "none" / "page.html", "-c", "print(1)")
    assert outcome.returncode == 2 and outcome.stdout == "" and "can't write" in outcome.stderr
    outcome = running.run_code("import pyjion; pyjion.report('/nowhere/page.html')")
    assert "FileNotFoundError" in outcome.stderr.splitlines()[-1]
    for words in (["--report"], ["--report="], ["--report", "-c", "1"]):
        outcome = running.run_python("-m", "pyjion", *words)
        assert outcome.returncode == 2 and outcome.stderr.startswith("argument expected for --report\n")


def test_writing_changes_nothing(tmp_path):
    code = PROGRAM + f"""
pyjion.explain(hot)
before = pyjion.statistics(), pyjion.explain(hot)
pyjion.report({str(tmp_path / "page.html")!r})
after = pyjion.statistics(), pyjion.explain(hot)
print(before == after, [(name, before[0][name], after[0][name]) for name in before[0] if before[0][name] != after[0][name]])
"""
    out = running.succeed(running.run_code("import pyjion; pyjion.enable()\n" + code, budget="inf", observe="1"))
    assert out == "done\nTrue []\n"


# --- in a browser --------------------------------------------------------------------------------------------------------

CHROMIUM = shutil.which("chromium")
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="chromium is missing; to have it: apt-get install chromium")

# Notes what the page does at each step, and leaves it in an element of its own.
DRIVER = """
<pre id="seen"></pre>
<script>
const seen = [];
const press = (key, target) => target.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
const texts = (selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent);
const settle = () => new Promise((resolve) => setTimeout(resolve, 50));
function note(step) {
  seen.push({
    step, open: !document.getElementById("dock").hidden, where: document.getElementById("where").textContent,
    hash: location.hash, notes: texts("#notes li"), pieces: texts("#pieces button"), titles: texts("#forms th, #forms h3"),
    bands: [...document.querySelectorAll("#forms tr[data-at]")].map((band) => [...band.cells].map((cell) => cell.textContent)),
    same: [...document.querySelectorAll("#forms .column")].map((column) => column.querySelectorAll(".same").length),
    focus: document.activeElement?.id,
  });
}
onerror = (message) => { seen.push({step: "error", message}); };
(async () => {
  STEPS
  document.getElementById("seen").textContent = JSON.stringify(seen);
})();
</script>
"""


def drive(page, folder, steps):
    """What was noted while these steps ran in the page."""
    driven = folder / "driven.html"
    driven.write_text(page.replace("</body>", DRIVER.replace("STEPS", steps) + "</body>"))
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=5000"]
    outcome = subprocess.run(
        [CHROMIUM, *flags, "--dump-dom", driven.as_uri()], capture_output=True, text=True, timeout=running.SECONDS
    )
    found = re.search(r'<pre id="seen">(.*?)</pre>', outcome.stdout, re.DOTALL)
    assert found and found[1], outcome.stderr[-2000:]
    seen = json.loads(html.unescape(found[1]))
    assert not [each for each in seen if each["step"] == "error"], seen
    return {each["step"]: each for each in seen}


@in_browser
def test_a_click_shows_all_forms(page, folder):
    seen = drive(page, folder, f"""
        note("before");
        document.getElementById("f0-{HOT['total']}").click(); await settle(); note("line");
        document.getElementById("ordered").click(); note("ordered");
        const add = [...document.querySelectorAll("#forms .column:first-child .row")].find((row) => row.textContent.includes("BINARY_OP *"));
        add.click(); note("position");
        document.getElementById("f0-{HOT['interpreted']}").click(); await settle(); note("interpreted");
    """)
    assert not seen["before"]["open"]
    line = seen["line"]
    assert line["open"] and "total += i * 2 % 7" in line["where"]
    assert line["titles"] == ["bytecode", "HIR", "CIL", "machine code"] == seen["ordered"]["titles"]
    product = next(band for band in line["bands"] if "BINARY_OP *" in band[0])
    assert "IntMultiply" in product[1] and "mul" in product[2] and re.search(r"[0-9a-f]{8}: [A-Z]", product[3] + line["bands"][-1][3])
    assert "full code" in line["pieces"][0]
    assert seen["position"]["same"][0] == 1 and all(seen["position"]["same"][:3])
    interpreted = seen["interpreted"]
    assert interpreted["titles"] == ["bytecode"] and interpreted["pieces"] == ["left_alone: interpreted"]


@in_browser
def test_keys(page, folder):
    seen = drive(page, folder, f"""
        const line = document.getElementById("f0-{HOT['total']}");
        line.focus(); press("ArrowDown", line); note("down");
        document.activeElement.click(); await settle(); note("open");
        press("ArrowUp", document.activeElement); await settle(); note("up");
        const stops = [...document.querySelectorAll("a.ln")].filter((link) => link.tabIndex === 0).length;
        seen.push({{step: "stops", stops}});
        press("Escape", document.activeElement); note("closed");
    """)
    assert seen["down"]["focus"] == f"f0-{HOT['generic']}" and not seen["down"]["open"]
    assert seen["open"]["open"] and any("str" in text for text in seen["open"]["notes"])
    assert seen["up"]["open"] and seen["up"]["hash"] == f"#f0-{HOT['total']}" and "total += i" in seen["up"]["where"]
    assert seen["stops"]["stops"] == 1
    assert not seen["closed"]["open"] and seen["closed"]["focus"] == f"f0-{HOT['total']}"


@in_browser
def test_an_address_names_a_line(page, folder):
    seen = drive(page, folder, f"""
        location.hash = "#f0-{HOT['total']}"; await settle(); note("open");
        location.hash = "#f0-100000"; await settle(); note("nowhere");
    """)
    assert seen["open"]["open"] and seen["nowhere"]["where"] == seen["open"]["where"]
