# SPDX-License-Identifier: MIT
"""Building strings: concatenation, formatting, joining, searching, ciphers, character tables."""
SIZE = 6_000

ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def shifted(text, key):
    result = ""
    for index, char in enumerate(text):
        position = ALPHABET.find(char)
        if position < 0:
            result += char
        else:
            result += ALPHABET[(position + ord(key[index % len(key)])) % 26]
    return result


def is_palindrome(word):
    left, right = 0, len(word) - 1
    while left < right:
        if word[left] != word[right]:
            return False
        left += 1
        right -= 1
    return True


def table(rows):
    lines = []
    for number, row in enumerate(rows):
        cells = [f"{cell:>6}" if isinstance(cell, int) else f"{cell:<8}" for cell in row]
        lines.append(f"{number:03d} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def run_lengths(text):
    pieces, previous, count = [], "", 0
    for char in text + "\0":
        if char == previous:
            count += 1
            continue
        if count:
            pieces.append(previous if count == 1 else f"{count}{previous}")
        previous, count = char, 1
    return "".join(pieces)


def main(size):
    text = "the quick brown fox jumps over the lazy dog and runs away, otto and anna level the radar "
    length, found = 0, 0
    for round_ in range(size):
        secret = shifted(text * 3, ALPHABET[round_ % 20 : round_ % 20 + 5])
        found += sum(is_palindrome(word) for word in (text * 4).split())
        rows = [(word, len(word), word.upper(), secret.count(word[0])) for word in text.split()]
        length += len(table(rows)) + len(run_lengths("aaabccdd" * 40 + secret))
    return length, found
