# SPDX-License-Identifier: MIT
# compiled: show
# A conditional expression at the top level that leaves a name as it is, and whose value is read behind it.


def show(*values):
    print(*values)


start = 2
changed, one, chooser = (2, 2, 1)
chosen = -0.25
first = start
turns = 3
while turns > 0:
    turns -= 1
    if first >= 2:
        continue
    if 2 != one:
        pass
    else:
        chosen = -0.0 if chooser >= 2 else chosen
        changed = -chosen
show(changed, chosen, turns)
