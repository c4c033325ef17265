# SPDX-License-Identifier: MIT
"""Pipelines of generators: yield, yield from, send, generator expressions, close."""
SIZE = 120


def numbers(limit):
    state = 1
    for _ in range(limit):
        state = state * 48271 % 2147483647
        yield state


def grouped(source, count):
    group = []
    for item in source:
        group.append(item)
        if len(group) == count:
            yield group
            group = []
    if group:
        yield group


def flattened(groups):
    for group in groups:
        yield from group


def average():
    total, count, value = 0, 0, None
    while True:
        value = yield value
        total += value
        count += 1
        value = total // count


def merged(left, right):
    a, b = next(left, None), next(right, None)
    while a is not None and b is not None:
        if a <= b:
            yield a
            a = next(left, None)
        else:
            yield b
            b = next(right, None)
    while a is not None:
        yield a
        a = next(left, None)
    while b is not None:
        yield b
        b = next(right, None)


def main(size):
    result = 0
    for round_ in range(size):
        pipeline = flattened(grouped((number >> 3 for number in numbers(20_000)), 7 + round_))
        averages = average()
        next(averages)
        for number in pipeline:
            last = averages.send(number)
        averages.close()
        result += last
        odd = (number for number in range(12_000) if number % 2)
        even = (number for number in range(12_000) if not number % 2)
        result += sum(number * index % 7 for index, number in enumerate(merged(odd, even)))
    return result
