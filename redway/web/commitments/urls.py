from django.urls import path

from redway.web.commitments import views

urlpatterns = [
    path("", views.commitments, name="commitments"),
    path("csv/", views.export, name="commitments-csv"),
    path("<str:id>/", views.commitment, name="commitment"),
    path("<str:id>/owner/", views.owner, name="commitment-owner"),
    path("<str:id>/date/", views.due, name="commitment-date"),
    path("<str:id>/state/", views.state, name="commitment-state"),
]
