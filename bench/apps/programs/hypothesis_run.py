# SPDX-License-Identifier: MIT
"""Tests with hypothesis, run by pytest in this process: a small module and properties of it."""
import contextlib
import io
import pathlib
import re
import sys

import pytest

MODULE = '''\
"""Run lengths, intervals and a queue."""


def encode(text):
    runs = []
    for letter in text:
        if runs and runs[-1][0] == letter:
            runs[-1][1] += 1
        else:
            runs.append([letter, 1])
    return runs


def decode(runs):
    return "".join(letter * count for letter, count in runs)


def union(intervals):
    joined = []
    for low, high in sorted(intervals):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined
'''
TESTS = """\
import pytest
from hypothesis import HealthCheck, given, seed, settings, strategies as st
from runs import decode, encode, union

few = settings(max_examples={examples}, database=None, deadline=None, suppress_health_check=list(HealthCheck))
interval = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda pair: (min(pair), max(pair)))


@pytest.fixture
def short():
    return "aab"


@few
@seed(1)
@given(st.text(alphabet="abc"))
def test_round_trip(text):
    assert decode(encode(text)) == text


@few
@seed(2)
@given(st.lists(interval, max_size=8))
def test_union(intervals):
    covered = {{point for low, high in intervals for point in range(low, high + 1)}}
    assert covered == {{point for low, high in union(intervals) for point in range(low, high + 1)}}


@few
@seed(3)
@given(st.dictionaries(st.sampled_from("abc"), st.floats(allow_nan=False), min_size=1))
def test_largest(numbers):
    assert max(numbers.values()) in numbers.values()


@pytest.mark.parametrize("count", range(20))
def test_short(short, count):
    assert encode(short * count)[:1] == ([["a", 2]] if count else [])
"""


def main(size):
    pathlib.Path("runs.py").write_text(MODULE)
    pathlib.Path("test_runs.py").write_text(TESTS.format(examples=size))
    sys.path.insert(0, ".")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = pytest.main(["-q", "-p", "no:cacheprovider", "test_runs.py"])
    print(int(status), re.search(r"\d+ passed", said.getvalue()).group())


if __name__ == "__main__":
    main(int(sys.argv[1]))
