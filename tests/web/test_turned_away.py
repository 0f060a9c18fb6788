"""What the checking would not take is turned away while it is sent: wrong kinds of file, and what was cut short."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from redway.errors import FileRefused
from redway.web.uploads import as_named, check_files
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role
from redway.work.returns.models import Delivery
from redway.work.returns.quarantine import Sent

ENDINGS = (".csv", ".xlsx", ".ods")


def packed():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("november.csv", "a,b\n" * 500)
    return made.getvalue()


WRONG = [
    ("setup.exe", b"MZ\0", "one that ends in .exe"),
    ("photo.PNG", b"\x89PNG", "one that ends in .png"),
    ("november", b"a,b", "one without an ending"),
    ("november.xls", b"", "before 2007"),
    ("november.zip", packed()[:-30], "a file that is no zip"),
    ("november.xlsx", packed()[:200], "a file that is no zip"),
]


@pytest.mark.parametrize(("name", "content", "says"), WRONG)
def test_it_is_said_what_came_and_what_is_wanted(name, content, says):
    with pytest.raises(FileRefused) as refused:
        check_files([Sent(name, io.BytesIO(content))], ENDINGS)
    assert says in str(refused.value)
    assert str(refused.value).startswith(f"{name}: expected")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("NOVEMBER.CSV", b"a,b"),
        ("november.zip", packed()),
        ("november.xlsx", packed()),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0 with a password, which the checking tells better"),
    ],
)
def test_anything_else_goes_on_to_be_checked_from_its_first_byte(name, content):
    file = io.BytesIO(content)
    check_files([Sent(name, file)], ENDINGS)
    assert file.read() == content


@pytest.mark.django_db
def test_the_page_says_it_at_once_and_to_its_script_as_json(milton_keynes, signed_in, people):
    User.objects.filter(pk=people[Role.AGENCY_CONTACT].pk).update(agency="fire-and-rescue-service")
    client = signed_in(Role.AGENCY_CONTACT)

    def send(**more):
        given = {"chosen": SimpleUploadedFile("setup.exe", b"MZ"), "period": ""}
        return client.post("/returns/send/fire/", given, **more)

    text = send().content.decode()
    assert "setup.exe: expected a file that ends in .csv, .xlsx" in text
    assert 'href="#id_chosen"' in text
    told = send(headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["problems"][0][:19]) == (422, "setup.exe: expected")
    assert not Delivery.objects.exists()
    assert list(milton_keynes.quarantine.iterdir()) == []


def test_a_name_is_shown_as_its_sender_gave_it():
    """Browsers write quotation marks and ends of lines so in a form, and no other character."""
    assert as_named("my %22best%22 file 100%25.csv") == 'my "best" file 100%25.csv'
    assert as_named("two%0D%0Alines.csv") == "two\r\nlines.csv"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("setting", "limit", "says"),
    [
        ("DATA_UPLOAD_MAX_MEMORY_SIZE", 1500, "What was typed or pasted is more than 0.0015 MB"),
        ("DATA_UPLOAD_MAX_NUMBER_FIELDS", 10, "The form has more than 10 boxes"),
    ],
)
def test_more_than_a_page_takes_is_told_with_what_became_of_it_and_what_to_do(
    milton_keynes, signed_in, settings, setting, limit, says
):
    client = signed_in(Role.ANALYST)
    setattr(settings, setting, limit)
    answer = client.post("/returns/type/agency-counts/", {f"count-{n}": "1" * 200 for n in range(20)})
    assert answer.status_code == 413
    text = answer.content.decode()
    assert "<h1" in text
    assert "Too much at once" in text
    assert says in text
    assert "nothing that was there before was changed or lost" in text
    assert "put it into a file and send that" in text
    assert not Delivery.objects.exists()
