# SPDX-License-Identifier: MIT
"""A guest book with Django: models in SQLite, a form, a template; asked by the test client."""
import sys

import django
from django import forms
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["testserver"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="not very secret",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
)
django.setup()

from django.db import connection, models  # noqa: E402
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path, reverse  # noqa: E402


class Entry(models.Model):
    name = models.CharField(max_length=40)
    text = models.TextField()
    stars = models.IntegerField(default=0)

    class Meta:
        app_label = "guests"


class EntryForm(forms.Form):
    name = forms.CharField(max_length=40)
    text = forms.CharField(widget=forms.Textarea)
    stars = forms.IntegerField(min_value=0, max_value=5)


PAGE = engines["django"].from_string(
    """<h1>{{ title|upper }}</h1>{% for entry in entries %}
<article id="e{{ entry.pk }}"><h2>{{ entry.name|escape }}</h2><p>{{ entry.text|truncatewords:8|linebreaks }}</p>
{% if entry.stars > 3 %}<b>{{ entry.stars }} stars</b>{% endif %}</article>{% empty %}nobody yet{% endfor %}"""
)


def index(request):
    entries = Entry.objects.filter(stars__gte=int(request.GET.get("stars", 0))).order_by("-pk")[:10]
    return HttpResponse(PAGE.render({"title": "Guests", "entries": entries}, request))


def sign(request):
    form = EntryForm(request.POST)
    if not form.is_valid():
        return JsonResponse(form.errors, status=400)
    Entry.objects.create(**form.cleaned_data)
    return HttpResponseRedirect(reverse("index"))


def show(request, number):
    entry = Entry.objects.filter(pk=number).values("name", "text", "stars").first()
    return JsonResponse(entry or {}, status=200 if entry else 404)


urlpatterns = [path("", index, name="index"), path("sign", sign), path("entry/<int:number>", show)]


def main(size):
    with connection.schema_editor() as editor:
        editor.create_model(Entry)
    client = Client()
    answered, length = {}, 0
    for turn in range(size):
        posted = {"name": f"guest <{turn}>", "text": "it was nice here " * (1 + turn % 5), "stars": turn % 7}
        for response in (
            client.post("/sign", posted),
            client.get("/", {"stars": turn % 5}),
            client.get(f"/entry/{turn}"),
        ):
            answered[response.status_code] = answered.get(response.status_code, 0) + 1
            length += len(response.content)
    print(answered, length, Entry.objects.count())


if __name__ == "__main__":
    main(int(sys.argv[1]))
