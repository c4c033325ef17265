# SPDX-License-Identifier: MIT
# compiled: add subtract multiply divide floor_divide modulo power negate invert less equal mixed_less shift_left shift_right
# compiled: times_three times_minus_two times_big less_constant chained truth not_truth absolute divided_by_four
# compiled: rest_of_eight int_of_minus_one true_quotient rest_of_minus_three bits to_float bounds squared quotient_and_rest
# Each function is trained with small numbers until it is optimised, hit with numbers at which representations change and
# with other types, trained again, and hit again.
from observing import outcome, warm


def add(a, b): return a + b
def subtract(a, b): return a - b
def multiply(a, b): return a * b
def divide(a, b): return a / b
def floor_divide(a, b): return a // b
def modulo(a, b): return a % b
def power(a, b): return a ** 2, b
def shift_left(a, b): return a << (b & 63)
def shift_right(a, b): return a >> (b & 63)
def bits(a, b): return a & b, a | b, a ^ b
def less(a, b): return (a < b, a <= b, a > b, a >= b)
def equal(a, b): return (a == b, a != b)
def mixed_less(a, b): return (a < b + 0.5, a <= b * 1.0, a == b * 1.0, a != b + 0.0, b * 1.0 > a)
def chained(a, b): return -5 < a <= b < 1000000
def times_three(a, b): return a * 3 + a * 3 - b
def times_minus_two(a, b): return -2 * a - b + -2 * a
def times_big(a, b): return a * 4611686018427387904 - b * 2305843009213693952
def less_constant(a, b): return (a < 9007199254740993, 9007199254740993.0 <= a, b > 4611686018427387904)
def negate(a, b): return -a, -(-b), -a - b
def invert(a, b): return ~a, ~(a + b)
def truth(a, b): return 1 if a else 2 if b else 3
def not_truth(a, b): return not a, not a - b
def absolute(a, b): return abs(a), abs(a - b)
def divided_by_four(a, b): return a // 4, b // -4
def rest_of_eight(a, b): return a % 8, b % -8
def int_of_minus_one(a, b): return a // -1, b % -1
def true_quotient(a, b): return (a + 1) / (b * b + 1)
def rest_of_minus_three(a, b): return a % -3, b // 7, a % 1000000007
def to_float(a, b): return float(a), a * 1.0, a + 0.0, b - 0.5
def bounds(a, b): return (min(a, b), max(a, b)) if a < b else (b, a)
def squared(a, b): return a * a - b * b
def quotient_and_rest(a, b): return divmod(a, b)


class Length(int):
    pass


class Share(float):
    def __add__(self, other):
        return "share"


FUNCTIONS = [value for value in list(globals().values()) if type(value) is type(add) and value not in (outcome, warm)]
BITS = (30, 53, 61, 62, 63, 64)
EDGES = [sign * (1 << bits) + delta for bits in BITS for sign, delta in ((1, -1), (1, 0), (1, 1), (-1, 0), (-1, -1))]
EDGES += [0, -1, float("nan"), -0.0, 0.0, float("inf"), -float("inf"), 5e-324, 2.0**53, 2.0**63, True, False]
EDGES += [Length(2**62), Share(1.5), Length(3)]

for function in FUNCTIONS:
    for number in range(2):
        warm(function, 7, 3, times=220)
        warm(function, -6, 4, times=20)
        for edge in EDGES:
            # The small operand keeps one guess right while the other fails.
            print(function.__name__, outcome(function, edge, 3), outcome(function, -7, edge))
            warm(function, 5, 2, times=2)
        print(function.__name__, [outcome(function, edge, edge) for edge in EDGES])
