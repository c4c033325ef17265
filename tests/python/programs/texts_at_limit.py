# SPDX-License-Identifier: MIT
# compiled: down appends counts_range counts_list assigns <lambda>
# modes: default compile-all no-passes osr-off osr-early gc (where code is left, it goes on in the interpreter before that has
# specialised it: there it counts other operations; spill-all keeps comparisons and jumps apart)
# What RecursionError says at each of the last levels before the limit, for operations of every kind: some are counted,
# each with a text of its own.
import functools
import sys

SMALL, LARGE, HUGE = 1, 1 << 40, 1 << 70
LIMIT = 60


class Meta(type):
    def __instancecheck__(cls, other):
        return True

    def __subclasscheck__(cls, other):
        return True


class Checked(metaclass=Meta):
    pass


class Own:
    """Every operation is a call of Python code."""

    def __init__(self, *arguments):
        pass

    def __add__(self, other):
        return 1

    def __eq__(self, other):
        return True

    def __lt__(self, other):
        return True

    def __getattr__(self, name):
        return 1

    def __getitem__(self, index):
        return 1

    def __len__(self):
        return 1

    def __bool__(self):
        return True

    def __iter__(self):
        return iter(())

    def __call__(self):
        return 1

    def __contains__(self, item):
        return True

    def __str__(self):
        return "s"

    def __repr__(self):
        return "r"

    def __hash__(self):
        return 1

    @property
    def value(self):
        return 1


class Plain:
    pass


def one():
    return 1


def appends(i, f, t, l):
    l.append(i)


def counts_range(i, f, t, l):
    for x in range(3):
        pass
    for x in range(i):
        pass


def counts_list(i, f, t, l):
    for x in l:
        pass
    while i < 0:
        i = 1


def assigns(i, f, t, l):
    a, b = l
    plain.y = a
    del plain.y
    l[0] = b
    assert i and not (i is None)


