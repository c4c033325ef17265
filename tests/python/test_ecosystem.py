# SPDX-License-Identifier: MIT
"""Programs of other people, under compile-all: web frameworks, templates, a database, arrays, asyncio, pytest.

Input: Debian's packages. Output: one test per library, skipped with the name of the package where it is missing. Each
child proves by its statistics that compiled code ran.
"""
from __future__ import annotations

import http.client
import importlib.util
import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time

import pytest

import running

FLASK_PROGRAM = """\
import pyjion
pyjion.enable()

from flask import Flask
app = Flask(__name__)

@app.route('/')
def hello_world():
    return 'Hello, World!'

app.run()
"""
REQUESTS = 1000


def environment(stats_file) -> dict[str, str]:
    return running.environment_with_packages(stress="compile-all", stats_file=stats_file)


def statistics_of(stats_file) -> list[dict]:
    lines = [json.loads(line) for line in stats_file.read_text().splitlines()]
    assert lines and all(line["activations"] > 0 for line in lines)
    assert not any(line["internal_errors"] or line["back_end_errors"] for line in lines)
    return lines


def run(code: str, tmp_path) -> str:
    """Standard output of a program under compile-all."""
    stats_file = tmp_path / "stats"
    program = tmp_path / "program.py"
    program.write_text("import pyjion\npyjion.enable(strict=True)\n" + textwrap.dedent(code))
    out = running.succeed(running.run_python(program, env=environment(stats_file), timeout=300))
    statistics_of(stats_file)
    return out


# --- web -------------------------------------------------------------------------------------------------------------


def wait_for_port(port, seconds=60):
    """Until nobody listens there any more: a run beside this one may."""
    for _ in range(seconds * 10):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.1)


def served_port(process) -> int:
    for line in process.stderr:
        if found := re.search(r"Running on http://127\.0\.0\.1:(\d+)", line):
            return int(found[1])
    raise AssertionError("the server does not start")


