from django.urls import path

from redway.web.quality import views

urlpatterns = [
    path("", views.agencies, name="quality"),
    path("<slug:agency>/", views.agency, name="quality-agency"),
]
