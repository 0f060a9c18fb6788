import pytest


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """The folder of files that the generator writes."""
    from redway.aldermere import write

    folder = tmp_path_factory.mktemp("aldermere")
    write(folder)
    return folder
