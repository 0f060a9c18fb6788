from django.urls import path

from redway.web.handbook import views

urlpatterns = [
    path("", views.handbook, name="methods"),
    path("<slug:name>/", views.method, name="method"),
]
