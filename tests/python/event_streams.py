# SPDX-License-Identifier: MIT
"""Records event streams: functions of the standard library run in hot loops, and tracing, profiling or coverage is
switched on at random points inside of them.

usage: event_streams.py SEED KINDS [PATTERN]        KINDS: of lines, opcodes, profile, coverage, arcs; with commas between

Points are counted by what the functions call: some builtins are replaced by ticking ones (Python functions, objects
with __call__, results with a __bool__ of Python). The seed says at which tick of the last rounds a stream begins. Prints
a line per function and kind, with a checksum of the stream, and the stream itself when PATTERN matches its name.
The stream of coverage is what it has measured, by file: lines, or arcs from line to line. It measures functions that are
called after it was switched on, so that is one round earlier.
"""
import builtins
import fnmatch
import importlib
import pathlib
import random
import re
import sys
import zlib

BLOCKED = ("_heapq", "_bisect", "_json", "_datetime", "_decimal", "_functools", "_operator", "_statistics", "_elementtree",
           "_collections")
ROUNDS = 14
EVENTS = 120


def pure(name):
    """A module without its accelerators in C."""
    saved = {other: sys.modules.pop(other, None) for other in (name, *BLOCKED)}
    sys.modules.update({other: None for other in BLOCKED})
    try:
        return importlib.import_module(name)
    except ImportError:
        return saved[name] or importlib.import_module(name)
    finally:
        for other, module in saved.items():
            sys.modules.pop(other, None)
            if module is not None:
                sys.modules[other] = module


TEXT = "The quick (brown) fox: jumps <b>over</b> 12 lazy dogs & 'cats', doesn't it?\n  Yes; it does = true.\n" * 2
WORDS = TEXT.split()
NUMBERS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 35, 8, 97, 93, 23]
SOURCE = "def f(a, *b, c=1, **d):\n    for i in a:\n        yield i + c if i else -c\n    return [x for x in b if x > 2]\n"

