"""The handbook's pages: Markdown to HTML in GOV.UK's classes, with the pictures drawn in.

The words are ours and carry no HTML; what Markdown would write as raw HTML or as a style is not written at all. What a
section begins with in bold becomes its heading; a picture takes the words under it for its caption.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from redway.products.handbook.drawing import PAGES, path

INDEX = "README"
CAPTION = "In the picture."
LINK = re.compile(r"([a-z][a-z0-9-]*)\.md")
PICTURE = re.compile(r"pictures/([a-z][a-z0-9-]*)\.svg")
CLASSES = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet govuk-list--spaced",
    "ordered_list_open": "govuk-list govuk-list--number govuk-list--spaced",
    "heading_open": "govuk-heading-m",
    "table_open": "govuk-table redway-table--small",
    "thead_open": "govuk-table__head",
    "tbody_open": "govuk-table__body",
    "tr_open": "govuk-table__row",
    "th_open": "govuk-table__header",
    "td_open": "govuk-table__cell",
    "link_open": "govuk-link",
}

Address = Callable[[str], str]  # of a page, by its name


@dataclass(frozen=True)
class Page:
    """A page: its title, and its body as safe HTML."""

    name: str
    title: str
    body: SafeString


@cache
def names() -> tuple[str, ...]:
    """The pages there are, but for the index."""
    return tuple(sorted(page.stem for page in PAGES.glob("*.md") if page.stem != INDEX))


def page(name: str, address: Address) -> Page:
    """A page of `names()`, or the index.

    Raises ValueError for a link or a picture that is not of the handbook, and KeyError for a page that is not there.
    """
    if name not in (*names(), INDEX):
        raise KeyError(name)
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse((PAGES / f"{name}.md").read_text("utf-8"))
    title = tokens[1].content
    renderer = RendererHTML()
    body = renderer.render(list(_shaped(tokens[3:], address)), reader.options, {})
    return Page(name, title, mark_safe(body))  # noqa: S308 - Markdown with HTML off, and our own drawings


def _shaped(tokens: list[Token], address: Address) -> Iterator[Token]:
    """The tokens with our classes, headings, pictures and addresses."""
    at, section = 0, ""
    while at < len(tokens):
        token = tokens[at]
        inline = tokens[at + 1] if token.type == "paragraph_open" else None
        children = inline.children or [] if inline else []
        if [child.type for child in children] == ["image"]:
            yield _picture(children[0], tokens[at + 4].children or [])
            at += 6
            continue
        if inline and len(lead := _lead(children)) > 0:
            yield from _heading(lead)
            section = "".join(child.content for child in lead)
            inline.children = children = children[len(lead) + 3 :]
            if not children:
                at += 3
                continue
            children[0].content = children[0].content.lstrip()
        if children and children[0].type == "code_inline" and children[0].content.startswith("redway/"):
            token.attrSet("class", "govuk-body-s redway-evidence")  # where it is in the code
        section = tokens[at + 1].content if token.type == "heading_open" else section
        yield from _dressed(token, section, address)
        at += 1


def _lead(children: list[Token]) -> list[Token]:
    """What is in bold at the start, where it is a heading of its own: it ends as a sentence does."""
    if len(children) < 2 or children[0].content or children[1].type != "strong_open":
        return []
    inside = children[2 : next(k for k, child in enumerate(children) if child.type == "strong_close")]
    return inside if inside and inside[-1].content.endswith((".", "?")) else []


def _heading(words: list[Token]) -> Iterator[Token]:
    words[-1].content = words[-1].content.removesuffix(".")
    yield Token("heading_open", "h2", 1, attrs={"class": CLASSES["heading_open"]}, block=True)
    yield Token("inline", "", 0, children=words, block=True)
    yield Token("heading_close", "h2", -1, block=True)


def _picture(image: Token, words: list[Token]) -> Token:
    """The drawings, wide and narrow, with title and caption."""
    found = PICTURE.fullmatch(str(image.attrs["src"]))
    told = "".join(" " if word.type == "softbreak" else word.content for word in words)
    if not found or not told.startswith(CAPTION):
        raise ValueError(f"expected a picture of the handbook and words on it. What came: {image.attrs['src']}")
    frame = '<div class="redway-chart__drawing redway-chart__drawing--{}">{}</div>'
    drawn = "".join(frame.format(size, path(found[1], size).read_text("utf-8")) for size in ("wide", "narrow"))
    title = f'<p class="redway-chart__title">{escape(image.content)}</p>'
    caption = f'<p class="redway-chart__note govuk-body-s">{escape(told.removeprefix(CAPTION).strip())}</p>'
    html = f'<figure class="redway-chart">{title}{drawn}<figcaption>{caption}</figcaption></figure>\n'
    return Token("html_block", "", 0, content=html, block=True)


def _dressed(token: Token, section: str, address: Address) -> Iterator[Token]:
    """A token in GOV.UK's classes; columns of numbers by a class, since no style may stand in a page."""
    if (name := CLASSES.get(token.type)) and not token.attrs.get("class"):
        if token.attrs.pop("style", "") == "text-align:right":
            name += f" {name}--numeric"
        token.attrSet("class", name)
    if token.type == "table_open":
        frame = f'<div class="redway-scroll" tabindex="0" role="region" aria-label="{escape(section)}">\n'
        yield Token("html_block", "", 0, content=frame, block=True)
    if token.type == "th_open":
        token.attrSet("scope", "col")
    if token.type in ("code_block", "fence"):
        words = escape(token.content.rstrip("\n"))
        html = f'<pre class="redway-pre" tabindex="0"><code>{words}</code></pre>\n'
        token = Token("html_block", "", 0, content=html, block=True)
    for child in token.children or []:
        if child.type == "link_open":
            child.attrs = {"class": CLASSES["link_open"], "href": _linked(str(child.attrs["href"]), address)}
    yield token
    if token.type == "table_close":
        yield Token("html_block", "", 0, content="</div>\n", block=True)


def _linked(href: str, address: Address) -> str:
    found = LINK.fullmatch(href)
    if not found or found[1] not in names():
        raise ValueError(f"expected a link to a page of the handbook. What came: {href}")
    return address(found[1])
