from django.urls import path

from redway.web.priorities import views

urlpatterns = [
    path("", views.index, name="priorities"),
    path("<slug:slug>/", views.priority, name="priority"),
]