# module: {function: arguments}
LIBRARY = {
    "textwrap": {"wrap": (TEXT, 20), "fill": (TEXT, 30), "shorten": (TEXT, 40), "dedent": (SOURCE,), "indent": (SOURCE, "> ")},
    "heapq": {"nlargest": (4, NUMBERS), "nsmallest": (4, NUMBERS), "heapify": (NUMBERS,), "merge": (NUMBERS, WORDS[:0])},
    "bisect": {"bisect_left": (NUMBERS, 5), "bisect_right": (NUMBERS, 5), "insort": (NUMBERS[:], 4)},
    "statistics": {"mean": (NUMBERS,), "median": (NUMBERS,), "mode": (NUMBERS,), "pstdev": (NUMBERS,), "variance": (NUMBERS,),
                   "quantiles": (NUMBERS,), "multimode": (NUMBERS,), "harmonic_mean": (NUMBERS,), "fmean": (NUMBERS,),
                   "median_low": (NUMBERS,), "median_high": (NUMBERS,), "median_grouped": (NUMBERS,), "geometric_mean": (NUMBERS,),
                   "correlation": (NUMBERS, NUMBERS[::-1]), "covariance": (NUMBERS, NUMBERS[::-1]),
                   "linear_regression": (NUMBERS, NUMBERS[::-1])},
    "string": {"capwords": (TEXT,)},
    "shlex": {"split": ("a 'b c' \"d\" e\\ f",), "quote": ("it's",), "join": (["a b", "c"],)},
    "fnmatch": {"translate": ("a*[!b-d]?.py",), "filter": (WORDS, "*o*"), "fnmatchcase": ("abc", "a?c")},
    "posixpath": {"normpath": ("/a/./b//../c",), "join": ("a", "b", "/c", "d"), "split": ("/a/b/c",), "splitext": ("a.tar.gz",),
                  "relpath": ("/a/b", "/a/c/d"), "commonpath": (["/a/b", "/a/c"],), "expandvars": ("$NONE/${NONE2}x",),
                  "basename": ("/a/b",), "dirname": ("/a/b",), "isabs": ("/a",), "commonprefix": (["abc", "abd"],)},
    "ntpath": {"normpath": ("c:\\a\\.\\b\\..\\c",), "join": ("c:\\a", "b"), "splitdrive": ("c:\\a",), "split": ("c:\\a\\b",),
               "splitext": ("a.b.c",), "normcase": ("A/B",), "isabs": ("c:\\a",), "basename": ("a\\b",), "dirname": ("a\\b",),
               "commonpath": (["c:\\a\\b", "c:\\a\\c"],), "expandvars": ("%a% $b",), "relpath": ("c:\\a", "c:\\b")},
    "html": {"escape": (TEXT,), "unescape": ("&lt;a&gt; &amp; &#65; &eacute; &nosuch;",)},
    "urllib.parse": {"urlparse": ("http://u:p@h.org:80/a;b?c=d#e",), "urlsplit": ("http://h/a?b=c",), "quote": (TEXT,),
                     "unquote": ("a%20b%C3%A9%",), "urlencode": ({"a": 1, "b": "c d"},), "parse_qs": ("a=1&b=2&a=3",),
                     "parse_qsl": ("a=1&b=2",), "urljoin": ("http://h/a/b", "../c"), "urldefrag": ("http://h/#x",),
                     "quote_plus": ("a b",), "unquote_plus": ("a+b",), "unquote_to_bytes": ("a%20",), "urlunparse": (("http", "h", "/a", "", "", ""),)},
    "difflib": {"get_close_matches": ("appel", ["ape", "apple", "peach"]), "ndiff": (WORDS[:5], WORDS[2:7]),
                "unified_diff": (WORDS[:8], WORDS[2:9]), "context_diff": (WORDS[:8], WORDS[2:9])},
    "colorsys": {"rgb_to_hsv": (0.2, 0.4, 0.6), "hsv_to_rgb": (0.5, 0.5, 0.5), "rgb_to_hls": (0.2, 0.4, 0.6),
                 "hls_to_rgb": (0.3, 0.4, 0.5), "rgb_to_yiq": (0.1, 0.2, 0.3), "yiq_to_rgb": (0.1, 0.2, 0.3)},
    "base64": {"b32encode": (b"hello",), "b32decode": (b"NBSWY3DP",), "b85encode": (b"hello world",), "b85decode": (b"Xk~0{Zv",),
               "a85encode": (b"hello world",), "a85decode": (b"87cURD",), "b16encode": (b"hi",), "b16decode": (b"6869",),
               "b64encode": (b"hi",), "b64decode": (b"aGk=",), "urlsafe_b64encode": (b"hi??",), "encodebytes": (b"x" * 80,)},
    "json": {"dumps": ({"a": [1, 2.5, None, True], "b": "x\u00e9"},), "loads": ('{"a": [1, 2.5, null], "b": "\\u00e9"}',)},
    "calendar": {"monthrange": (2024, 2), "isleap": (2000,), "leapdays": (1990, 2020), "weekday": (2024, 2, 29),
                 "month": (2024, 2), "timegm": ((2024, 2, 29, 1, 2, 3),), "calendar": (2023,)},
    "reprlib": {"repr": ([1, [2, "x" * 60], {"a": 3}],)},
    "pprint": {"pformat": ({"a": list(range(30)), "b": (1, "x" * 90)},), "saferepr": ([1, {2: 3}],), "isreadable": ([1],)},
    "copy": {"copy": ([1, 2],), "deepcopy": ({"a": [1, (2, 3)], "b": {"c": {4}}},)},
    "ast": {"literal_eval": ("[1, {'a': (2, -3)}]",), "parse": (SOURCE,)},
    "tokenize": {"untokenize": ([(1, "a"), (54, "+"), (1, "b")],)},
    "re": {"compile": ("(a|b)*c[^d-f]{2,3}(?P<x>y)?(?=z)", 0), "escape": (TEXT,), "sub": ("o", "0", TEXT), "findall": ("[a-z]+", TEXT),
           "split": ("[ ,]", TEXT)},
    "functools": {"reduce": (max, NUMBERS), "cmp_to_key": (max,)},
    "fractions": {"Fraction": ("3/7",)},
    "ipaddress": {"ip_address": ("192.168.1.7",), "ip_network": ("10.0.0.0/29",), "IPv6Address": ("2001:db8::1",),
                  "collapse_addresses": ([],), "v4_int_to_packed": (7,)},
    "uuid": {"UUID": ("12345678123456781234567812345678",)},
    "quopri": {"encodestring": (b"a=b\xe9 ",), "decodestring": (b"a=3Db=E9",)},
    "email.utils": {"parseaddr": ("A B <a@b.c>",), "formataddr": (("A", "a@b.c"),), "parsedate_tz": ("Mon, 1 Jan 2024 10:00:00 +0100",),
                    "unquote": ('"a"',), "quote": ('a"b',), "getaddresses": (["A <a@b>, c@d"],), "parsedate": ("1 Jan 2024 10:00",)},
    "email.quoprimime": {"body_encode": ("a=b\u00e9",), "header_encode": (b"a b",), "body_decode": ("a=3D",)},
    "email.base64mime": {"body_encode": (b"abc" * 30,), "header_length": (b"abc",)},
    "email": {"message_from_string": ("From: a\nTo: b, c\nSubject: =?utf-8?q?x?=\n\nbody\n",)},
    "mimetypes": {"guess_type": ("a.tar.gz",), "guess_extension": ("text/html",)},
    "opcode": {"stack_effect": (100, 1)},
    "dis": {"findlabels": (b"\x97\x00d\x00S\x00",), "code_info": (SOURCE,), "pretty_flags": (67,)},
    "inspect": {"cleandoc": (SOURCE,), "getmro": (bool,), "signature": (pure,), "getfullargspec": (pure,), "isfunction": (pure,),
                "formatannotation": (int,)},
    "operator": {"attrgetter": ("a.b",), "itemgetter": (1, 2), "indexOf": (NUMBERS, 9), "countOf": (NUMBERS, 1), "concat": ("a", "b"),
                 "length_hint": ([1, 2],), "methodcaller": ("upper",)},
    "getopt": {"getopt": (["-a", "-b", "x", "--long=3", "rest"], "ab:", ["long="])},
    "optparse": {"OptionParser": ()},
    "xml.sax.saxutils": {"escape": (TEXT,), "unescape": ("&lt;",), "quoteattr": ('a"b',)},
    "http.cookies": {"SimpleCookie": ("a=b; c=d; Path=/",)},
    "datetime": {"date": (2024, 2, 29), "timedelta": (1, 2, 3), "datetime": (2024, 2, 29, 1, 2, 3)},
    "_pydecimal": {"Decimal": ("12.5e3",)},
    "_strptime": {"_strptime_time": ("2024-02-29", "%Y-%m-%d")},
    "locale": {"normalize": ("en_US",), "delocalize": ("1.5",)},
    "gettext": {"c2py": ("n != 1",)},

    "random": {"Random": (7,)},
    "contextlib": {"nullcontext": (), "suppress": (KeyError,)},
    "graphlib": {"TopologicalSorter": ({"a": ["b", "c"], "b": ["c"]},)},
    "types": {"resolve_bases": ((int,),), "new_class": ("X",)},
    "typing": {"get_origin": (list[int],), "get_args": (dict[str, int],)},
    "dataclasses": {"make_dataclass": ("D", ["a", ("b", int)])},
    "enum": {"unique": (type("E", (), {"__members__": {}}),)},
    "traceback": {"format_list": ([("f", 1, "g", "x")],), "format_exception_only": (ValueError("x"),)},
    "configparser": {"ConfigParser": ()},
    "argparse": {"ArgumentParser": ()},
    "plistlib": {"dumps": ({"a": [1, "b", True]},)},
    "pickletools": {"optimize": (b"\x80\x04K\x01.",)},
    "nturl2path": {"url2pathname": ("///C:/a/b",), "pathname2url": ("C:\\a b",)},
    "stat": {"filemode": (0o100644,), "S_IFMT": (0o100644,), "S_ISDIR": (0o40000,)},
    "glob": {"escape": ("a*b",), "has_magic": ("a*",)},
    "tabnanny": {"process_tokens": ([],)},
    "csv": {"list_dialects": ()},
    "encodings": {"normalize_encoding": ("UTF 8",)},
    "encodings.punycode": {"punycode_encode": ("b\u00fccher",), "punycode_decode": (b"bcher-kva", "strict")},
    "encodings.idna": {"ToASCII": ("b\u00fccher",), "nameprep": ("B\u00fccher",), "ToUnicode": ("xn--bcher-kva",)},
    "codecs": {"getencoder": ("utf-8",), "iterencode": (["a"], "utf-8")},
    "unittest.util": {"safe_repr": ([1],), "strclass": (int,), "sorted_list_difference": ([1, 2, 3], [2, 4]),
                      "unorderable_list_difference": ([1, 2], [2, 3]), "_count_diff_all_purpose": ([1, 2], [2, 3])},
    "abc": {"get_cache_token": ()},
    "weakref": {"WeakSet": ([],)},
    "collections": {"Counter": (TEXT,), "OrderedDict": ({1: 2, 3: 4},), "ChainMap": ({1: 2}, {3: 4}), "namedtuple": ("P", "x y z"),
                    "UserDict": ({1: 2},), "UserList": ([1, 2],), "UserString": ("abc",)},
    "cgi": {"parse_header": ("text/html; charset=utf-8; a=\"b\"",)},
    "token": {"ISTERMINAL": (1,), "ISNONTERMINAL": (300,), "ISEOF": (0,)},
    "_markupbase": {"ParserBase": ()},
    "queue": {"Queue": (3,), "PriorityQueue": ()},
    "sched": {"scheduler": ()}, "timeit": {"reindent": ("a\nb", 4)},
    "wsgiref.util": {"guess_scheme": ({},), "is_hop_by_hop": ("connection",), "shift_path_info": ({"PATH_INFO": "/a/b", "SCRIPT_NAME": ""},),
                     "application_uri": ({"wsgi.url_scheme": "http", "SERVER_NAME": "h", "SERVER_PORT": "80"},)},
    "wsgiref.handlers": {"format_date_time": (86400,)},
    "xmlrpc.client": {"dumps": (((1, "a", [2.5]),), "m"), "escape": ("<a>",)},
    "zipfile": {"_strip_extra": (b"", ())},
    "importlib.util": {"resolve_name": (".a", "b")},
    "pkgutil": {"resolve_name": ("os.path:join",)},
    "hmac": {"new": (b"k", b"m", "sha256")},
}

