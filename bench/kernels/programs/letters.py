# SPDX-License-Identifier: MIT
"""Characters of a sentence, one by one, by their kind."""
SIZE = 1_100_000


def letters(size):
    sentence = "In 1969, 2 men walked on the Moon."
    vowels = digits = others = 0
    for _ in range(size):
        for letter in sentence:
            if letter in "aeiou":
                vowels += 1
            elif "0" <= letter <= "9":
                digits += 1
            else:
                others += 1
    return vowels * 10000 + digits * 100 + others
