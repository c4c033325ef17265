# SPDX-License-Identifier: MIT
"""A manual: reStructuredText by docutils, its examples coloured by Pygments, written as HTML."""
import sys
import zlib

from docutils.core import publish_parts
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

EXAMPLES = {
    "python": "class Point:\n    def __init__(self, x=0.5):\n        self.x = x  # a number\n\n    async def f(self):\n"
    "        return [f'{y!r:>{8}}' async for y in self if y not in (None, 0x1F)]\n",
    "c": '#include <stdio.h>\nstatic const char *names[] = {"a\\n", 0};\n'
    "int main(void) { return names[0] ? 1 : 0x10UL; }\n",
    "json": '{"numbers": [1, 2.5e3, -4], "nested": {"text": "\\u00e9", "none": null, "yes": true}}\n',
    "html": '<div class="a"><p>text &amp; more</p><script>var x = 1 + "2";</script></div>\n',
}
CHAPTER = """\
Chapter {number}
===========

Some *emphasis*, **strong** words, ``literals`` and a `link <https://example.org/{number}>`_ [#note]_.

1. first
2. second, with

   * a list
   * inside

======  =======  =====
name    value    unit
======  =======  =====
speed   {number}        m/s
length  12       m
======  =======  =====

.. note:: Do not read this while driving.

Term
    its meaning, in |place|

.. |place| replace:: this place
.. [#note] A footnote.
"""


def main(size):
    formatter = HtmlFormatter(linenos="table", cssclass="code")
    length = checksum = 0
    for number in range(size):
        parts = [publish_parts(CHAPTER.format(number=number), writer_name="html5")["body"]]
        for language, source in EXAMPLES.items():
            parts.append(highlight(source * 3, get_lexer_by_name(language), formatter))
        text = "".join(parts)
        length += len(text)
        checksum = zlib.crc32(text.encode(), checksum)
    print(length, checksum)


if __name__ == "__main__":
    main(int(sys.argv[1]))