ticks = 0
begin_at = -1
stream = []
kind = "lines"
measured = None


def flow(frame):
    return frame.f_globals.get("__name__") != __name__


def offset_of(frame):
    """f_lasti, at the instruction's start: a frame that calls a Python function names its last cache entry, or CALL."""
    code, offset = frame.f_code.co_code, frame.f_lasti
    while offset > 0 and code[offset] == 0:
        offset -= 2
    return offset


def shown(value):
    try:
        text = re.sub(r"0x[0-9a-f]+", "0x", repr(value))[:60]
    except Exception as error:
        text = type(error).__name__
    return f"{type(value).__name__} {text}"


def end():
    global measured
    if measured is not None:
        measured.stop()
        data = measured.get_data()
        stream.extend((pathlib.PurePath(file).name, *sorted(data.arcs(file) if data.has_arcs() else data.lines(file)))
                      for file in sorted(data.measured_files()))
        measured = None
    sys.settrace(None)
    sys.setprofile(None)


def measure():
    """Starts coverage; with its C tracer, or not at all."""
    global measured
    import coverage
    measured = coverage.Coverage(data_file=None, config_file=False, branch=kind == "arcs", cover_pylib=True,
                                 omit=[__file__], check_preimported=False)
    measured.start()
    if type(sys.gettrace()).__name__ != "CTracer":
        raise RuntimeError("coverage has no C tracer")


