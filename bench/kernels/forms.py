# SPDX-License-Identifier: MIT
"""Programs made of kernels: one source, all the forms in which a program may run it.

A kernel is a file with SIZE and one function of its name, whose one `return` is its last statement: its body can stand
at the top level or in a generator as well. Each program prints one line of JSON: the seconds that the kernel took, by
time.perf_counter() around it and nothing else, and its result, a number.
"""
from __future__ import annotations

import ast
import pathlib
from dataclasses import dataclass

PROGRAMS = pathlib.Path(__file__).resolve().parent / "programs"
ENABLE = "import pyjion; pyjion.enable()"
START = "began = time.perf_counter()"
STOP = "seconds = time.perf_counter() - began"
ANSWER = """print('{"seconds": %r, "result": %r}' % (seconds, result))"""
# A kernel's variables stand beside these in some forms.
TAKEN = {"began", "seconds", "result", "ended", "time", "pyjion"}


@dataclass(frozen=True)
class Kernel:
    name: str
    size: int
    source: str

    def function(self) -> ast.FunctionDef:
        """The function without its docstring."""
        function = next(node for node in ast.parse(self.source).body if isinstance(node, ast.FunctionDef))
        if ast.get_docstring(function):
            del function.body[0]
        return function

    def definition(self) -> str:
        return ast.unparse(self.function())

    def body(self) -> list[str]:
        """Its statements, without the return."""
        return [ast.unparse(statement) for statement in self.function().body[:-1]]

    def result(self) -> str:
        return ast.unparse(self.function().body[-1].value)


def read_kernel(name: str) -> Kernel:
    source = (PROGRAMS / f"{name}.py").read_text()
    tree = ast.parse(source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    returns = [node for node in ast.walk(tree) if isinstance(node, (ast.Return, ast.Yield, ast.YieldFrom))]
    if [function.name for function in functions] != [name] or returns != functions[0].body[-1:]:
        raise ValueError(f"{name}: wanted is one function {name} with one return at its end, and no yield")
    taken = TAKEN & {node.id for node in ast.walk(functions[0]) if isinstance(node, ast.Name)}
    if taken:
        raise ValueError(f"{name}: these names are used around it: {', '.join(sorted(taken))}")
    (size,) = (node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "SIZE")
    return Kernel(name, ast.literal_eval(size), source)


def kernel_names() -> list[str]:
    return sorted(path.stem for path in PROGRAMS.glob("*.py"))


@dataclass(frozen=True)
class Program:
    """What to write into a folder, the arguments of the interpreter, and what is typed on its standard input."""

    files: dict[str, str]
    arguments: tuple[str, ...]
    stdin: str = ""


def script(*parts: str, **modules: str) -> Program:
    files = {"main.py": "\n".join(parts) + "\n", **{f"{name}.py": text for name, text in modules.items()}}
    return Program(files, ("main.py",))


def under_module(program: Program, jit: bool) -> Program:
    """The same under `-m pyjion`."""
    return Program(program.files, (*(("-m", "pyjion") if jit else ()), *program.arguments))


def indented(statements: list[str], depth: int) -> str:
    return "\n".join("    " * depth + line for statement in statements for line in statement.splitlines())


def call(kernel: Kernel, size: int) -> str:
    return f"result = {kernel.name}({size})"


def imports(kernel: Kernel, size: int, jit: bool) -> Program:
    modules = ("json", "argparse", "logging", "typing", "dataclasses", "time")
    lines = [f"import {module}" for module in modules]
    lines.append(f"from kernel import {kernel.name}")
    return under_module(script(*lines, START, call(kernel, size), STOP, ANSWER, kernel=kernel.source), jit)


def top_level(kernel: Kernel, size: int) -> list[str]:
    return [f"size = {size}", START, *kernel.body(), f"result = {kernel.result()}", STOP, ANSWER]


def top(kernel: Kernel, size: int, jit: bool) -> Program:
    return under_module(script("import time", *top_level(kernel, size)), jit)


def enabled(kernel: Kernel, size: int, jit: bool) -> Program:
    return script(*([ENABLE] if jit else []), "import time", *top_level(kernel, size))


def once(kernel: Kernel, size: int, jit: bool) -> Program:
    return under_module(script("import time", kernel.definition(), START, call(kernel, size), STOP, ANSWER), jit)


def thread(kernel: Kernel, size: int, jit: bool) -> Program:
    work = ["def work():", indented(["global result, seconds", START, call(kernel, size), STOP], 1)]
    run = ["worker = threading.Thread(target=work)", "worker.start()", "worker.join()", ANSWER]
    return under_module(script("import threading", "import time", kernel.definition(), *work, *run), jit)


def generator(kernel: Kernel, size: int, jit: bool) -> Program:
    inside = indented([*kernel.body(), f"yield {kernel.result()}"], 2)
    define = ["def generate(size):", "    try:", inside, "    finally:", "        ended.append(size)"]
    run = [START, f"(result,) = generate({size})", STOP, "assert ended", ANSWER]
    return under_module(script("import time", "ended = []", *define, *run), jit)


def prompt(kernel: Kernel, size: int, jit: bool) -> Program:
    """Typed at the prompt, statement by statement. An empty line ends a statement of several lines there."""
    statements = [*([ENABLE] if jit else []), "import time", *top_level(kernel, size)]
    typed = "".join(statement + ("\n\n" if "\n" in statement else "\n") for statement in statements)
    return Program({}, ("-i", "-q"), typed)


def full(kernel: Kernel, size: int, warm_size: int) -> Program:
    """What the forms are measured by: the function, compiled for the types that it has seen, and called once more."""
    warm = [f"{kernel.name}({warm_size})"] * 2
    compiled = f"assert pyjion.info(pyjion.compile({kernel.name}, full=True))['compiled']"
    warmed_up = [ENABLE, "import time", kernel.definition(), *warm, compiled, *warm]
    return script(*warmed_up, START, call(kernel, size), STOP, ANSWER)


@dataclass(frozen=True)
class Form:
    make: object
    means: str
    # Whether the kernel's variables are globals.
    in_globals: bool = False


FORMS = {
    "imports": Form(imports, "a function of another file, called from one that imports json, argparse, logging, ..."),
    "top": Form(top, "the top level of a script under -m pyjion", in_globals=True),
    "enabled": Form(enabled, "the same script with `import pyjion; pyjion.enable()` as first line", in_globals=True),
    "once": Form(once, "a function called once"),
    "thread": Form(thread, "a function called in a thread"),
    "generator": Form(generator, "inside try/finally in a generator"),
    "prompt": Form(prompt, "at the prompt of python -i", in_globals=True),
}
