"""A typed return becomes a CSV file under the headings that its page has, so that what is said of it names those."""

from redway.sources.dataset import dataset
from redway.web.returns.sheet import box_name, sheet


def test_what_is_typed_stands_under_the_headings_of_the_page():
    definition = dataset("agency-counts")
    columns = {column.name: column for column in definition.columns}
    given = {box_name(0, columns["measure"]): "marac-cases", box_name(0, columns["out_of"]): " 9 "}
    made = sheet(definition, given, {})
    heading, row = made.as_csv().decode().splitlines()
    assert heading.split(",") == [column.heading for column in definition.columns]
    assert dict(zip(heading.split(","), row.split(","), strict=True))["Out of"] == "9"
