# SPDX-License-Identifier: MIT
# compiled: caller looping
# A function that compiled code enters without a helper dies, code object and all, and another takes its name and its memory:
# with other arguments, more locals, another result.
import gc

FIRST = "def callee(a, b):\n    return a + b\n"
OTHERS = [
    "def callee(a, b):\n    return a * b\n",
    "def callee(a, b):\n    c = a\n    d = b\n    e = c\n    return c, d, e\n",
    "def callee(a, b=5):\n    return -a - b\n",
    "def callee(*a):\n    return a\n",
    "def callee(a, b):\n    yield a, b\n",
    "def callee(a, b):\n    return 1 / 0\n",
    "def callee(a, b):\n    return a.b\n",
    "def callee(a):\n    return a\n",
    "def callee(a, b):\n    return 2.5\n",
    "def callee(b, a):\n    return a, b\n",
]


def caller(a, b):
    return callee(a, b)


def looping(n):
    total = 0
    for i in range(n):
        total = total + callee(i, 1)
    return total


def define(source):
    global callee
    exec(source, globals())
    return id(callee.__code__)


def result(function, *arguments):
    try:
        value = function(*arguments)
        return list(value) if type(value).__name__ == "generator" else value
    except Exception as error:
        return f"{type(error).__name__}: {error}"


reused = 0
for other in OTHERS:
    for use in ((caller, 3, 4), (looping, 30)):
        place = define(FIRST)
        for _ in range(250):
            result(*use)
        print(result(*use))
        # The old code goes first, so that its memory can be taken.
        callee = None
        gc.collect()
        keep = []
        for _ in range(20):
            again = define(other)
            keep.append(callee)
            reused += again == place
            shown = result(*use)
        print(other.split("\n")[0], shown)
        for _ in range(250):
            shown = result(*use)
        print(shown)
        del keep
print(reused > 0)
