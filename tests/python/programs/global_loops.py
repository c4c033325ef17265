# SPDX-License-Identifier: MIT
# compiled: look bind unbind fails
# Loops at the top level, whose variables are global names: numbers, copies, rebinding by what they call, deletion,
# insertion order, exceptions, identity, reference counts.
import sys

from observing import outcome

# Numbers alone: nothing can look.
best = best_n = 0
for start in range(1, 300):
    n = start
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n //= 2
        else:
            n = 3 * n + 1
        steps += 1
    if steps > best:
        best = steps
        best_n = start
print(best, best_n, n, steps, start)

total = 0.0
x = 1.0
for i in range(500):
    x = x * 0.99 + 0.5
    total += x
    negative = -x if i % 3 else x
print(total, x, i, negative)

# Copies: one number is one object.
a, b = 0, 1
i = 0
same = different = 0
while i < 400:
    a, b = b, (a + b) % 1_000_003
    c = a
    i += 1
    if c is a:
        same += 1
    if b is a:
        different += 1
print(a, b, c, c is a, same, different)

big = 10**6
for i in range(300):
    kept = big
    big = kept + 1
    other = kept
print(big, kept is other, globals()["kept"] is globals()["other"], sys.getrefcount(kept))

# A type changes on the way; a number grows out of 62 bits.
value = 1
for i in range(200):
    value = value * 3 if i < 100 else value / 3
    flag = value > 10
print(value, flag)
value = None
for i in range(200):
    if value is None:
        value = 0
    value += i
    if i == 150:
        value = "text"
        break
print(value)

# What the loop calls looks at names and binds them.
counter = 0
seen = []


def look():
    seen.append((counter, position))
    return counter


def bind():
    global counter
    counter += 100


def unbind():
    global counter
    del counter


for position in range(300):
    counter += 1
    if position % 50 == 3:
        look()
    if position % 70 == 5:
        bind()
    counter += 1
print(counter, seen, position)
bound = steady = 0
for position in range(400):
    steady += position % 3
    bind()
    bound = bound + counter
    steady += counter > 0
print(bound, steady, counter, position)
counter = 0

seen.clear()
try:
    for position in range(300):
        counter += 1
        if position == 200:
            unbind()
        counter += 1
except NameError as error:
    print(error, position, "counter" in globals())
counter = 0
for position in range(300):
    counter = position
    if position % 90 == 80:
        unbind()
        counter = "anew"
    globals()["counter"] = position * 2
    counter += 1
print(counter, list(globals())[-4:])

# Names that the loop binds for the first time come in the order of their stores.
for i in range(250):
    if i == 120:
        late_first = i
    if i == 110:
        late_second = i
    if i > 120:
        late_first += 1
        late_second += 2
    late_deleted = i
print([name for name in globals() if name.startswith("late")], late_first, late_second)

for i in range(200):
    late_deleted += 1
    if i % 60 == 10:
        del late_deleted
        late_deleted = 0
print(late_deleted, list(globals())[-3:])

# Builtins come and go.
for i in range(300):
    size = abs(i - 10)
    if i == 100:
        abs = float
    if i == 200:
        del abs
print(size, type(size))

# Finalizers look, too, and what they run is another store.


class Final:
    def __init__(self, number):
        self.number = number

    def __del__(self):
        global finished
        finished += self.number
        finals.append((finished, i, marked))


finished = marked = 0
finals = []
thing = None
for i in range(250):
    marked = i * 2
    thing = Final(i) if i % 40 == 7 else thing
    marked += 1
    finished += 1
    if i % 60 == 50:
        thing = None
print(finished, finals, marked)
finals.clear()
for i in range(250):
    marked = i
    replaced = Final(1) if i % 50 == 20 else i
    marked += 1
print(finished, finals, replaced, marked)

# Exceptions in the middle.
reached = 0
for attempt in range(5):
    try:
        for i in range(200):
            reached = reached + 1
            quotient = 1000 // (180 - attempt * 10 - i)
    except ZeroDivisionError as error:
        print(error, i, reached, quotient)
    else:
        print("no error", i)


def fails(limit):
    global inner
    for inner in range(300):
        if inner == limit:
            raise KeyError(inner)


print(outcome(fails, 250), inner)

# Nested loops, with a break and an else.
found = tried = 0
for row in range(40):
    for column in range(40):
        tried += 1
        if row * column == 391:
            found = (row, column)
            break
    else:
        continue
    break
print(found, tried, row, column)

# Strings, None and bools are plain data as well.
text = ""
state = None
switch = False
for i in range(300):
    text = "even" if i % 2 == 0 else "odd"
    switch = not switch
    state = None if switch else i
print(text, state, switch)

# Reference counts of what is stored.
shared = 12345.678
copies = []
for i in range(200):
    held = shared
    if i % 50 == 0:
        copies.append(sys.getrefcount(shared))
print(copies, held is shared)
print(sorted(name for name in globals() if not name.startswith("_")))
