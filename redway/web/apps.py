from django.apps import AppConfig


class Web(AppConfig):
    name = "redway.web"

    def ready(self) -> None:
        from redway.web import permissions  # noqa: F401 - registers the start-up check
