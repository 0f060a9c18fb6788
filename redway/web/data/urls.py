from django.urls import path

from redway.web.data import views

urlpatterns = [
    path("", views.data, name="data"),
]
