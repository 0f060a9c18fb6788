"""The generator of Aldermere, the fictional city."""
