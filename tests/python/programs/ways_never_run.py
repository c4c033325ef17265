# SPDX-License-Identifier: MIT
# compiled: branches nested with_values in_try called calls_late raises_late unbinds grows counts makes summed
# Ways that code goes for the first time when it has been compiled: with values on the value stack, unboxed numbers in
# registers, in inlined callees, out of several loops, in generators; and again and again.
from observing import outcome


def branches(n, late):
    small = 0
    seen = []
    scale = 0.5
    for i in range(n):
        small = small + i
        scale = scale * 1.0001 + 0.25
        if i == late:
            seen.append((i, small, scale))
            small = small.bit_length()
        elif i > late and i % 7 == 0:
            seen.extend([small, scale])
            scale = int(scale)
    if late >= n:
        seen.append("never")
    return small, scale, seen


def nested(n, late):
    found = []
    for i in range(n):
        for j in range(6):
            if i * 6 + j == late:
                found.append([i, j])
                break
        else:
            if i > n - 3:
                found.insert(0, i)
            continue
        if len(found) > 50:
            return found
        for k in range(3):
            found.append(k * i)
    return found


def with_values(n, late):
    result = []
    for i in range(n):
        result.append((i, i * 2.5, [i, "text" if i < late else str(i).rjust(4), i + 1]))
    return result[late - 2 : late + 3], len(result)


def in_try(n, late):
    log = []
    for i in range(n):
        try:
            if i >= late:
                log.append(1 // (i - late))
        except ZeroDivisionError as error:
            log.append(str(error))
        finally:
            if i == late + 1:
                log.append("finally")
    return log


class Counter:
    def __init__(self, start=0, text=None):
        self.value = start
        if text is not None:
            self.text = text.upper()

    def add(self, amount):
        if amount < 0:
            self.value = repr(self.value)
            raise ValueError(amount)
        self.value = self.value + amount
        return self.value

    def limited(self, amount, limit):
        if self.add(amount) > limit:
            self.value = self.value - limit
            return [self.value, amount]
        return self.value


def called(n, late):
    counter = Counter()
    found = []
    for i in range(n):
        value = counter.limited(i, 10**6 if i < late else 100)
        if i > late + 2:
            found.append(value)
    return found[:5], counter.value


def calls_late(n, late):
    counter = Counter(3)
    for i in range(n):
        counter.add(1 if i != late else -1)
    return counter.value


def makes(n, late):
    texts = []
    for i in range(n):
        made = Counter(i) if i != late else Counter(i, "late")
        if made.value == late:
            texts.append(made.text)
    return texts


def raises_late(n, late):
    total = 0
    for i in range(n):
        if i == late:
            raise LookupError(total, i)
        total += i
    return total


def unbinds(n, late):
    for i in range(n):
        value = i
        if i == late:
            del value
        elif i == late + 3:
            other = i
    return value, other


def grows(n, late):
    total = 1
    for i in range(n):
        if i >= late:
            total = total << 5
        total = total + 3
    return total


def counts(n, late):
    count = 0
    while count < n:
        count += 1
        if count > late:
            while count % 5:
                count += 1
            if count % 15 == 0:
                count += 1.0
    return count


def generated(n, late):
    for i in range(n):
        if i == late:
            got = yield "late", [i]
            yield got
        if i > late:
            yield from (i, i * i)
        yield i


def summed(n, late):
    total = 0
    for value in generated(n, late):
        if type(value) is not int:
            total = f"{total}{value}"
        elif isinstance(total, str):
            total += str(value)
        else:
            total += value
    return total if isinstance(total, int) else total[-40:]


functions = branches, nested, with_values, in_try, called, calls_late, makes, raises_late, unbinds, grows, counts, summed
for function in functions:
    for late in (60, 200, 25):
        print(function.__name__, late, outcome(function, 120, late))
