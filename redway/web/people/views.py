"""The administrator's pages about people."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from redway.errors import NotAllowed, NotSetUp
from redway.web.people.forms import ROLE_HINTS, ROLE_NAMES, AddPerson, RoleForm
from redway.web.permissions import allow
from redway.web.profile import profile
from redway.work.accounts import actions
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.accounts.second_factor import has_second_factor, reset_second_factor
from redway.work.strategy.profile import strategy


def agencies() -> dict[str, str]:
    """The names of the profile's agencies by ID; none before set-up."""
    try:
        return {a.id: a.name for a in strategy(profile()).agencies}
    except NotSetUp:
        return {}


@allow(Permission.MANAGE_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    everyone = User.objects.order_by("-is_active", "full_name", "username")
    return render(request, "people/people.html", {"people": everyone, "roles": ROLE_NAMES, "agencies": agencies()})


@allow(Permission.MANAGE_PEOPLE, methods=("GET", "POST"))
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    form = AddPerson(request.POST or None, agencies=agencies())
    if form.is_valid():
        made, password = actions.add_person(by=_administrator(request), **form.cleaned_data)
        return render(request, "people/one-time-password.html", {"person": made, "password": password, "new": True})
    return render(request, "people/add.html", {"form": form, "hints": ROLE_HINTS})


@allow(Permission.MANAGE_PEOPLE, methods=("GET", "POST"))
def person(request: HttpRequest, id: int) -> HttpResponse:
    """One person: their role and agency can be changed here."""
    found = get_object_or_404(User, pk=id)
    now = {"role": found.role, "agency": found.agency}
    form = RoleForm(request.POST or None, initial=now, agencies=agencies())
    if form.is_valid():
        done = _try(
            form,
            lambda: actions.change_role(by=_administrator(request), person=found, **form.cleaned_data),
        )
        if done:
            messages.success(request, _("%(name)s’s role was changed.") % {"name": found.get_full_name()})
            return redirect("people")
    context = {"person": found, "form": form, "hints": ROLE_HINTS, "roles": ROLE_NAMES, "agencies": agencies()}
    context["has_second_factor"] = has_second_factor(found)
    return render(request, "people/person.html", context)


@allow(Permission.MANAGE_PEOPLE, methods=("POST",))
def access(request: HttpRequest, id: int) -> HttpResponse:
    """Deactivate a person, or give them their access back."""
    found = get_object_or_404(User, pk=id)
    name = {"name": found.get_full_name()}
    try:
        if request.POST.get("to") == "active":
            actions.reactivate(by=_administrator(request), person=found)
            messages.success(request, _("%(name)s can sign in again.") % name)
        else:
            actions.deactivate(by=_administrator(request), person=found)
            messages.success(request, _("%(name)s can no longer sign in.") % name)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("person", found.pk)
    return redirect("people")


@allow(Permission.MANAGE_PEOPLE, methods=("POST",))
@never_cache
def password(request: HttpRequest, id: int) -> HttpResponse:
    """A one-time password for somebody who has forgotten theirs; shown once, on this very answer."""
    found = get_object_or_404(User, pk=id, is_active=True)
    made = actions.give_one_time_password(by=_administrator(request), person=found)
    return render(request, "people/one-time-password.html", {"person": found, "password": made, "new": False})


@allow(Permission.MANAGE_PEOPLE, methods=("POST",))
def second_factor(request: HttpRequest, id: int) -> HttpResponse:
    """Take away a person's second factor, for a telephone that was lost; they set up another."""
    found = get_object_or_404(User, pk=id)
    reset_second_factor(by=_administrator(request), person=found)
    messages.success(
        request,
        _("%(name)s has no second factor now, and was signed out everywhere.") % {"name": found.get_full_name()},
    )
    return redirect("people")


def _administrator(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _try(form: Any, action: Callable[[], None]) -> bool:
    """Run an action; what it refuses becomes the form's error."""
    try:
        action()
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
