# SPDX-License-Identifier: MIT
"""Sales figures with pandas: read from CSV, cleaned, grouped, joined, pivoted, written again, day by day."""
import io
import sys

import numpy as np
import pandas as pd

SHOPS = pd.DataFrame({"shop": range(8), "town": ["Bonn", "Graz", "Bern", "Ulm"] * 2})


def day_file(generator, day):
    count = 200
    lines = ["shop,article,pieces,price,time"]
    for shop, article, pieces, price in zip(
        generator.integers(0, 8, count), generator.integers(0, 30, count),
        generator.integers(1, 9, count), generator.random(count) * 20,
    ):  # fmt: skip
        time = f"2021-{1 + day % 12:02}-{1 + day % 28:02} {shop + 9:02}:15"
        lines.append(f"{shop},A{article:02},{pieces},{price:.2f},{time}")
    return "\n".join(lines)


def day_report(text):
    sales = pd.read_csv(io.StringIO(text), parse_dates=["time"])
    sales = sales[sales["pieces"] > 1].assign(value=lambda frame: frame["pieces"] * frame["price"])
    sales["hour"] = sales["time"].dt.hour
    joined = sales.merge(SHOPS, on="shop", how="left")
    by_town = joined.groupby("town")["value"].agg(["sum", "mean", "count"])
    pivot = joined.pivot_table(index="article", columns="town", values="pieces", aggfunc="sum", fill_value=0)
    best = joined.sort_values("value", ascending=False).head(5)
    kinds = joined["article"].map(lambda article: "low" if article < "A15" else "high").value_counts()
    return by_town, float(pivot.to_numpy().sum() + kinds["low"]), best[["article", "value"]].to_csv(index=False)


def main(size):
    generator = np.random.default_rng(11)
    reports = [day_report(day_file(generator, day)) for day in range(size)]
    print(pd.concat([by_town for by_town, _, _ in reports]).groupby(level=0).sum().round(2))
    print(sum(total for _, total, _ in reports), sum(len(best) for _, _, best in reports))


if __name__ == "__main__":
    main(int(sys.argv[1]))
