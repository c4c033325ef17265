# SPDX-License-Identifier: MIT
"""A Jupyter notebook, run without a display: enabled in one cell, fast in the next, explained as HTML, and reported.

Input: Debian's ipykernel and nbclient. The kernel is this interpreter, in a process of its own.
"""
from __future__ import annotations

import json

import running

# Runs the notebook of standard input with nbclient, prints its outputs by cell: a list of [type, text by MIME type].
RUNNER = """
import json, sys
import nbformat, nbclient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

class ThisInterpreter(KernelSpecManager):
    def get_kernel_spec(self, name):
        return KernelSpec(argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], language="python", display_name=name)

cells = [nbformat.v4.new_code_cell(source) for source in json.load(sys.stdin)]
notebook = nbformat.v4.new_notebook(cells=cells)
kernel = AsyncKernelManager(kernel_name="this", kernel_spec_manager=ThisInterpreter())
nbclient.NotebookClient(notebook, timeout=100, km=kernel).execute()
print(json.dumps([[dict(output.get("data", {}), text=output.get("text", "")) for output in cell.outputs] for cell in notebook.cells]))
"""

HOT = """\
import time
def hot(n):
    total = 0
    for i in range(n):
        total += i * i % 7
    return total
"""


def execute(cells, tmp_path, **options):
    """The outputs of each cell."""
    env = running.environment_with_packages(**options)
    own = str(tmp_path)  # a kernel leaves files behind
    env |= {"HOME": own, "IPYTHONDIR": own, "JUPYTER_RUNTIME_DIR": f"{own}/runtime", "TMPDIR": own}
    outcome = running.run_python("-c", RUNNER, stdin=json.dumps(cells), env=env, cwd=tmp_path)
    assert outcome.returncode == 0, outcome.stderr[-3000:]
    return json.loads(outcome.stdout)


pytestmark = [running.needs("nbclient", "python3-nbclient"), running.needs("ipykernel", "python3-ipykernel")]


def test_a_notebook(tmp_path):
    """Enabled in one cell; the loop of the next is at full speed while it runs; explained as HTML; on a page."""
    outputs = execute(
        [
            HOT + "def timed():\n    start = time.process_time(); result = hot(4_000_000); return result, time.process_time() - start\nplain = timed()",
            "import pyjion\npyjion.config(observe=True)\npyjion.enable()",
            "ours = timed()\nprint(ours[0] == plain[0], plain[1] / ours[1])",
            "pyjion.explain(hot)",
            "pyjion.functions()",
            # The code of a cell is gone when the cell has run: it is asked before.
            "import sys\ntotal = 0\nfor i in range(6_000_000):\n    total += i % 3\n    if i == 5_999_999: print(total, len(pyjion.explain(sys._getframe().f_code).entries))",
            "pyjion.report('page.html')",
        ],
        tmp_path,
        compile="background",
    )
    assert outputs[0] == []
    same, ratio = outputs[2][0]["text"].split()
    # More than ten times is usual; this is no benchmark.
    assert same == "True" and float(ratio) > 2
    explained = outputs[3][0]
    assert "full code" in explained["text/html"] and explained["text/html"].startswith("<div class='pyjion-explanation'>")
    assert outputs[4][0]["text/html"].startswith("<table class='pyjion-functions'>") and ">hot (" in outputs[4][0]["text/html"]
    # The variables of a cell are globals; its loop has code of its own all the same.
    total, pieces = outputs[5][0]["text"].split()
    assert total == "6000000" and int(pieces) >= 1
    page = (tmp_path / "page.html").read_text()
    # The text of cells is in no file, and is known.
    assert "<i class=k>def</i> hot(n):" in page and 'class="ln full"' in page


def test_a_cell_that_fails_says_so_as_without_pyjion(tmp_path):
    """Tracebacks, interrupted loops and magics are IPython's."""
    cells = [
        "def f(n):\n    return 10 // n\nfor i in range(3000): f(1)",
        "try:\n    f(0)\nexcept ZeroDivisionError as error:\n    print(error, error.__traceback__.tb_next.tb_lineno)",
        "%timeit -n1 -r1 f(1)\nprint(get_ipython().run_line_magic('who_ls', 'function'))",
    ]
    plain = execute(["import sys", *cells], tmp_path)
    ours = execute(["import pyjion; pyjion.enable()", *cells], tmp_path, stress="compile-all")
    for before, after in zip(plain[1:3], ours[1:3]):
        assert before == after
    assert plain[3][-1]["text"].splitlines()[-1] == ours[3][-1]["text"].splitlines()[-1] == "['f']"
