"""The generator of Aldermere, the fictional city: nothing in it is about a real place or person.

`write(folder)` writes the files that publishers would have published. What was planted in them stands in
`truths.py`.
"""

from redway.aldermere.files import write

__all__ = ["write"]
