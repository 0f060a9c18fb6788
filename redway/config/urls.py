"""Every address. Each room of `web` has its own urls.py; nothing else is served."""

from django.urls import include, path

from redway.web.addresses import OLDER
from redway.web.data.urls import held

# Pages of figures, each served with today's and, below /as-at/12/, with those of data version 12.
FIGURES = [
    path("", include("redway.web.home.urls")),
    path("priorities/", include("redway.web.priorities.urls")),
    path("indicators/", include("redway.web.indicators.urls")),
    path("map/", include("redway.web.map.urls")),
    path("data/", include(held)),
]
urlpatterns = [
    *FIGURES,
    path(f"{OLDER}/<str:as_at>/", include((FIGURES, OLDER))),
    path("", include("redway.web.site.urls")),
    path("", include("redway.web.people.urls")),
    path("commitments/", include("redway.web.commitments.urls")),
    path("returns/", include("redway.web.returns.urls")),
    path("exchange/", include("redway.web.exchange.urls")),
    path("quality/", include("redway.web.quality.urls")),
    path("data/", include("redway.web.data.urls")),
    path("methods/", include("redway.web.handbook.urls")),
    path("datasets/", include("redway.web.datasets.urls")),
    path("gateways/", include("redway.web.gateways.urls")),
    path("", include("redway.web.releases.urls")),
    path("audit/", include("redway.web.audit.urls")),
    path("api/v1/", include("redway.web.api.urls")),
]

handler400 = "redway.web.site.views.bad_request"
handler403 = "redway.web.site.views.forbidden"
handler404 = "redway.web.site.views.not_found"
handler500 = "redway.web.site.views.server_error"
