from django.urls import path

from redway.web.indicators import views

urlpatterns = [
    path("", views.index, name="indicators"),
    path("<slug:slug>/", views.indicator, name="indicator"),
    path("<slug:slug>.csv", views.csv, name="indicator-csv"),
]
