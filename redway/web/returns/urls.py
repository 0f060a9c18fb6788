from django.urls import path

from redway.web.returns import handing_in, views

urlpatterns = [
    path("", views.returns, name="returns"),
    path("send/", handing_in.choose, name="return-choose"),
    path("send/<slug:dataset>/", handing_in.send, name="return-send"),
    path("type/<slug:dataset>/", handing_in.typed, name="return-type"),
    path("<uuid:id>/", views.result, name="return"),
    path("<uuid:id>/state/", views.state, name="return-state"),
    path("<uuid:id>/refused-rows/", views.refused_rows, name="return-refused-rows"),
    path("<uuid:id>/acknowledge/", views.acknowledge, name="return-acknowledge"),
    path("<uuid:id>/accept/", views.accept, name="return-accept"),
    path("<uuid:id>/refuse/", views.refuse, name="return-refuse"),
    path("<uuid:id>/discard/", views.discard, name="return-discard"),
    path("<uuid:id>/withdraw/", views.withdraw, name="return-withdraw"),
]
