# SPDX-License-Identifier: MIT
# compiled: add twice awaits_nonsense iterates waits agen consumes gives enters_badly async_reader writer comprehensions main Suspend.__await__
# Coroutines and asynchronous generators: awaiting, asynchronous loops, comprehensions and context managers, closing,
# throwing, errors; programs of asyncio.
import asyncio
import sys
import types

from observing import describe, outcome

log = []
note = log.append


def shown():
    text = ", ".join(str(item) for item in log)
    log.clear()
    return text


class Suspend:
    """Awaiting it suspends: what is sent is the result."""

    def __init__(self, value):
        self.value = value

    def __await__(self):
        return (yield self.value)


def drive(coroutine, *sent):
    """Runs a coroutine and answers what it yields with `sent`, exceptions being thrown."""
    results = []
    answers = [None, *sent]
    for answer in answers:
        try:
            if isinstance(answer, BaseException):
                results.append(coroutine.throw(answer))
            else:
                results.append(coroutine.send(answer))
        except StopIteration as stop:
            return results, "returned", stop.value
        except BaseException as error:
            return results, describe(error)
    frame = coroutine.cr_frame
    results.append((coroutine.cr_running, coroutine.cr_suspended, frame.f_lineno - frame.f_code.co_firstlineno))
    coroutine.close()
    return results, "closed"


async def add(a, b):
    return a + b


async def twice(a):
    x = await add(a, 1)
    y = await add(x, x)
    return x * y


async def waits(a):
    try:
        got = await Suspend(a)
        note(got)
        got = await Suspend(got)
    except ValueError:
        note("caught")
        got = await Suspend("in handler")
    finally:
        note("finally")
    return got


async def awaits_nonsense(what):
    return await what


class Items:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        await Suspend(f"item {self.n}")
        return self.n


async def iterates(items):
    total = 0
    async for item in items:
        total = total * 10 + item
    else:
        note("else")
    return total


async def agen(n):
    try:
        for i in range(n):
            got = yield i
            if got is not None:
                note(got)
            await Suspend(i)
    finally:
        note("agen ends")


async def consumes(n):
    total = 0
    async for item in agen(n):
        total = total + item
    return total


class Manager:
    def __init__(self, swallow):
        self.swallow = swallow

    async def __aenter__(self):
        await Suspend("enter")
        return 5

    async def __aexit__(self, kind, value, traceback):
        await Suspend(f"exit {kind and kind.__name__}")
        return self.swallow


async def gives(manager, x):
    async with manager as value:
        value = value // x
    return value


async def enters_badly(manager):
    async with manager:
        return 1


async def comprehensions(n):
    a = [x async for x in agen(n)]
    b = {x: y for x in a for y in [await add(x, 1)]}
    c = [x async for x in Items(3) if await add(x, 0)]
    return a, b, c, [y async for y in (x * 2 async for x in agen(2))]


@types.coroutine
def old_style(n):
    got = yield n
    return got


class Bad:
    def __init__(self, result):
        self.result = result

    def __await__(self):
        return self.result

    def __aiter__(self):
        return self.result

    def __aenter__(self):
        return self.result

    def __aexit__(self, *arguments):
        return self.result


class BadNext:
    def __aiter__(self):
        return self

    def __anext__(self):
        return 5


print(drive(add(1, 2)), drive(twice(3)), drive(add("a", 2)))
for sent in ((), (1,), (1, 2), (ValueError("v"),), (1, ValueError("v")), (KeyError("k"),), (ValueError("v"), 7)):
    print(drive(waits(9), *sent), shown())
    print(drive(awaits_nonsense(waits(8)), *sent), shown())
    print(drive(awaits_nonsense(old_style(8)), *sent), shown())
    print(drive(iterates(Items(2)), *sent), shown())
    print(drive(consumes(3), *sent), shown())
    for swallow in (False, True):
        for x in (1, 0):
            print(drive(gives(Manager(swallow), x), *sent), shown())
for thing in (5, None, "text", Bad(5), Bad(iter([1])), Bad(None), Items(1), BadNext(), object()):
    print(drive(awaits_nonsense(thing)), drive(iterates(thing)), drive(enters_badly(thing)))
awaited = waits(1)
awaited.send(None)
print(drive(awaits_nonsense(awaited)))
awaited.close()
print(drive(comprehensions(3), *range(20)), shown())
finished = add(1, 2)
print(drive(finished), drive(finished))
coroutine = waits(3)
print(coroutine.__name__, type(coroutine).__name__, coroutine.cr_await, coroutine.send(None), type(coroutine.cr_await).__name__, coroutine.cr_origin)
coroutine.close()
sys.set_coroutine_origin_tracking_depth(3)
coroutine = add(1, 2)
print([(name, line > 0) for _, line, name in coroutine.cr_origin])
sys.set_coroutine_origin_tracking_depth(0)
coroutine.close()


async def async_generator_protocol():
    generator = agen(3)
    results = [await generator.asend(None), await generator.asend("sent")]
    try:
        await generator.athrow(KeyError("thrown"))
    except KeyError as error:
        results.append(str(error))
    results.append(outcome(list, [type(generator).__name__, generator.ag_running]))
    other = agen(3)
    async for item in other:
        break
    await other.aclose()
    return results


print(drive(async_generator_protocol(), *range(10)), shown())


async def stops(kind):
    yield 1
    raise kind("inside")


async def all_of(generator):
    return [item async for item in generator]


for kind in (StopAsyncIteration, StopIteration, KeyError, GeneratorExit):
    print(drive(all_of(stops(kind))))


async def async_reader(queue, results):
    while True:
        item = await queue.get()
        if item is None:
            return results
        results.append(item * item)


async def writer(queue, n):
    for i in range(n):
        await queue.put(i)
        if i % 3 == 0:
            await asyncio.sleep(0)
    await queue.put(None)


async def main():
    queue = asyncio.Queue(2)
    squares, _ = await asyncio.gather(async_reader(queue, []), writer(queue, 20))
    results = [sum(squares)]
    task = asyncio.create_task(asyncio.sleep(100))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        results.append("cancelled")
    try:
        async with asyncio.timeout(0.001):
            await asyncio.sleep(100)
    except TimeoutError:
        results.append("timed out")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(failing("a"))
            group.create_task(failing("b"))
    except* ValueError as errors:
        results.append([str(error) for error in errors.exceptions])
    return results


async def failing(text):
    await asyncio.sleep(0)
    raise ValueError(text)


print(asyncio.run(main()))
