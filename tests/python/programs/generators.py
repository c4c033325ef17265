# SPDX-License-Identifier: MIT
# compiled: work consume total
# Generators, interpreted, that call compiled functions, and compiled loops that draw from generators.
from observing import describe, outcome


def work(n):
    total = 0
    for i in range(n):
        total = total + i % 7
    return total


def produce(n):
    for i in range(n):
        received = yield work(i)
        if received:
            yield -received


def consume(items):
    result = 0
    for item in items:
        result = result * 3 + item
    return result


def total(n):
    return consume(produce(n)) + work(n)


def fails(n):
    for i in range(n):
        yield 100 // (n - 1 - i)


def delegating(n):
    result = yield from produce(n)
    yield result


print(total(60) % 1000000007, [outcome(consume, fails(n)) for n in (1, 3)])
generator = produce(50)
print(next(generator), generator.send(5), next(generator), generator.send(None))
try:
    generator.throw(ValueError("thrown in"))
except ValueError as error:
    print(describe(error))
generator.close()
print(outcome(consume, delegating(4)), list(produce(5)), sum(work(i) for i in range(300)))


async def coroutine(n):
    return work(n) + 1


async def both():
    return await coroutine(10) + await coroutine(20)


try:
    both().send(None)
except StopIteration as stop:
    print(stop.value)
