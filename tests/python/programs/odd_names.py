# SPDX-License-Identifier: MIT
"""Names and constants of any content: empty, with NUL characters, line ends and lone surrogates, huge.

CPython's compiler makes none of them, code.replace() does.
"""
# compiled: add read call_global loop

ODD = ["", "a\udc80", "\ud800", "nul\0name", "two\nlines", "é€😀", "x" * 5000, "*?[", "\x7f\u2028"]


def add(x):
    return x + 1


def read(thing):
    return thing.attribute


def call_global(x):
    return known_global + x


def loop(n, local):
    total = 0.5
    for i in range(n):
        total += local * i
    return total


class Thing:
    pass


def renamed(function, **changes):
    code = function.__code__.replace(**changes)
    return type(function)(code, function.__globals__, function.__name__, function.__defaults__)


def unbound(take):
    if take:
        value = 1
    return value


known_global = 40
add(1), read(type("Plain", (), {"attribute": 1})), call_global(2), loop(3, 2)
for name in ODD:
    thing = Thing()
    setattr(thing, name, len(name))
    globals()[name] = 1000
    adding = renamed(add, co_name=name, co_qualname=name, co_filename=name)
    reading = renamed(read, co_names=(name,))
    calling = renamed(call_global, co_names=(name,))
    looping = renamed(loop, co_varnames=("n", name, "total", "i"), co_consts=(name, 0, 0.5, name * 100))
    missing = renamed(read, co_names=(name + "!",))
    print(
        ascii(name)[:40],
        sum(adding(i) for i in range(400)),
        sum(reading(thing) for _ in range(400)),
        sum(calling(i) for i in range(400)),
        looping(2000, 3),
    )
    for function, argument in ((missing, thing), (renamed(unbound, co_varnames=("take", name)), False)):
        try:
            function(argument)
        except (AttributeError, UnboundLocalError, UnicodeEncodeError) as error:  # CPython: none for a surrogate
            print(type(error).__name__, ascii(str(error))[:60], ascii(str(error))[-60:])
