# SPDX-License-Identifier: MIT
# compiled: none true small large real negative_zero text ellipsis nothing chosen
# Constants come back as they are, the same object every time.
from observing import value_text, warm


def none():
    return None


def true():
    return True


def small():
    return 7


def large():
    return 123456789012345678901234567890


def real():
    return 2.5


def negative_zero():
    return -0.0


def text():
    return "text"


def ellipsis():
    return ...


def pair():
    return (1, (2.0, "x"), None)


def nothing():
    pass


def chosen(n):
    if n > 2:
        return 1.0
    if n > 1:
        return 1
    if n > 0:
        return True
    return -1.0


for function in (none, true, small, large, real, negative_zero, text, ellipsis, pair, nothing):
    warm(function)
    print(function.__name__, value_text(function()), function() is function())
print([value_text(chosen(n)) for n in range(-1, 5)])


def factory(n):
    return n + 1000


other = factory.__code__.replace(co_consts=tuple(2000 if c == 1000 else c for c in factory.__code__.co_consts))
warm(factory, 1)
print(factory(1))
factory.__code__ = other
warm(factory, 1)
print(factory(1))
