from django.urls import path

from redway.web.people import sign_in, views

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("password/", sign_in.change_password, name="change-password"),
    path("people/", views.people, name="people"),
    path("people/add/", views.add, name="person-add"),
    path("people/<int:id>/", views.person, name="person"),
    path("people/<int:id>/access/", views.access, name="person-access"),
    path("people/<int:id>/password/", views.password, name="person-password"),
]
