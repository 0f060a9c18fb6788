"""The page about reference data says what set-up looks for."""

from pathlib import Path

from redway.sources.finding import reference_datasets

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "reference-data.md").read_text("utf-8")


def test_every_dataset_and_every_file_name_stands_in_it():
    for definition in reference_datasets():
        assert f"`{definition.name}`" in PAGE
        for pattern in (pattern for patterns in definition.finds for pattern in patterns):
            shown = pattern.replace("{district}", "DISTRICT")
            assert f"`{shown}`" in PAGE, pattern
