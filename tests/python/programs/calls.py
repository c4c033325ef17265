# SPDX-License-Identifier: MIT
# compiled: add3 call_each pass_on apply twice chain
# Calls in all forms that end in the callee or in an error: arguments, defaults, wrong counts, classes, methods,
# objects, functions that change while they are in use.
from observing import outcome, warm


def add3(a, b, c):
    return a + b + c


def default(a, b=10, c=100):
    return a + b + c


def keyword_only(a, *, scale=2):
    return a * scale


def variadic(a, *rest, **named):
    return a + len(rest) * 10 + len(named) * 100


class Callable:
    def __call__(self, a, b=5):
        return ("Callable", a, b)


class Counter:
    made = 0

    def __init__(self, a, b=0):
        Counter.made += 1
        self.value = a + b

    def method(self, a, b=1):
        return self.value + a * b

    @staticmethod
    def static(a, b=2):
        return a - b

    @classmethod
    def of_class(cls, a):
        return cls.__name__ + str(a)

    def __repr__(self):
        return f"Counter({self.value})"


def apply(f, a):
    return f(a)


def twice(f, a, b):
    return f(f(a, b), b)


def call_each(f, n):
    total = 0
    for i in range(n):
        total = total + f(i)
    return total


def pass_on(f, a, b):
    result = f(a, b)
    return result


def chain(n):
    return inner(inner(inner(n)))


def inner(n):
    return n + 1


FUNCTIONS = (add3, default, keyword_only, variadic, Callable(), Counter, Counter(3).method, Counter.static,
             Counter.of_class, len, abs, max, int, str, print_nothing := (lambda *a: None), lambda: 1, lambda a: a, range,
             5, None, "text", type, isinstance, pow, divmod, sorted)
for function in FUNCTIONS:
    for value in (3, -2.5, "s", (1, 2), None):
        line = f"{outcome(apply, function, value)} {outcome(pass_on, function, value, 2)}"
        print(line.replace(hex(id(function))[2:], "ADDRESS"))
print(Counter.made)
print(add3(1, 2, 3), add3(1, 2.5, True), outcome(add3, "a", 1, 2))
warm(call_each, inner, 20)
for function in (inner, abs, lambda n: n * n, Counter(2).method, float, bool, keyword_only, default, lambda n: n * 0.5):
    print(outcome(call_each, function, 300))
print(outcome(call_each, len, 3), outcome(call_each, add3, 3), outcome(call_each, lambda n: str(n), 3))
print(outcome(add3, 1, 2), outcome(add3, 1, 2, 3, 4), outcome(twice, default, 1, 2), outcome(twice, add3, 1, 2))
print(chain(5), outcome(chain, "x"))


def replacement(n):
    return n - 1


warm(chain, 5)
inner.__code__ = replacement.__code__
print(chain(5))
inner = abs  # noqa: F811
print(chain(-5))
inner = Callable()
print(chain(1))
inner = replacement
print(chain(1.5), replacement.__code__ is not None)


def defaulted(n=1):
    return n + 1


def call_bare(n):
    total = 0
    for i in range(n):
        total = total + defaulted()
    return total


print(call_bare(300))
defaulted.__defaults__ = (50,)
print(call_bare(300))
defaulted.__defaults__ = None
print(outcome(call_bare, 300))
defaulted.__defaults__ = (0.25,)
print(call_bare(300))
