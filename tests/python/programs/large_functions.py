# SPDX-License-Identifier: MIT
# compiled: make
# modes: default compile-all no-passes exit-random-1 osr-early (compiling large functions takes its time)
# Functions of unusual sizes: many locals, parameters, arguments, names, constants, branches, values on the stack. What
# exceeds a limit is interpreted; nobody sees a difference.


def make(source):
    namespace = {}
    exec(source, namespace)
    return namespace["f"]


def lines(count, line):
    return "".join("    " + line.format(i=i) + "\n" for i in range(count))


def joined(count, text, separator=", "):
    return separator.join(text.format(i=i) for i in range(count))


FUNCTIONS = {
    "locals": "def f(a=1):\n" + lines(1500, "v{i} = a + {i}") + "    return " + joined(150, "v{i}", " + "),
    "parameters": f"def f({joined(300, 'a{i}={i}')}):\n    return {joined(300, 'a{i}', ' + ')}",
    "keyword only": f"def f(*, {joined(300, 'a{i}={i}')}):\n    return {joined(300, 'a{i}', ' + ')}",
    "arguments": f"def f():\n    return max({joined(400, '{i}')})",
    "keywords": f"def f(**k):\n    return len(k or f({joined(300, 'k{i}={i}')}, __stop=1)) if '__stop' not in k else k",
    "names": "def f(a=1):\n" + lines(400, "global g{i}; g{i} = a + {i}") + f"    return max([{joined(400, 'g{i}')}])",
    "constants": f"def f(a=1):\n    return sum(({joined(600, '9{i}')}, a))",
    "branches": "def f(a=5):\n    r = 0\n" + lines(800, "if a == {i}: r += {i}") + "    return r",
    "unpacking": f"def f():\n    {joined(1200, 'x{i}')} = range(1200)\n    return x0, x1199",
    "stack": f"def f(a=1):\n    return len(dict({joined(250, 'k{i}=a')}))",
    "nested": "def f(a=1):\n    return " + "(" * 80 + "a" + " + 1)" * 80,
    "cells": "def f():\n" + lines(300, "c{i} = {i}") + f"    return (lambda: {joined(300, 'c{i}', ' + ')})()",
    "jumps": "def f(n=3):\n    t = 0\n    while n:\n" + lines(300, "    t += n if t % 7 else {i}") + "        n -= 1\n    return t",
    "display": f"def f(a=1):\n    return len([{joined(700, 'a + {i}')}]), len({{{joined(700, 'a + {i}')}}})",
}
for name, source in FUNCTIONS.items():
    f = make(source)
    print(name, [f() for _ in range(3)])
