# SPDX-License-Identifier: MIT
# compiled: depth_left
# Small functions, methods and classes whose code is put into their callers: what it does, and what breaks it while
# loops run: other classes, functions and names, exceptions, finalizers, tracing, the recursion limit, frames that
# somebody looks at.
import gc
import sys
import traceback

from observing import outcome, specialised


class Account:
    fee = 1

    def __init__(self, amount, owner=None):
        self.amount = amount
        self.owner = owner

    def get(self):
        return self.amount

    def put(self, amount):
        self.amount = amount

    def add(self, more):
        self.put(self.get() + more)
        return self

    def is_rich(self):
        return self.amount > 10 and not self.amount > 1000

    def charge(self):
        return self.amount - FEE

    def checked(self):
        if self.amount < 0:
            raise ValueError(f"below zero: {self.amount}")
        return self.amount

    def half(self):
        return 100 / self.amount

    def item(self, key):
        return self.owner[key]

    def kind(self):
        return None if self.owner is None else self.owner

    def swap(self, first, second):
        third = first
        first = second
        second = third
        return first


FEE = 1


def total_of(account, n):
    total = 0
    for i in range(n):
        account.put(i)
        if account.is_rich():
            total += account.get()
        total += account.charge()
    return total


def mixed_of(accounts, n):
    total = 0
    for i in range(n):
        total = total + accounts[i % len(accounts)].get()
    return total


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def plus(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def dot(self, other):
        return self.x * other.x + self.y * other.y


def sum_of_vectors(n):
    start, step, total = Vector(0, 0.0), Vector(1, 0.5), 0
    for i in range(n):
        start = start.plus(step)
        total += start.dot(step)
    return total


def chain_of(account, n):
    for i in range(n):
        account.add(i).add(1)
    return account.amount


total_of = specialised(total_of, lambda f: f(Account(5), 30))
mixed_of = specialised(mixed_of, lambda f: f([Account(5)], 30))
chain_of = specialised(chain_of, lambda f: f(Account(5), 30))
sum_of_vectors = specialised(sum_of_vectors, lambda f: f(30))
for _ in range(20):
    account = Account(5)
    print(total_of(account, 30), chain_of(account, 30), sum_of_vectors(30))
print(total_of(Account(0), 2000), sum_of_vectors(2000), chain_of(Account(0), 2000))


# Numbers that leave the range of unboxed ones, and other types.
print(chain_of(Account(2**61), 50), chain_of(Account(1.5), 50), chain_of(Account(True), 50))
print(outcome(lambda: chain_of(Account("text"), 50)))


# Objects of other classes come along.
class Other(Account):
    def get(self):
        return -1


class Slotted:
    __slots__ = ("amount",)

    def get(self):
        return self.amount


class Computed:
    amount = property(lambda self: 3)

    def get(self):
        return self.amount


slotted = Slotted()
slotted.amount = 7
shadowed = Account(1)
shadowed.get = lambda: 100
for group in ([Account(1)], [Account(1), Other(2)], [Account(1), slotted], [Computed(), shadowed], [Account(1.5), Account("a")]):
    print(outcome(lambda: mixed_of(group, 40)))


# Functions, classes and names are bound anew in the middle of a loop.
def changing(n, change, at):
    account, total = Account(1), 0
    for i in range(n):
        if i == at:
            change(account)
        total += account.get() + account.charge() + Vector(i, i).dot(Vector(1, 1))
    return total


original_get, original_init, original_code = Account.get, Vector.__init__, Account.charge.__code__


def change_method(account):
    Account.get = lambda self: 50


def change_code(account):
    Account.charge.__code__ = (lambda self: 60).__code__


def change_name(account):
    global FEE
    FEE = 9


def change_class(account):
    account.__class__ = Other


def change_instance(account):
    account.get = lambda: 70


def change_init(account):
    def __init__(self, x, y):
        self.x = self.y = 1
    Vector.__init__ = __init__


def change_dict(account):
    account.__dict__ = {"amount": 5}


def change_global(account):
    global Vector
    Vector = type("Vector", (Vector,), {"dot": lambda self, other: 0})


original_vector = Vector
changing = specialised(changing, lambda f: f(30, None, -1))
for change in (change_method, change_code, change_name, change_class, change_instance, change_init, change_dict, change_global):
    for at in (0, 17, 99):
        print(change.__name__, at, outcome(lambda: changing(100, change, at)))
        Account.get, original_vector.__init__, FEE = original_get, original_init, 1
        Account.charge.__code__, Vector = original_code, original_vector


# Exceptions say where they were raised.
def failing(n):
    account = Account(20)
    seen = []
    for i in range(n):
        account.put(10 - i)
        try:
            account.checked()
            account.half()
            account.item(i)
        except (ValueError, ZeroDivisionError, TypeError) as error:
            seen.append((type(error).__name__, str(error), [(e.name, e.line) for e in traceback.extract_tb(error.__traceback__)]))
    return seen


failing = specialised(failing, lambda f: f(9))
for _ in range(5):
    print(failing(14)[-4:])


# What is replaced, or ends with a call, may have a finalizer, which sees the frames.
class Final:
    log = []

    def __init__(self, name):
        self.name = name

    def __del__(self):
        frame = sys._getframe(1)
        self.log.append((self.name, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))


def replacing(n):
    account = Account(0)
    for i in range(n):
        account.put(Final(i) if i % 3 == 0 else i)
        account.swap(Final(-i) if i % 7 == 0 else i, i)
        account.swap(None, Final(1000 + i) if i % 5 == 0 else None)
    account.put(None)


replacing = specialised(replacing, lambda f: f(40))
for _ in range(4):
    Final.log.clear()
    replacing(40)
    print(Final.log)


# Weak references are told, too.
import weakref


def watching(n):
    seen = []
    account = Account(0)
    for i in range(n):
        vector = Vector(i, i)
        if i % 4 == 0:
            reference = weakref.ref(vector, lambda _: seen.append(i))
        account.put(vector)
        vector = None
    account.put(None)
    return seen


watching = specialised(watching, lambda f: f(20))
for _ in range(4):
    print(watching(20))


# The collector runs while instances are made.
class Loop:
    def __init__(self):
        self.itself = self


def collecting(n):
    ends = []
    gc.collect()
    gc.set_threshold(5)
    for i in range(n):
        Loop()
        weakref.finalize(Loop(), ends.append, i)
        Vector(i, [i])
    gc.set_threshold(700)
    gc.collect()
    return sorted(ends)


collecting = specialised(collecting, lambda f: f(40))
print(collecting(40) == collecting(40))


# The recursion limit is that of the interpreter.
def deep(account, n):
    if n == 0:
        return account.add(1).get()
    return deep(account, n - 1) + account.get()


def depth_left(account):
    low, high = 0, 2000
    while low < high:
        middle = (low + high + 1) // 2
        try:
            deep(account, middle)
            low = middle
        except RecursionError:
            high = middle - 1
    return low


deep = specialised(deep, lambda f: f(Account(1), 3))
sys.setrecursionlimit(300)
for _ in range(3):
    print(depth_left(Account(1)))
sys.setrecursionlimit(1000)


# Trace and profile functions see each call.
def traced(n, install):
    account = Account(1)
    events = []

    def trace(frame, event, argument):
        if frame.f_code.co_filename == __file__:
            events.append((frame.f_code.co_name, event))
        return trace

    total = 0
    for i in range(n):
        if i == n // 2:
            install(trace)
        total += account.add(1).get()
    install(None)
    return total, len(events), events[-8:]


traced = specialised(traced, lambda f: f(30, lambda trace: None))
for install in (sys.setprofile, sys.settrace):
    for _ in range(3):
        print(traced(30, install))


# Arguments are held as long as a call holds them.
def counts(n):
    held = []
    for i in range(n):
        value = [i]
        account = Account(value)
        account.put(value)
        held.append(sys.getrefcount(value))
    return held[0], held[-1], len(set(held))


counts = specialised(counts, lambda f: f(30))
for _ in range(4):
    print(counts(30))


# Truth and comparisons of objects that decide about them.
class Odd:
    def __init__(self, value):
        self.value = value

    def __bool__(self):
        return self.value % 2 == 1

    def __eq__(self, other):
        return True

    def __add__(self, other):
        return "added"

    def __contains__(self, other):
        return other == "in"

    def __len__(self):
        return 5

    def __getitem__(self, key):
        return key


class Asking:
    def __init__(self, value):
        self.value = value

    def truth(self):
        return not self.value

    def same(self, other):
        return self.value == other

    def plus(self, other):
        return self.value + other

    def has(self, key):
        return key in self.value

    def size(self):
        return len(self.value)

    def at(self, key):
        return self.value[key]

    def is_text(self):
        return isinstance(self.value, str)


def asking(values, n):
    seen = []
    for i in range(n):
        value = Asking(values[i % len(values)])
        for question in (value.truth, value.size, value.is_text):
            seen.append(outcome(question))
        try:
            seen.append((value.same(1), value.plus(1), value.has("in"), value.at(0)))
        except TypeError as error:
            seen.append(str(error))
        except (IndexError, KeyError) as error:
            seen.append(repr(error))
        if value.truth() or value.is_text():
            seen.append(i)
    return seen


asking = specialised(asking, lambda f: f([1, 2.5, "in"], 12))
for values in ([1], [1.5, 2], ["in", "a"], [[1, 2], [], (3,)], [{"in": 1}, {0: 2}], [Odd(1), Odd(2)], [None, True, b"x"]):
    for _ in range(3):
        print(asking(values, 12)[-5:])
