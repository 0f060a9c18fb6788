from django.urls import path

from redway.web.data import versions, views

held = [path("", views.data, name="data")]  # what has arrived, also as an older version had it
urlpatterns = [
    path("versions/", versions.listed, name="versions"),
    path("versions/compare/", versions.compared, name="versions-compare"),
]
