# SPDX-License-Identifier: MIT
"""Errors as control flow: raise, except by class, else, finally, chaining, context managers."""
SIZE = 500_000


class Refused(Exception):
    def __init__(self, amount):
        super().__init__(f"{amount} is too much")
        self.amount = amount


class Missing(KeyError):
    pass


class Account:
    def __init__(self):
        self.balance = 100
        self.log = []

    def __enter__(self):
        self.log.append(self.balance)
        return self

    def __exit__(self, kind, error, trace):
        before = self.log.pop()
        if kind is Refused:
            self.balance = before
            return True
        return False

    def withdraw(self, amount):
        if amount > self.balance:
            raise Refused(amount)
        self.balance -= amount


def find(table, key):
    try:
        return table[key]
    except KeyError as error:
        raise Missing(key) from error


def attempt(account, amount, table, key):
    steps = 0
    try:
        with account:
            account.withdraw(amount // 2)
            account.withdraw(amount // 2)
            steps += 1
        steps += find(table, key)
    except Missing as error:
        steps += 10 if isinstance(error.__cause__, KeyError) else 0
    except (ValueError, TypeError):
        steps += 1000
    else:
        steps += 2
    finally:
        account.balance += 3
    return steps


def main(size):
    account = Account()
    table = {number: number % 3 for number in range(0, 50, 2)}
    return sum(attempt(account, number % 23, table, number % 50) for number in range(size)), account.balance
