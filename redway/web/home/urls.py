from django.urls import path

from redway.web.home import views

urlpatterns = [
    path("", views.home, name="home"),
]
