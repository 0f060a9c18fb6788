from django.urls import include, path

from redway.web.releases import public, views

members = [
    path("", views.releases, name="releases"),
    path("<slug:table>/", views.table, name="release-table"),
    path("<slug:table>/ask/", views.ask, name="release-ask"),
    path("editions/<uuid:id>/approve/", views.approve, name="release-approve"),
    path("editions/<uuid:id>/decline/", views.decline, name="release-decline"),
    path("editions/<uuid:id>/withdraw/", views.withdraw, name="release-withdraw"),
]
for_everybody = [
    path("", public.released, name="released"),
    path("<uuid:id>/", public.edition, name="released-table"),
    path("<uuid:id>/table.csv", public.file, name="released-csv"),
]
urlpatterns = [path("releases/", include(members)), path("released/", include(for_everybody))]
