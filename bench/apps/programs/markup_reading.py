# SPDX-License-Identifier: MIT
"""Web pages read by lxml and by html5lib: links and tables are collected, a cleaned tree is written again."""
import sys
import zlib

import html5lib
from lxml import etree, html

NAMESPACE = "{http://www.w3.org/1999/xhtml}"


def page(turn):
    rows = "".join(f"<tr><td>{turn + row}<td>{row * 3.5:.1f} &euro;<td><b>x<i>y</b>z</i>" for row in range(12))
    links = "".join(f'<p class="c{n % 3}">see <a href=/page/{turn}/{n}>page {n}</a> &amp; more' for n in range(15))
    return f"<!doctype html><title>page {turn}</title><!-- {turn} --><div id=main>{links}<table>{rows}</table></div>"


def by_lxml(text):
    tree = html.fromstring(text)
    links = [link.get("href") for link in tree.xpath("//p[@class='c1']/a")]
    for paragraph in tree.iter("p"):
        paragraph.set("title", paragraph.text_content().strip()[:10])
        for attribute in list(paragraph.attrib):
            if attribute == "class":
                del paragraph.attrib[attribute]
    return links, etree.tostring(tree)


def by_html5lib(text):
    tree = html5lib.parse(text, treebuilder="etree")
    cells = ["".join(cell.itertext()) for cell in tree.iter(f"{NAMESPACE}td")]
    return cells, html5lib.serialize(tree, tree="etree").encode()


def main(size):
    found = checksum = 0
    for turn in range(size):
        text = page(turn)
        for read in (by_html5lib, by_lxml):
            items, written = read(text)
            found += sum(map(len, items))
            checksum = zlib.crc32(written, checksum)
    print(found, checksum)


if __name__ == "__main__":
    main(int(sys.argv[1]))
