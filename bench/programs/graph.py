# SPDX-License-Identifier: MIT
"""Shortest paths and components: dictionaries of lists, sets, tuples in a heap."""
import heapq

SIZE = 50


def build(count, seed):
    edges = {node: [] for node in range(count)}
    state = seed
    for node in range(count):
        for _ in range(3):
            state = (state * 69069 + 1) % 4294967296
            other = state // 65536 % count
            weight = state // 256 % 29 + 1
            edges[node].append((other, weight))
            edges[other].append((node, weight))
    return edges


def distances(edges, start):
    found = {}
    heap = [(0, start)]
    while heap:
        distance, node = heapq.heappop(heap)
        if node in found:
            continue
        found[node] = distance
        for other, weight in edges[node]:
            if other not in found:
                heapq.heappush(heap, (distance + weight, other))
    return found


def components(edges, most):
    seen, sizes = set(), []
    for start in edges:
        if start in seen:
            continue
        stack, members = [start], {start}
        while stack:
            for other, weight in edges[stack.pop()]:
                if weight <= most and other not in members:
                    members.add(other)
                    stack.append(other)
        seen |= members
        sizes.append(len(members))
    return sorted(sizes, reverse=True)


def main(size):
    answers = []
    for seed in range(size):
        edges = build(2000, seed)
        reached = distances(edges, 0)
        answers.append((len(reached), max(reached.values()), sum(reached.values()), components(edges, 6)[:3]))
    return answers[0], answers[-1], len(answers)
