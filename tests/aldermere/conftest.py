import pytest


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """The folder of files that the generator writes."""
    from redway.aldermere import write

    folder = tmp_path_factory.mktemp("aldermere")
    write(folder)
    return folder


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Every return of the usual seed: (return, path)."""
    from redway.aldermere.partners import files

    return files.write(tmp_path_factory.mktemp("returns"))
