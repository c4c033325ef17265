# SPDX-License-Identifier: MIT
"""Counting and sorting words: strings, dictionaries, sorting by key."""
SIZE = 75

VOWELS = "aeiou"
CONSONANTS = "bcdfghklmnprstvz"


def text(seed, count):
    words = []
    state = seed
    for _ in range(count):
        word = ""
        for _ in range(1 + state % 3):
            state = (state * 1103515245 + 12345) % 2147483648
            word += CONSONANTS[state // 65536 % 16] + VOWELS[state // 7 % 5]
        words.append(word)
    return " ".join(words) + "."


def count_words(sentence):
    counts = {}
    for word in sentence.lower().replace(".", " ").split():
        counts[word] = counts.get(word, 0) + 1
    return counts


def longest_common_prefix(words):
    best = ""
    for left, right in zip(words, words[1:]):
        length = 0
        for a, b in zip(left, right):
            if a != b:
                break
            length += 1
        if length > len(best):
            best = left[:length]
    return best


def main(size):
    answers = []
    for seed in range(size):
        counts = count_words(text(seed + 1, 6000))
        common = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
        initials = {}
        for word in counts:
            initials.setdefault(word[0], []).append(word)
        sizes = sorted((len(group), letter) for letter, group in initials.items())
        answers.append((common, sizes[-1], longest_common_prefix(sorted(counts))))
    return answers[-1], len(answers)
