# SPDX-License-Identifier: MIT
"""A shop with Flask: pages from a template, a JSON interface, sessions; asked by the test client."""
import json
import sys

from flask import Flask, abort, jsonify, redirect, render_template_string, request, session, url_for

app = Flask(__name__)
app.secret_key = "not very secret"

STOCK = {
    number: {"name": f"article {number}", "price": 3 + number * 7 % 50, "left": number % 5} for number in range(40)
}
PAGE = """<!doctype html><title>{{ title }}</title>
<ul>{% for number, article in stock.items() %}
<li class="{{ loop.cycle('odd', 'even') }}">
<a href="{{ url_for('article', number=number) }}">{{ article.name|title }}</a>
{% if article.left %}{{ "%.2f"|format(article.price) }}{% else %}<b>sold out</b>{% endif %}</li>{% endfor %}
</ul>"""


@app.route("/")
def index():
    least = request.args.get("least", 0, type=int)
    shown = {number: article for number, article in STOCK.items() if article["price"] >= least}
    return render_template_string(PAGE, title="Shop", stock=shown)


@app.route("/article/<int:number>")
def article(number):
    if number not in STOCK:
        abort(404)
    return jsonify(number=number, **STOCK[number])


@app.route("/cart", methods=["GET", "POST"])
def cart():
    numbers = session.get("numbers", [])
    if request.method == "POST":
        session["numbers"] = (numbers + [request.get_json()["number"]])[-10:]
        return redirect(url_for("cart"))
    return jsonify(total=sum(STOCK[number]["price"] for number in numbers), numbers=numbers)


def main(size):
    answered, length = {}, 0
    with app.test_client() as client:
        for turn in range(size):
            for response in (
                client.get("/", query_string={"least": turn % 30}),
                client.get(f"/article/{turn % 50}"),
                client.post("/cart", data=json.dumps({"number": turn % 40}), content_type="application/json"),
                client.get("/cart"),
            ):
                answered[response.status_code] = answered.get(response.status_code, 0) + 1
                length += len(response.data)
    print(answered, length)


if __name__ == "__main__":
    main(int(sys.argv[1]))