def tracer(frame, event, argument):
    if not flow(frame):
        return None
    if kind == "opcodes":
        frame.f_trace_opcodes = True
    if event == "exception":
        argument = argument[0].__name__, re.sub(r"\d{9,}", "id", str(argument[1]))[:40]
    code = frame.f_code
    offset = offset_of(frame) if event != "call" else ""
    stream.append((event, code.co_name, frame.f_lineno, offset, "" if event in ("line", "opcode") else shown(argument)))
    if len(stream) >= EVENTS:
        end()
    return tracer


def profiler(frame, event, argument):
    if flow(frame):
        what = getattr(argument, "__qualname__", "?") if event.startswith("c_") else shown(argument)
        stream.append((event, frame.f_code.co_name, frame.f_lineno, offset_of(frame), what))
        if len(stream) >= EVENTS:
            end()


def tick():
    global ticks
    ticks += 1
    if ticks == begin_at:
        if kind == "profile":
            sys.setprofile(profiler)
            return
        if kind in ("coverage", "arcs"):
            measure()
            return
        frame = sys._getframe(1)
        while frame is not None:
            if flow(frame):
                frame.f_trace = tracer
                frame.f_trace_opcodes = kind == "opcodes"
            frame = frame.f_back
        sys.settrace(tracer)


