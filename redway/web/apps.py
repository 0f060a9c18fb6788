from django.apps import AppConfig


class Web(AppConfig):
    name = "redway.web"

    def ready(self) -> None:
        from redway.web import permissions  # noqa: F401 - registers the start-up check
        from redway.web.people import limits  # noqa: F401 - listens for people who sign in
