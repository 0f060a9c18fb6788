from django.urls import path

from redway.web.people import account, second_factor, sign_in, views

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", second_factor.sign_in_code, name="sign-in-code"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("password/", sign_in.change_password, name="change-password"),
    path("account/awake/", account.awake, name="awake"),
    path("account/", account.account, name="account"),
    path("account/second-factor/", second_factor.second_factor, name="second-factor"),
    path("account/recovery-codes/", second_factor.recovery_codes, name="recovery-codes"),
    path("account/sign-out-everywhere/", account.everywhere, name="sign-out-everywhere"),
    path("people/", views.people, name="people"),
    path("people/add/", views.add, name="person-add"),
    path("people/<int:id>/", views.person, name="person"),
    path("people/<int:id>/access/", views.access, name="person-access"),
    path("people/<int:id>/password/", views.password, name="person-password"),
    path("people/<int:id>/second-factor/", views.second_factor, name="person-second-factor"),
]
