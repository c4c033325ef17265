# SPDX-License-Identifier: MIT
"""Cells and free variables, deleted locals, and the errors of names without a value."""
# compiled: counter counter.<locals>.increment arguments arguments.<locals>.inner deep shows_locals loop_cells
# compiled: unbound_cell deleted_cell unbound_free deleted_local swaps classes recursive
import sys


def counter(start=0):
    count = start

    def increment(by=1):
        nonlocal count
        count += by
        return count

    return increment


def arguments(a, b=2, *c, d=4, **e):
    def inner():
        nonlocal a
        a = (a, b, c, d, e)
        return a

    return inner() and inner


def deep():
    x = 1

    def second():
        y = x + 1

        def third():
            z = y + x

            def fourth():
                return x, y, z

            return fourth

        return third

    return second()()()


def loop_cells():
    functions = []
    for i in range(4):
        functions.append(lambda: i)
    made = [lambda j=j: (i, j) for j in range(3)]
    return [f() for f in functions], [f() for f in made], [(lambda: k)() for k in range(3)]


def unbound_cell():
    def inner():
        return later

    print(inner.__name__)
    return later
    later = 1


def unbound_free():
    def inner():
        return later

    return inner()
    later = 1


def deleted_cell():
    x = 1

    def inner():
        return x

    print(inner())
    del x
    try:
        inner()
    except NameError as error:
        print(type(error).__name__, error, error.name)
    del x


def deleted_local(x, n):
    total = 0
    for i in range(n):
        y = x + i
        total += y
        del y
        y = i
        if i == n - 1:
            del y
    return y, total


def swaps(n):
    a, b = 1, 2
    for i in range(n):
        c = a
        a, b = b, c
        del c
        if i % 2:
            c = i
    return a, b, c


def shows_locals(a):
    b = 2

    def inner():
        return a, b

    print(sorted(locals()))
    inner.__closure__[1].cell_contents = "changed"
    print(b, inner(), sorted(sys._getframe().f_locals))
    return [name.cell_contents for name in inner.__closure__]


def classes(base):
    class Local:
        attribute = base

        def method(self):
            return __class__.__name__, base, self.attribute

        values = [v for v in range(3)]
        both = [v + base for v in values]

    return Local().method(), Local.both


def recursive(n):
    def down(k):
        return 0 if k == 0 else 1 + down(k - 1)

    return down(n)


def report(function, *arguments):
    try:
        print(function(*arguments))
    except Exception as error:
        print(type(error).__name__, error, getattr(error, "name", None))
        line = error.__traceback__
        while line.tb_next:
            line = line.tb_next
        print(line.tb_frame.f_code.co_name, line.tb_lineno, list(line.tb_frame.f_code.co_positions())[line.tb_lasti // 2])


for _ in range(4):
    c = counter()
    print(c(), c(2), counter(5)())
    print(arguments(1)(), arguments(1, 2, 3, d=5, f=6)())
    print(deep())
    report(loop_cells)
    report(unbound_cell)
    report(unbound_free)
    report(deleted_cell)
    report(deleted_local, 1, 4)
    report(swaps, 4)
    report(swaps, 5)
    report(shows_locals, 1)
    report(classes, 3)
    report(recursive, 50)


def delete_global():
    global some_global
    del some_global


some_global = 1
delete_global()
report(delete_global)


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name)


def destructors():
    cell = Loud("cell")
    plain = Loud("plain")

    def inner():
        return cell

    del plain
    print("plain deleted")
    cell = Loud("second cell")
    print("cell replaced")
    del cell
    print("cell deleted")
    return inner


destructors()


def generated(n):
    lines = ["def f(a):"]
    lines += [f"    v{i} = a + {i}" for i in range(n)]
    lines.append("    return " + " + ".join(f"v{i}" for i in range(0, n, 97)))
    namespace = {}
    exec("\n".join(lines), namespace)
    return namespace["f"](1)


print(generated(5000))
