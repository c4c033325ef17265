# SPDX-License-Identifier: MIT
# compiled: sum_all
# Functions beyond the sizes that are easy to keep in mind: many arguments, locals, statements and branches.
from observing import outcome


def define(source):
    namespace = {}
    exec(source, globals())


names = [f"a{k}" for k in range(200)]
source = f"def wide({', '.join(names)}):\n    return {' + '.join(names)}\n"
source += "def straight(n):\n    x0 = n\n"
source += "".join(f"    x{k} = x{k - 1} * {k % 7} - x{k // 2} % {k + 3}\n" for k in range(1, 260))
source += "    return " + " + ".join(f"x{k}" for k in range(0, 260, 13)) + "\n"
source += "def branchy(n):\n    r = 0\n"
source += "".join(f"    if n % {k + 2} == {k % (k + 2)}:\n        r = r + {k}\n    else:\n        r = r - n\n" for k in range(90))
source += "    return r\n"
define(source)


def sum_all(n):
    total = 0
    for i in range(n):
        total = total + straight(i) + branchy(i)  # noqa: F821
    return total


print(wide(*range(200)), wide(*[0.5] * 200), outcome(wide, *range(199)).split(" | ")[0])  # noqa: F821
print([straight(n) for n in range(-5, 30)], straight(2**62), straight(1.5))  # noqa: F821
print([branchy(n) for n in range(-5, 60)], branchy(2**70))  # noqa: F821
print(sum_all(120))
