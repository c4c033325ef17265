# SPDX-License-Identifier: MIT
"""The permutation that needs most prefix reversals: list slices and small integers."""
SIZE = 9


def flips(cards):
    count = 0
    while cards[0]:
        first = cards[0]
        cards[: first + 1] = cards[first::-1]
        count += 1
    return count


def permutations(items):
    """Heap's algorithm, without recursion."""
    items = list(items)
    counters = [0] * len(items)
    yield items
    index = 0
    while index < len(items):
        if counters[index] < index:
            other = counters[index] if index % 2 else 0
            items[other], items[index] = items[index], items[other]
            yield items
            counters[index] += 1
            index = 0
        else:
            counters[index] = 0
            index += 1


def main(size):
    most = 0
    checksum = 0
    for number, cards in enumerate(permutations(range(size))):
        count = flips(cards[:])
        most = max(most, count)
        checksum += count if number % 2 == 0 else -count
    return most, checksum
