"""Workbooks (xlsx, ods) read as rows of text: never trusted, in bounded memory."""
