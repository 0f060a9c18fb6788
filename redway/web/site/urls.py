from django.urls import path

from redway.web.site import views

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("about-the-data/", views.about_the_data, name="about-the-data"),
]
