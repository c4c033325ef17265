# SPDX-License-Identifier: MIT
"""Road maps with networkx: shortest ways, centrality, spanning trees, components, colours."""
import sys

import networkx as nx


def road_map(seed):
    graph = nx.connected_watts_strogatz_graph(120, 6, 0.2, seed=seed)
    for number, (start, end) in enumerate(sorted(graph.edges)):
        graph.edges[start, end]["length"] = 1 + number * 37 % 23
    return graph


def study(graph):
    lengths = dict(nx.all_pairs_dijkstra_path_length(graph, cutoff=30, weight="length"))
    between = nx.betweenness_centrality(graph)
    ranks = nx.pagerank(graph)
    tree = nx.minimum_spanning_tree(graph, weight="length")
    colours = nx.greedy_color(graph, strategy="largest_first")
    way = nx.astar_path(graph, 0, 60, weight="length")
    return [
        sum(map(len, lengths.values())),
        max(between, key=between.get),
        max(ranks, key=ranks.get),
        int(tree.size(weight="length")),
        max(colours.values()),
        len(way),
        nx.number_of_nodes(nx.k_core(graph, 3)),
        nx.diameter(graph),
    ]


def main(size):
    totals = [sum(column) for column in zip(*(study(road_map(seed)) for seed in range(size)))]
    print(*totals)


if __name__ == "__main__":
    main(int(sys.argv[1]))
