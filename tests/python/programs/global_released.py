# SPDX-License-Identifier: MIT
# compiled: renew release
# A number is stored to a global name over an object that looks at other names when it dies: neither store may wait.


class Noting:
    def __del__(self):
        notes.append((steps, type(holder).__name__))


def renew():
    global holder
    holder = Noting()


notes = []
steps = 0
holder = Noting()
for i in range(60):
    steps += 1
    holder = i
    steps += 1
    renew()
print(steps, notes)


def release(limit):
    global steps, holder
    for i in range(limit):
        for k in range(2):
            steps += 1
            holder = k
            steps += 1
        renew()


notes.clear()
release(60)
print(steps, notes)
holder = None
print(notes[-1])
