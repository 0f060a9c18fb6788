"""What each dataset is, made from its definition, and the template that its senders fill in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from redway.products import templates
from redway.products.described import template
from redway.sources.dataset import Dataset, dataset, names
from redway.web.datasets import presenter
from redway.web.figures import publisher
from redway.web.figures.basis import basis
from redway.web.permissions import allow
from redway.web.profile import profile
from redway.work.accounts.roles import Permission

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "example": "text/csv; charset=utf-8",
}


@allow(Permission.SEE_RETURNS)
def datasets(request: HttpRequest) -> HttpResponse:
    """Every dataset there is, by who sends it."""
    return render(request, "datasets/datasets.html", {"page": presenter.listed()})


@allow(Permission.SEE_RETURNS)
def one(request: HttpRequest, name: str) -> HttpResponse:
    """All that its senders and readers have to know of a dataset."""
    said = publisher.said(basis(), name)
    return render(request, "datasets/dataset.html", {"page": presenter.described(_found(name), profile(), said)})


@allow(Permission.SEE_RETURNS)
def template_file(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """The template of a dataset: as a workbook, as CSV, or as CSV with the worked example."""
    definition = _found(name)
    made = template(definition, profile())
    if made is None:
        raise Http404
    content = templates.xlsx(made) if kind == "xlsx" else templates.csv(made, example=kind == "example").encode()
    response = HttpResponse(content, content_type=KINDS[kind])
    file = definition.named or f"{definition.name}-example.csv" if kind == "example" else f"{definition.name}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _found(name: str) -> Dataset:
    if name not in names():
        raise Http404
    return dataset(name)
