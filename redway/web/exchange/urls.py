from django.urls import path

from redway.web.exchange import views

urlpatterns = [
    path("", views.exchange, name="exchange"),
    path("exchange.csv", views.exchange_csv, name="exchange-csv"),
]
