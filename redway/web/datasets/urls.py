from django.urls import path

from redway.web.datasets import views

urlpatterns = [
    path("", views.datasets, name="datasets"),
    path("<slug:name>/", views.one, name="dataset"),
    path("<slug:name>/template.xlsx", views.template_file, {"kind": "xlsx"}, name="dataset-template"),
    path("<slug:name>/template.csv", views.template_file, {"kind": "csv"}, name="dataset-template-csv"),
    path("<slug:name>/example.csv", views.template_file, {"kind": "example"}, name="dataset-example-csv"),
]
