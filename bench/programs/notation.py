# SPDX-License-Identifier: MIT
"""A parser and a printer for a JSON-like notation: methods, exceptions for errors, strings."""
SIZE = 350


class NotationError(Exception):
    pass


class Parser:
    def __init__(self, source):
        self.source = source
        self.at = 0

    def fail(self, wanted):
        raise NotationError(f"{wanted} expected at {self.at}")

    def skip_space(self):
        source = self.source
        while self.at < len(source) and source[self.at] in " \n":
            self.at += 1

    def peek(self):
        self.skip_space()
        return self.source[self.at] if self.at < len(self.source) else ""

    def take(self, char):
        if self.peek() != char:
            self.fail(repr(char))
        self.at += 1

    def value(self):
        char = self.peek()
        if char == "{":
            return self.mapping()
        if char == "[":
            return self.sequence()
        if char == '"':
            return self.text()
        if char == "-" or char.isdigit():
            return self.number()
        for word, constant in (("true", True), ("false", False), ("null", None)):
            if self.source.startswith(word, self.at):
                self.at += len(word)
                return constant
        self.fail("a value")

    def mapping(self):
        result = {}
        self.take("{")
        while self.peek() != "}":
            key = self.text()
            self.take(":")
            result[key] = self.value()
            if self.peek() == ",":
                self.at += 1
        self.take("}")
        return result

    def sequence(self):
        result = []
        self.take("[")
        while self.peek() != "]":
            result.append(self.value())
            if self.peek() == ",":
                self.at += 1
        self.take("]")
        return result

    def text(self):
        self.take('"')
        pieces = []
        while True:
            if self.at >= len(self.source):
                self.fail("the end of a string")
            char = self.source[self.at]
            self.at += 1
            if char == '"':
                return "".join(pieces)
            if char == "\\":
                char = self.source[self.at]
                self.at += 1
            pieces.append(char)

    def number(self):
        start = self.at
        while self.at < len(self.source) and self.source[self.at] in "-+.eE0123456789":
            self.at += 1
        word = self.source[start : self.at]
        try:
            return int(word)
        except ValueError:
            return float(word)


def show(value):
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case list():
            return "[" + ", ".join([show(item) for item in value]) + "]"
        case dict():
            return "{" + ", ".join([f"{show(key)}: {show(item)}" for key, item in value.items()]) + "}"
    raise NotationError(f"{type(value).__name__} cannot be written")


def sample(seed):
    rows = [
        {"id": row, "name": f"row \"{row}\"", "values": [row * 1.5, -row, seed], "flags": [True, False, None]}
        for row in range(60)
    ]
    return {"seed": seed, "rows": rows, "empty": [{}, []]}


def main(size):
    length, errors = 0, 0
    for seed in range(size):
        data = sample(seed)
        source = show(data)
        if Parser(source).value() != data:
            raise NotationError("what was read is not what was written")
        length += len(source)
        for cut in range(1, 400, 40):
            try:
                Parser(source[:cut]).value()
            except NotationError:
                errors += 1
    return length, errors
