# SPDX-License-Identifier: MIT
"""The log of a web server with the standard library alone: regular expressions, dates, counters, CSV and JSON."""
import collections
import csv
import datetime
import io
import json
import random
import re
import statistics
import sys
import urllib.parse

LINE = re.compile(
    r'(?P<host>[\d.]+) - (?P<user>\S+) \[(?P<time>[^\]]+)\] "(?P<verb>[A-Z]+) (?P<target>\S+) HTTP/1\.1" '
    r'(?P<status>\d{3}) (?P<bytes>\d+|-) "(?P<agent>[^"]*)"'
)


def write_log(count):
    chooser = random.Random(5)
    moment = datetime.datetime(2022, 5, 6, 7, 8, 9)
    for number in range(count):
        moment += datetime.timedelta(seconds=chooser.random() * 10)
        target = chooser.choice(["/", "/search?q=some+words&page=", "/img/", "/api/items?sort=name&id="]) + str(
            number % 97
        )
        size = "-" if number % 41 == 0 else chooser.randrange(100, 90000)
        user = chooser.choice(["-", "anna", "bert"])
        yield (
            f'10.0.{number % 7}.{number % 211} - {user} [{moment:%d/%b/%Y:%H:%M:%S} +0000] "GET {target} HTTP/1.1" '
            f'{chooser.choice([200, 200, 200, 304, 404, 500])} {size} "agent/{number % 5}.0 (some system)"'
        )


def read_log(lines):
    for line in lines:
        entry = LINE.match(line).groupdict()
        entry["time"] = datetime.datetime.strptime(entry["time"], "%d/%b/%Y:%H:%M:%S %z")
        parts = urllib.parse.urlsplit(entry.pop("target"))
        entry["path"], entry["query"] = parts.path.rstrip("0123456789"), urllib.parse.parse_qs(parts.query)
        entry["bytes"] = 0 if entry["bytes"] == "-" else int(entry["bytes"])
        yield entry


def analyse(entries):
    by_path = collections.defaultdict(list)
    statuses, words, hours = collections.Counter(), collections.Counter(), collections.Counter()
    for entry in entries:
        by_path[entry["path"]].append(entry["bytes"])
        statuses[entry["status"]] += 1
        hours[entry["time"].hour] += 1
        for text in entry["query"].get("q", []):
            words.update(text.split())
    rows = [
        {"path": path, "count": len(sizes), "median": statistics.median(sizes), "total": sum(sizes)}
        for path, sizes in sorted(by_path.items())
    ]
    return {
        "rows": rows,
        "statuses": statuses.most_common(),
        "words": words.most_common(3),
        "hours": sorted(hours.items()),
    }


def main(size):
    found = analyse(read_log(write_log(size)))
    table = io.StringIO()
    writer = csv.DictWriter(table, ["path", "count", "median", "total"])
    writer.writeheader()
    writer.writerows(found["rows"])
    print(table.getvalue(), json.dumps(json.loads(json.dumps(found)), indent=1, sort_keys=True))


if __name__ == "__main__":
    main(int(sys.argv[1]))
