"""What browsers are told besides Django's own headers and the content security policy."""

from django.http import HttpRequest, HttpResponse

from redway.web.permissions import View

# Nothing here uses any of these, so no script that ever got in could.
CLOSED = (
    *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone"),
    *("midi", "payment", "usb"),
)


class PermissionsPolicy:
    """Closes what a page of ours never needs."""

    policy = ", ".join(f"{name}=()" for name in CLOSED)

    def __init__(self, get_response: View):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.policy)
        return response
