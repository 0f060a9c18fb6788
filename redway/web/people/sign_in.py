"""Signing in and out, and one's own password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from redway.web.people.first_page import first_page
from redway.web.people.forms import Change, SignIn
from redway.web.people.second_factor import wait_for_code
from redway.web.permissions import public, signed_in
from redway.work.accounts import actions
from redway.work.accounts.second_factor import has_second_factor


class SignInView(LoginView):
    """Leads to what was asked for, else to the first place of the navigation this person has."""

    template_name = "people/sign-in.html"
    authentication_form = SignIn
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return first_page(self.request.user)

    def form_valid(self, form: Any) -> HttpResponse:
        person = form.get_user()
        if has_second_factor(person):
            return wait_for_code(self.request, person, leads_to=self.get_redirect_url())
        return super().form_valid(form)


sign_in = public(methods=("GET", "POST"))(SignInView.as_view())
sign_out = signed_in(methods=("POST",))(LogoutView.as_view())


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """After too many wrong passwords for one name from one address (django-axes calls this)."""
    return render(request, "people/locked-out.html", status=429)


@signed_in(methods=("GET", "POST"))
def change_password(request: HttpRequest) -> HttpResponse:
    """One's own password; the first thing asked of whoever has a one-time password."""
    person: Any = request.user
    form = Change(request.POST or None, person=person)
    if form.is_valid():
        key = request.session.session_key
        actions.set_password(by=person, person=person, password=form.cleaned_data["new"], session=key)
        update_session_auth_hash(request, person)
        messages.success(request, _("Your password was changed."))
        return redirect(first_page(person))
    return render(request, "people/change-password.html", {"form": form})
