# SPDX-License-Identifier: MIT
# compiled: calculate
# One code object, many functions: other globals, other builtins, globals without builtins. What was learned of one
# must not be believed of the other.
import types

from observing import outcome, warm

scale = 2


def calculate(n):
    total = 0
    for i in range(n):
        total = total + min(i, scale)
    return total


def with_globals(namespace):
    return types.FunctionType(calculate.__code__, namespace)


warm(calculate, 30)
print(calculate(100))
plain = {"scale": 5, "__builtins__": __builtins__}
print(with_globals(plain)(100), calculate(100))
print(outcome(with_globals({"scale": 1, "__builtins__": {"range": range, "min": max}}), 100), calculate(100))
print(outcome(with_globals({"scale": 1, "__builtins__": {"range": range}}), 100))
print(outcome(with_globals({"scale": 1, "__builtins__": {}}), 100))
print(outcome(with_globals({"__builtins__": __builtins__}), 100), calculate(100))
shared = {"scale": 0.5, "__builtins__": __builtins__}
first, second = with_globals(shared), with_globals(shared)
for step in range(200):
    shared["scale"] = step % 7
    plain["scale"] = step % 3
    assert first(20) == second(20) == with_globals(dict(shared))(20)
    assert calculate(20) == sum(min(i, 2) for i in range(20))
print(first(20), with_globals(plain)(20), calculate(20))


class Chatty(dict):
    def __getitem__(self, name):
        print("asked for", name)
        return dict.__getitem__(self, name)


print(outcome(with_globals(Chatty(scale=3, __builtins__=__builtins__)), 4))
exec("def other(n):\n    return calculate(n) + scale\n", globals())
print(other(10))  # noqa: F821
