# SPDX-License-Identifier: MIT
# compiled: outer inner
# report: none (the process ends with the error)
# An error that nobody catches: standard error and exit status are compared, too.
def inner(n):
    return 10 // (n - n)


def outer(n):
    total = 0
    for i in range(n):
        total = total + i
    return total + inner(n)


print("before", flush=True)
outer(400)
