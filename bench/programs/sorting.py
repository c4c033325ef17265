# SPDX-License-Identifier: MIT
"""Sorting algorithms on lists: subscripts, comparisons, slices, recursion."""
SIZE = 13


def insertion_sort(items):
    for index in range(1, len(items)):
        item = items[index]
        place = index
        while place and items[place - 1] > item:
            items[place] = items[place - 1]
            place -= 1
        items[place] = item


def quick_sort(items):
    if len(items) < 2:
        return items
    pivot = items[len(items) // 2]
    low = [item for item in items if item < pivot]
    high = [item for item in items if item > pivot]
    return quick_sort(low) + [item for item in items if item == pivot] + quick_sort(high)


def merge_sort(items):
    if len(items) <= 8:
        items = items[:]
        insertion_sort(items)
        return items
    middle = len(items) // 2
    left, right = merge_sort(items[:middle]), merge_sort(items[middle:])
    result = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            result.append(left[i])
            i += 1
        else:
            result.append(right[j])
            j += 1
    return result + left[i:] + right[j:]


def heap_sort(items):
    def sink(start, end):
        while (child := 2 * start + 1) < end:
            if child + 1 < end and items[child] < items[child + 1]:
                child += 1
            if items[start] >= items[child]:
                return
            items[start], items[child] = items[child], items[start]
            start = child

    for start in range(len(items) // 2, -1, -1):
        sink(start, len(items))
    for end in range(len(items) - 1, 0, -1):
        items[0], items[end] = items[end], items[0]
        sink(0, end)
    return items


def main(size):
    checksum = 0
    for seed in range(size):
        items = [(number * 7919 + seed * 104729) % 10007 for number in range(9000)]
        expected = sorted(items)
        if not quick_sort(items) == merge_sort(items) == heap_sort(items[:]) == expected:
            raise AssertionError("the algorithms disagree")
        checksum += sum(expected[::1000])
    return checksum
