from django.urls import path

from redway.web.map import views

urlpatterns = [
    path("", views.map_page, name="map"),
    path("areas.geojson", views.areas, name="map-areas"),
    path("areas.csv", views.csv, name="map-csv"),
]
