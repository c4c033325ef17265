# SPDX-License-Identifier: MIT
# compiled: count swap returns_name release_in_loop generate
# Loops over global names in whatever may hold them: functions with `global`, code with dicts of its own, statements at
# a prompt, bodies of classes, generators; and who looks at them from outside: other threads, signals, trace functions.
import code
import io
import contextlib
import signal
import sys
import threading
import types

from observing import outcome, value_text

number = 0
fraction = 0.5
latest = None


def count(limit):
    global number, fraction, latest
    for step in range(limit):
        number += step
        fraction = fraction * 0.5 + number
        latest = step
    return number


print(count(300), number, fraction, latest)
print(count(300), number, fraction, latest)
number = 2**61
print(outcome(count, 300), fraction)
number = "text"
print(outcome(count, 300), latest)
del number
print(outcome(count, 300), latest)
number = 0
del latest
print(outcome(count, 300), latest, list(globals())[-1])


def swap(limit):
    global left, right
    left, right = 0, 1
    while right < limit:
        left, right = right, left + right
        middle = left
        if middle is not left:
            print("two objects")
    return middle is left, left, right


print(swap(10**15), left, right)


def returns_name():
    global number
    number = 0
    for step in range(300):
        number = number + 1000
    return number


print(returns_name() is number, number)


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append((self.name, number))


def release_in_loop():
    global number
    held = None
    for step in range(120):
        number = step
        held = Noisy(step) if step % 30 == 0 else step
        number = step + 1000
    return held


log = []
print(release_in_loop(), log)


def generate(limit):
    global number
    for step in range(limit):
        number = number + step
        if step % 25 == 0:
            yield number
            number += 1


steps = generate(100)
number = 0
for given in steps:
    number = number * 2 + given % 7
print(number, given)

# Code with dicts of its own.
LOOP = """
result = 0
for i in range(300):
    result = result + i % 7
    last = i
order = [name for name in list(globals()) + list(locals()) if not name.startswith('_')]
"""
body = compile(LOOP, "loop", "exec")
for round in range(4):
    names = {}
    exec(body, names)
    print(names["result"], names["last"], names["order"])
for round in range(4):
    names, own = {"result": "global"}, {}
    exec(body, names, own)
    print(names["result"], own["result"], own["last"], own["order"], sorted(own))


class Custom(dict):
    def __setitem__(self, name, value):
        if name == "last" and value % 100 == 0:
            changes.append(value)
        super().__setitem__(name, value)

    def __getitem__(self, name):
        if name == "result" and super().get("last") == 200:
            return 0
        return super().__getitem__(name)


changes = []
own = Custom()
exec(body, {}, own)
print(own["result"], own["last"], changes)
custom_globals = Custom(__builtins__=__builtins__)
print(outcome(exec, body, custom_globals), custom_globals["result"], custom_globals["last"], changes)
names = {1: 2, "result": 0}
exec(compile("for i in range(300):\n    result += i\n    last = i", "mixed", "exec"), names)
print(names["result"], names["last"])


class Equal(str):
    def __eq__(self, other):
        compared.append(1)
        return str(self) == other

    __hash__ = str.__hash__


compared = []
names = {Equal("result"): 5}
exec(compile("for i in range(200):\n    result = result + 1\n    last = i", "equal", "exec"), names)
print(names["last"], [value for key, value in names.items() if str(key) == "result"], len(compared) > 0)

module = types.ModuleType("fresh")
exec(body, vars(module))
print(module.result, module.last)
exec(body, module.__dict__)
print(module.result, module.last)
print(eval(compile("[total := total + i for i in range(300)][-1]", "walrus", "eval"), {"total": 0}))

# A prompt.
console = code.InteractiveConsole({"__name__": "__console__"})
typed = io.StringIO()
with contextlib.redirect_stdout(typed), contextlib.redirect_stderr(typed):
    for line in (
        "n = 0",
        "for i in range(400):\n    n += i\n",
        "n",
        "while n > 0:\n    n -= 7\n    m = n\n",
        "n, m, i",
        "for i in range(300):\n    n = n + 1 // (250 - i)\n",
        "n, m, i",
        "def f():\n    global n\n    for k in range(300):\n        n += k\n",
        "f(); n",
        "for i in range(3000):\n    x = n; n = x + 1; del x\n",
        "'x' in globals(), n",
        "values = []",
        "for i in range(300):\n    values.append(i)\n    if i == 298:\n        i\n",
        "import sys; hook = sys.displayhook; shown = []",
        "for i in range(300):\n    values.append(i)\n    if i == 100:\n        sys.displayhook = shown.append\n",
        "sys.displayhook = hook; len(values), len(shown), shown[:2]",
    ):
        console.push(line)
print("\n".join(line for line in typed.getvalue().splitlines() if line))


class Body:
    total = 0
    for i in range(300):
        total += i
        twice = total * 2
    names = [name for name in locals() if not name.startswith("_")]


print(Body.total, Body.i, Body.twice, Body.names)

# Others look.
interval = sys.getswitchinterval()
sys.setswitchinterval(1e-6)
views = []
stop = False
ticks = pair_a = pair_b = 0


def watch():
    while not stop:
        b = pair_b
        a = pair_a
        if a < b:
            views.append((a, b))
        seen_ticks.append(ticks) if len(seen_ticks) < 50 else None


seen_ticks = []
watcher = threading.Thread(target=watch)
watcher.start()
for ticks in range(2_000):
    pair_a = ticks
    pair_b = ticks
stop = True
watcher.join()
sys.setswitchinterval(interval)
print(views, ticks, pair_a, pair_b, seen_ticks == sorted(seen_ticks))

sent = False
handled = 0


def writer():
    global sent, wanted
    wanted = 5
    sent = True


wanted = 0
sent = False
thread = threading.Thread(target=writer)
turns = 0
thread.start()
while not sent:
    turns += 1
thread.join()
print(sent, wanted, turns > 0 or sent)

marks = []


def handler(signum, frame):
    global alarmed
    marks.append((mirror == level, frame.f_globals is globals()))
    alarmed = True


signal.signal(signal.SIGALRM, handler)
alarmed = False
mirror = level = 0
signal.setitimer(signal.ITIMER_REAL, 0.02)
while not alarmed:
    level += 1
    mirror = level
print(marks, alarmed, mirror == level)

# A trace function that is switched on in the loop, and sees names.
lines = []


def tracer(frame, event, argument):
    if event == "line":
        lines.append((frame.f_lineno - frame.f_code.co_firstlineno, frame.f_globals["traced"]))
    return tracer


def trace_some(step):
    if step == 100:
        sys.settrace(tracer)
        sys._getframe(1).f_trace = tracer
    if step == 102:
        sys.settrace(None)


def traced_loop():
    global traced
    traced = 0
    for step in range(150):
        traced += step
        trace_some(step)
        traced += 1


traced_loop()
print(traced, lines)


def profiler(frame, event, argument):
    if event == "c_call" and argument is abs:
        profile.append(traced)


profile = []
for step in range(200):
    traced = step
    if step == 150:
        sys.setprofile(profiler)
    if step == 155:
        sys.setprofile(None)
    traced += abs(step)
print(traced, profile)
print(value_text(fraction))
