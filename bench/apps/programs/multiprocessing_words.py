# SPDX-License-Identifier: MIT
"""Child processes with multiprocessing: a pool counts words of texts, a worker behind a queue adds them up."""
import collections
import multiprocessing
import random
import sys


def make_text(seed):
    chooser = random.Random(seed)
    words = ["".join(chooser.choices("abcdefgh", k=chooser.randint(1, 4))) for _ in range(2000)]
    return " ".join(words)


def count_words(seed):
    counts = collections.Counter()
    for word in make_text(seed).split():
        counts[word.strip("h") or "h"] += 1
    return dict(counts.most_common(20))


def add_up(texts, answers):
    total = collections.Counter()
    while (counts := texts.get()) is not None:
        total.update(counts)
    answers.put(sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))[:8])


def main(size):
    texts, answers = multiprocessing.Queue(), multiprocessing.Queue()
    adder = multiprocessing.Process(target=add_up, args=(texts, answers))
    adder.start()
    with multiprocessing.Pool(2) as pool:
        for counts in pool.imap(count_words, range(size), chunksize=4):
            texts.put(counts)
        pool.close()
        pool.join()
    texts.put(None)
    print(answers.get())
    adder.join()


if __name__ == "__main__":
    main(int(sys.argv[1]))
