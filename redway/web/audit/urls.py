from django.urls import path

from redway.web.audit import views

urlpatterns = [path("", views.audit, name="audit")]
