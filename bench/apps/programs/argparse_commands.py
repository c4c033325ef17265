# SPDX-License-Identifier: MIT
"""A command line with subcommands, parsed by argparse again and again; every few turns a new parser, and its help."""
import argparse
import sys


def make_parser():
    parser = argparse.ArgumentParser(prog="store", description="Keeps files.", exit_on_error=False)
    parser.add_argument("--verbose", "-v", action="count", default=0, help="say more")
    parser.add_argument("--root", metavar="FOLDER", default=".", help="where the files are")
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="add files", exit_on_error=False)
    add.add_argument("files", nargs="+")
    add.add_argument("--tag", "-t", action="append", default=[])
    add.add_argument("--level", type=int, choices=range(10), default=5)
    find = commands.add_parser("find", help="find files", exit_on_error=False)
    find.add_argument("pattern")
    find.add_argument("--limit", type=int, default=10)
    which = find.add_mutually_exclusive_group()
    which.add_argument("--newest", action="store_true")
    which.add_argument("--oldest", action="store_true")
    return parser


LINES = [
    "-vv --root /srv add one.txt two.txt -t red --tag=blue --level 3",
    "find *.txt --limit=4 --newest",
    "--verbose add three.txt",
    "find x --limit many",
]


def main(size):
    parser = make_parser()
    total = refused = 0
    for turn in range(size):
        if turn % 200 == 0:
            parser = make_parser()
            total += len(parser.format_help())
        try:
            parsed = parser.parse_args(LINES[turn % 4].split())
        except argparse.ArgumentError:
            refused += 1
        else:
            total += parsed.verbose + len(parsed.root) + len(vars(parsed))
    print(total, refused)


if __name__ == "__main__":
    main(int(sys.argv[1]))
