# SPDX-License-Identifier: MIT
"""Settings in YAML, read, merged and written by PyYAML's own parser."""
import sys
import zlib

import yaml

TEXT = """\
# what a service is told
defaults: &defaults
  retries: 3
  timeout: 2.5
  hosts: [alpha, beta, "gamma: delta"]
service:
  <<: *defaults
  name: number {turn}
  since: 2021-03-04
  enabled: yes
  text: |
    some lines
      of text, {turn}
  folded: >-
    these are
    one line
limits:
"""


def document(turn):
    lines = [f"  - {{name: limit{number}, low: {number}, high: {number * 1.5}, none: ~}}" for number in range(10)]
    return TEXT.format(turn=turn) + "\n".join(lines) + "\n"


def merged(left, right):
    if isinstance(left, dict) and isinstance(right, dict):
        return {key: merged(left.get(key), right.get(key, left.get(key))) for key in {**left, **right}}
    return right


def main(size):
    settings, checksum = {}, 0
    for turn in range(size):
        settings = merged(settings, yaml.safe_load(document(turn)))
        settings[f"seen{turn % 5}"] = [turn, turn / 4, str(turn)]
        checksum = zlib.crc32(yaml.safe_dump(settings, default_flow_style=bool(turn % 2)).encode(), checksum)
    print(settings["service"], checksum)


if __name__ == "__main__":
    main(int(sys.argv[1]))