@running.needs("flask", "python3-flask")
def test_flask(tmp_path):
    """The program as users write it; it listens at its default port, so the run has to have that to itself."""
    (tmp_path / "program.py").write_text(FLASK_PROGRAM)
    child = environment(tmp_path / "stats")
    wait_for_port(5000)
    process = subprocess.Popen(
        [sys.executable, "program.py"], cwd=tmp_path, env=child, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        port = served_port(process)
        # What is written for each request must not fill the pipe.
        drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
        for _ in range(REQUESTS):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/")
            response = connection.getresponse()
            assert (response.status, response.read()) == (200, b"Hello, World!")
            connection.close()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/nowhere")
        assert connection.getresponse().status == 404
        connection.close()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
    drain.wait(60)
    statistics_of(tmp_path / "stats")


ECHO = """
    import asyncio

    async def echo(reader, writer):
        while line := await reader.readline():
            writer.write(line.upper())
            await writer.drain()
        writer.close()

    async def client(port, name, count):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answers = 0
        for number in range(count):
            writer.write(f"{name} {number}\\n".encode())
            await writer.drain()
            answers += await reader.readline() == f"{name} {number}\\n".upper().encode()
        writer.close()
        await writer.wait_closed()
        return answers

    async def main():
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            print(await asyncio.gather(*(client(port, f"client-{n}", 250) for n in range(4))))

    asyncio.run(main())
"""


def test_asyncio_echo_server(tmp_path):
    assert run(ECHO, tmp_path) == "[250, 250, 250, 250]\n"


# --- templates -------------------------------------------------------------------------------------------------------


@running.needs("jinja2", "python3-jinja2")
def test_jinja2(tmp_path):
    code = """
        from jinja2 import DictLoader, Environment, UndefinedError, StrictUndefined
        pages = {
            "base": "<h1>{% block title %}none{% endblock %}</h1>{% block body %}{% endblock %}",
            "page": "{% extends 'base' %}{% block title %}{{ title|upper }}{% endblock %}"
                    "{% macro row(item, n) %}<li class='{{ loop_class(n) }}'>{{ item.name|e }}: {{ '%.2f'|format(item.price) }}</li>{% endmacro %}"
                    "{% block body %}{% for item in items if item.price > 1 %}{{ row(item, loop.index) }}"
                    "{% else %}nothing{% endfor %}{% set total = items|sum('price') %}{{ total }}{% endblock %}",
            "bad": "{{ missing.attribute }}",
        }
        env = Environment(loader=DictLoader(pages), undefined=StrictUndefined)
        env.globals["loop_class"] = lambda n: "odd" if n % 2 else "even"
        items = [{"name": "<tea>", "price": 2.5}, {"name": "pen", "price": 0.5}, {"name": "cup", "price": 7.0}]
        texts = {env.get_template("page").render(title="shop", items=items) for _ in range(20)}
        print(texts.pop(), len(texts))
        print(env.get_template("page").render(title="empty", items=[]))
        try:
            env.get_template("bad").render()
        except UndefinedError as error:
            print(error)
    """
    assert run(code, tmp_path).splitlines() == [
        "<h1>SHOP</h1><li class='odd'>&lt;tea&gt;: 2.50</li><li class='even'>cup: 7.00</li>10.0 0",
        "<h1>EMPTY</h1>nothing0",
        "'missing' is undefined",
    ]


@running.needs("django", "python3-django")
def test_django_templates(tmp_path):
    code = """
        import django
        from django.conf import settings
        settings.configure(TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}], USE_TZ=False)
        django.setup()
        from django.template import Context, Template, TemplateSyntaxError
        page = Template(
            "{% for p in people %}{% cycle 'a' 'b' %} {{ p.name|title|ljust:8 }}{{ p.age|default:'?' }}"
            "{% if p.age and p.age >= 18 %} adult{% elif p.age %} child{% endif %}{% if not forloop.last %}; {% endif %}"
            "{% empty %}nobody{% endfor %} {% with n=people|length %}{{ n }} {{ n|pluralize:'person,people' }}{% endwith %}"
        )
        people = [{"name": "ada lovelace", "age": 36}, {"name": "<b>", "age": 7}, {"name": "nemo"}]
        texts = {page.render(Context({"people": people})) for _ in range(20)}
        print(texts.pop(), len(texts))
        print(page.render(Context({})))
        try:
            Template("{% for %}")
        except TemplateSyntaxError as error:
            print(error)
    """
    assert run(code, tmp_path).splitlines() == [
        "a Ada Lovelace36 adult; b &lt;B&gt;     7 child; a Nemo    ? 3 people 0",
        "nobody 0 people",
        "'for' statements should have at least four words: for",
    ]


# --- data ------------------------------------------------------------------------------------------------------------


@running.needs("sqlalchemy", "python3-sqlalchemy")
def test_sqlalchemy(tmp_path):
    code = """
        from sqlalchemy import Column, ForeignKey, Integer, String, create_engine, func, select
        from sqlalchemy.exc import IntegrityError
        from sqlalchemy.orm import Session, declarative_base, relationship

        Base = declarative_base()

        class Author(Base):
            __tablename__ = "authors"
            id = Column(Integer, primary_key=True)
            name = Column(String, unique=True)
            books = relationship("Book", back_populates="author", cascade="all, delete-orphan")

        class Book(Base):
            __tablename__ = "books"
            id = Column(Integer, primary_key=True)
            title = Column(String, nullable=False)
            pages = Column(Integer)
            author_id = Column(ForeignKey("authors.id"))
            author = relationship("Author", back_populates="books")

        engine = create_engine("sqlite://", future=True)
        Base.metadata.create_all(engine)
        with Session(engine, future=True) as session:
            for a in range(10):
                books = [Book(title=f"book {a}-{b}", pages=100 + a * b) for b in range(a)]
                session.add(Author(name=f"author {a}", books=books))
            session.commit()
            query = (select(Author.name, func.count(Book.id), func.sum(Book.pages)).join(Book)
                     .group_by(Author.name).having(func.count(Book.id) > 6).order_by(Author.name.desc()))
            print(session.execute(query).all())
            author = session.execute(select(Author).where(Author.name == "author 3")).scalar_one()
            print([book.title for book in author.books])
            author.books.pop()
            session.commit()
            print(session.scalar(select(func.count()).select_from(Book)))
            session.add(Author(name="author 3"))
            try:
                session.commit()
            except IntegrityError as error:
                session.rollback()
                print(error.orig)
    """
    assert run(code, tmp_path).splitlines() == [
        "[('author 9', 9, 1224), ('author 8', 8, 1024), ('author 7', 7, 847)]",
        "['book 3-0', 'book 3-1', 'book 3-2']",
        "44",
        "UNIQUE constraint failed: authors.name",
    ]


@running.needs("numpy", "python3-numpy")
def test_numpy(tmp_path):
    code = """
        import numpy as np
        a = np.ones([9, 5, 7, 4])
        c = np.ones([9, 5, 4, 3])
        print(np.dot(a, c).shape, np.matmul(a, c).shape)

        def smooth(values, rounds):
            for _ in range(rounds):
                values = (values + np.roll(values, 1) + np.roll(values, -1)) / 3
            return values

        x = np.arange(12.0).reshape(3, 4)
        print(x[1:, ::2].tolist(), (x @ x.T).trace(), x[x > 7].sum(), np.einsum("ij->j", x).tolist())
        print(np.round(smooth(np.array([0.0, 0, 9, 0, 0, 0]), 3), 3).tolist())
        total = 0
        for value in np.arange(1000, dtype=np.int64):
            total = total + value * 2
        print(type(total).__name__, total)
        try:
            a + np.ones(6)
        except ValueError as error:
            print(error)
    """
    assert run(code, tmp_path).splitlines() == [
        "(9, 5, 7, 9, 5, 3) (9, 5, 7, 3)",
        "[[4.0, 6.0], [8.0, 10.0]] 506.0 38.0 [12.0, 15.0, 18.0, 21.0]",
        "[1.0, 2.0, 2.333, 2.0, 1.0, 0.667]",
        "int64 999000",
        "operands could not be broadcast together with shapes (9,5,7,4) (6,) ",
    ]


# --- pytest ----------------------------------------------------------------------------------------------------------

# Run by the test below in a pytest that is itself compiled: quick ones that start few processes.
OWN_TESTS = ("test_explanation.py", "test_stubs.py", "test_package.py")


@pytest.mark.skipif(running.SHORT, reason="the same functions under the first interpreter tell all that there is to tell")
@pytest.mark.skipif(importlib.util.find_spec("pytest") is None, reason="pytest is missing")
def test_pytest_runs_the_projects_own_tests(tmp_path):
    stats_file = tmp_path / "stats"
    child = environment(stats_file)
    child["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path and path != str(running.HERE))
    child.update({name: value for name, value in os.environ.items() if name.startswith("TEST_")})
    command = ["-m", "pyjion", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    tests = [running.HERE / name for name in OWN_TESTS]
    outcome = running.run_python(*command, *tests, env=child, timeout=300, cwd=tmp_path)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert re.search(r"\b[1-9]\d* passed", outcome.stdout) and "failed" not in outcome.stdout
    assert max(line["activations"] for line in statistics_of(stats_file)) > 1000
