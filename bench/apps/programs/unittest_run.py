# SPDX-License-Identifier: MIT
"""A test run with unittest: generated modules are discovered and run, with mocks, subtests and failures."""
import io
import pathlib
import sys
import unittest

MODULE = """\
import unittest
from unittest import mock


class Account:
    def __init__(self, bank, balance=0):
        self.bank, self.balance = bank, balance

    def pay(self, amount):
        if amount <= 0:
            raise ValueError("nothing to pay")
        self.balance += amount
        self.bank.booked(amount)


class AccountTest(unittest.TestCase):
    def setUp(self):
        self.bank = mock.Mock(spec=["booked"])
        self.account = Account(self.bank, {number})

    def test_pay(self):
        for amount in range(1, 100):
            with self.subTest(amount=amount):
                self.account.pay(amount)
        self.assertEqual(self.account.balance, {number} + 4950)
        self.assertEqual(self.bank.booked.call_count, 99)

    def test_nothing(self):
        with self.assertRaisesRegex(ValueError, "nothing"):
            self.account.pay(0)

    def test_patched(self):
        with mock.patch.object(Account, "pay", return_value=7) as pay:
            self.assertEqual(self.account.pay(3), 7)
        pay.assert_called_once_with(3)

    def test_long(self):
        self.assertCountEqual([number % 7 for number in range(70)], list(range(7)) * 10)

    def test_wrong(self):
        self.assertEqual({{"a": [1, 2, {number}]}}, {{"a": [1, 3, {number}]}})
"""


def main(size):
    folder = pathlib.Path("cases")
    folder.mkdir()
    for number in range(size):
        (folder / f"test_{number}.py").write_text(MODULE.format(number=number))
    suite = unittest.defaultTestLoader.discover(str(folder))
    result = unittest.TextTestRunner(stream=io.StringIO(), verbosity=2).run(suite)
    print(result.testsRun, len(result.failures), len(result.errors))


if __name__ == "__main__":
    main(int(sys.argv[1]))
