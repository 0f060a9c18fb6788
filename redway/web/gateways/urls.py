from django.urls import path

from redway.web.gateways import retention, views

urlpatterns = [
    path("", views.register, name="gateways"),
    path("law/", views.law_page, name="gateways-law"),
    path("retention/", retention.page, name="retention"),
    path("together/", views.together, name="gateways-together"),
    path("new/", views.new, name="gateway-new"),
    path("<str:dataset>/<str:purpose>/", views.gateway, name="gateway"),
    path("<str:dataset>/<str:purpose>/new-version/", views.new_version, name="gateway-new-version"),
    path("<str:dataset>/<str:purpose>/draft/", views.draft, name="gateway-draft"),
    path("<str:dataset>/<str:purpose>/put-in-force/", views.put_in_force, name="gateway-put-in-force"),
    path("<str:dataset>/<str:purpose>/discard/", views.discard, name="gateway-discard"),
    path("<str:dataset>/<str:purpose>/end/", views.end, name="gateway-end"),
    path("<str:dataset>/<str:purpose>/<int:version>/", views.version, name="gateway-version"),
]