class Decision:
    def __init__(self, value):
        self.value = value

    def __bool__(self):
        tick()
        return self.value

    def __repr__(self):
        return repr(self.value)


class Callable:
    def __init__(self, function):
        self.function = function

    def __call__(self, *arguments, **keywords):
        tick()
        return self.function(*arguments, **keywords)


def ticking(function):
    def call(*arguments, **keywords):
        tick()
        return function(*arguments, **keywords)
    return call


def deciding(function):
    return lambda *arguments: Decision(function(*arguments))


WRAPPERS = {"len": ticking, "ord": ticking, "chr": Callable, "min": ticking, "max": Callable, "getattr": ticking, "hasattr": deciding,
            "isinstance": deciding, "callable": deciding, "issubclass": deciding, "abs": Callable, "sum": ticking, "any": Callable,
            "sorted": ticking, "divmod": ticking, "repr": Callable, "iter": ticking, "round": Callable, "hash": ticking}


def functions():
    for name, table in LIBRARY.items():
        module = pure(name)
        for function, arguments in table.items():
            yield f"{name}.{function}", module, getattr(module, function), arguments


def call(function, arguments):
    try:
        result = function(*arguments)
        if hasattr(type(result), "__next__"):
            result = list(result)
        return shown(result)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:80]


def replace_builtins(module):
    """In what the function sees: its module's globals, under the names of builtins."""
    hidden = {name: module.__dict__.get(name) for name in WRAPPERS if name in module.__dict__}
    added = {name: wrap(getattr(builtins, name)) for name, wrap in WRAPPERS.items() if name not in hidden}
    module.__dict__.update(added)
    return added


def record(name, module, function, arguments, seed, kinds, pattern):
    global ticks, begin_at, kind
    rng = random.Random(f"{seed} {name}")
    added = replace_builtins(module)
    clock = ticking(len)
    try:
        for kind in kinds:
            ticks, begin_at, before = 0, -1, 0
            result = ""
            for turn in range(ROUNDS):
                begin = ticks
                clock("")
                result = call(function, arguments)
                each = ticks - begin
                # Switched on in the last round, perhaps before it begins; what is recorded ends with the rounds.
                if turn == ROUNDS - (3 if kind in ("coverage", "arcs") else 2):
                    begin_at = ticks + rng.randint(1, max(each, 1))
            end()
            text = "\n".join(map(str, stream))
            print(name, kind, ticks, result, len(stream), zlib.crc32(text.encode()))
            if pattern and fnmatch.fnmatch(name, pattern):
                print(text)
            stream.clear()
    finally:
        end()
        for key in added:
            module.__dict__.pop(key, None)


def main():
    seed = int(sys.argv[1])
    kinds = sys.argv[2].split(",")
    pattern = sys.argv[3] if len(sys.argv) > 3 else ""
    for entry in functions():
        record(*entry, seed, kinds, pattern)


if __name__ == "__main__":
    main()