own, plain = Own(), Plain()
plain.x = 1
partial = functools.partial(abs, 1)
TABLE = {"a": 1}
OPERATIONS = [
    appends, counts_range, counts_list, assigns,
    # comparisons whose result is an object
    lambda i, f, t, l: i < 3,
    lambda i, f, t, l: i == 3,
    lambda i, f, t, l: f < 3.0,
    lambda i, f, t, l: f < 3,
    lambda i, f, t, l: i < 3.5,
    lambda i, f, t, l: LARGE < i,
    lambda i, f, t, l: HUGE < i,
    lambda i, f, t, l: t < "b",
    lambda i, f, t, l: t == "a",
    lambda i, f, t, l: t != "ab",
    lambda i, f, t, l: i == t,
    lambda i, f, t, l: l == [1, 2],
    lambda i, f, t, l: own < own,
    lambda i, f, t, l: 0 < i < 3,
    lambda i, f, t, l: f == f,
    # comparisons that decide a jump
    lambda i, f, t, l: 1 if i < 3 else 2,
    lambda i, f, t, l: 1 if f < 3.5 else 2,
    lambda i, f, t, l: 1 if f < 3 else 2,
    lambda i, f, t, l: 1 if LARGE < i else 2,
    lambda i, f, t, l: 1 if HUGE < i else 2,
    lambda i, f, t, l: 1 if t == "b" else 2,
    lambda i, f, t, l: 1 if t != "b" else 2,
    lambda i, f, t, l: 1 if t < "b" else 2,
    lambda i, f, t, l: 1 if i == t else 2,
    lambda i, f, t, l: 1 if l == l else 2,
    lambda i, f, t, l: 1 if own < own else 2,
    # membership, identity, truth
    lambda i, f, t, l: i in (1, 2, 3),
    lambda i, f, t, l: i in [5, 6],
    lambda i, f, t, l: t in TABLE,
    lambda i, f, t, l: t in "abc",
    lambda i, f, t, l: i not in (4, 5),
    lambda i, f, t, l: own in l,
    lambda i, f, t, l: i in own,
    lambda i, f, t, l: not own,
    lambda i, f, t, l: 1 if own else 2,
    # builtin functions and types
    lambda i, f, t, l: len(l),
    lambda i, f, t, l: len(own),
    lambda i, f, t, l: abs(i),
    lambda i, f, t, l: chr(97),
    lambda i, f, t, l: isinstance(i, str),
    lambda i, f, t, l: isinstance(i, (str, int)),
    lambda i, f, t, l: isinstance(i, Checked),
    lambda i, f, t, l: issubclass(int, Checked),
    lambda i, f, t, l: str(i),
    lambda i, f, t, l: str(t),
    lambda i, f, t, l: str(own),
    lambda i, f, t, l: repr(i),
    lambda i, f, t, l: type(i),
    lambda i, f, t, l: tuple(l),
    lambda i, f, t, l: int(f),
    lambda i, f, t, l: float(i),
    lambda i, f, t, l: max(i, 2),
    lambda i, f, t, l: min(l),
    lambda i, f, t, l: sum(l),
    lambda i, f, t, l: sorted(l),
    lambda i, f, t, l: hash(own),
    lambda i, f, t, l: getattr(plain, "x"),
    lambda i, f, t, l: hasattr(own, "q"),
    lambda i, f, t, l: max(l, key=abs),
    lambda i, f, t, l: dict(a=1),
    lambda i, f, t, l: list(map(abs, l)),
    lambda i, f, t, l: next(iter(l)),
    lambda i, f, t, l: Plain(),
    lambda i, f, t, l: Own(),
    lambda i, f, t, l: ValueError(1),
    # methods
    lambda i, f, t, l: l.append(1),
    lambda i, f, t, l: l.count(2),
    lambda i, f, t, l: l.sort(),
    lambda i, f, t, l: t.upper(),
    lambda i, f, t, l: t.join(["a"]),
    lambda i, f, t, l: t.format(1),
    lambda i, f, t, l: TABLE.get("a"),
    lambda i, f, t, l: TABLE.items(),
    lambda i, f, t, l: own.__len__(),
    # calls of Python code
    lambda i, f, t, l: one(),
    lambda i, f, t, l: one(*()),
    lambda i, f, t, l: one(**{}),
    lambda i, f, t, l: own(),
    lambda i, f, t, l: partial(),
    lambda i, f, t, l: (lambda: 1)(),
    lambda i, f, t, l: [y for y in l],
    lambda i, f, t, l: list(y for y in l),
    # operators, subscripts, attributes, texts
    lambda i, f, t, l: own + 1,
    lambda i, f, t, l: i + 1,
    lambda i, f, t, l: i ** 2,
    lambda i, f, t, l: t + "b",
    lambda i, f, t, l: "%s" % i,
    lambda i, f, t, l: l[0],
    lambda i, f, t, l: l[-1:],
    lambda i, f, t, l: own[0],
    lambda i, f, t, l: own.zz,
    lambda i, f, t, l: own.value,
    lambda i, f, t, l: plain.x,
    lambda i, f, t, l: f"{i}",
    lambda i, f, t, l: f"{t}",
    lambda i, f, t, l: f"{i!r}",
    lambda i, f, t, l: f"{f:.2f}",
    lambda i, f, t, l: f"{own}",
    lambda i, f, t, l: {own: 1},
    lambda i, f, t, l: [*l],
]


def down(depth, operation):
    if depth:
        return down(depth - 1, operation)
    return operation(SMALL, 1.5, "a", [1, 2])


def attempt(depth, operation):
    try:
        down(depth, operation)
    except RecursionError as error:
        return str(error)
    return "no error"


sys.setrecursionlimit(LIMIT)
for number, operation in enumerate(OPERATIONS):
    for _ in range(20):
        attempt(2, operation)
    print(number, operation.__name__)
    seen = ""
    for depth in range(LIMIT - 10, LIMIT):
        text = attempt(depth, operation)
        if text != seen:
            print("   ", depth, text)
        seen = text
