"""What Aldermere's partners send: each agency's returns as files, in the columns that each dataset asks for.

Nobody in them exists. Every file is drawn by a generator of its own, so a new dataset changes no other.
"""
