# SPDX-License-Identifier: MIT
# compiled: count spin work
# Threads that share the interpreter: none starves, none sees another's numbers, a flag set elsewhere is seen.
import sys
import threading
import time

sys.setswitchinterval(1e-5)
results = {}
stop = False
ready = 0


def count(n, step):
    total = 0
    for i in range(n):
        total = total + step
    return total


def spin():
    rounds = 0
    while not stop:
        rounds = rounds + 1
    return rounds


def work(n, seed):
    x = seed
    y = 0.5
    for i in range(n):
        x = (x * 1103515245 + 12345) % 2147483648
        y = y * 0.5 + x / 2147483648
    return x + y


def run(name, function, *arguments):
    results[name] = function(*arguments)


def start(name, function, *arguments):
    thread = threading.Thread(target=run, args=(name, function, *arguments))
    thread.start()
    return thread


threads = [start(("count", k), count, 30000, k) for k in range(4)]
threads += [start(("work", k), work, 20000, k) for k in range(4)]
spinner = start("spin", spin)
time.sleep(0.02)
for thread in threads:
    thread.join()
stop = True
spinner.join(20)
print(spinner.is_alive(), results.pop("spin") > 0)
for name in sorted(results):
    print(name, results[name], results[name] == (count(30000, name[1]) if name[0] == "count" else work(20000, name[1])))
stop = False
spinner = start("spin", spin)
begin = time.monotonic()
for _ in range(20):
    time.sleep(0.001)
stop = True
spinner.join(20)
print(spinner.is_alive(), time.monotonic() - begin < 10)
