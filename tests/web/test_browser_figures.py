"""Pages of figures in a real browser: the map by keyboard, the same page without a script, charts at both widths."""

from base64 import b64encode

import pytest

from redway.work.accounts.roles import Role

pytestmark = pytest.mark.browser
MAP = "/map/?type=recorded-crime"
INDICATOR = "/indicators/recorded-possession-of-weapons/"


def ready(page):
    """Until the map that moves has taken the place of the still one."""
    page.wait_for_selector("[data-map][data-ready]", timeout=60_000)


def test_the_map_is_used_by_keyboard_alone(browsing):
    page = browsing.page(Role.CHAIR)
    browsing.open(page, MAP)
    ready(page)
    assert not page.locator("[data-map-still]").is_visible()
    names = page.locator(".redway-map__button").evaluate_all("all => all.map(b => b.getAttribute('aria-label'))")
    assert names[:2] == ["Closer", "Further away"]
    assert len(names) == 7
    page.focus(".redway-map__button >> nth=0")
    page.keyboard.press("Enter")
    for _ in names:
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "map-area"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".redway-map__said a")
    chosen = page.locator("#map-area option:checked").inner_text()
    assert page.locator(".redway-map__said").inner_text().startswith(chosen)
    page.press(".redway-map__said a", "Enter")
    page.wait_for_url("**/indicators/recorded-crime/?area=*")
    assert page.faults == []


def test_axe_finds_nothing_on_the_map_that_moves(browsing):
    for width in (1280, 360):
        page = browsing.page(Role.MEMBER, width=width)
        browsing.open(page, MAP)
        ready(page)
        assert browsing.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


SLOW = """
const paint = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (draw) => paint(() => setTimeout(() => draw(performance.now()), 200));
"""
COLOURED = """async (png) => {
  const picture = new Image();
  picture.src = "data:image/png;base64," + png;
  await picture.decode();
  const paper = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
  const pen = paper.getContext("2d");
  pen.drawImage(picture, 0, 0);
  const { data } = pen.getImageData(0, 0, picture.width, picture.height);
  let coloured = 0;
  for (let at = 0; at < data.length; at += 4) coloured += Math.min(data[at], data[at + 1], data[at + 2]) < 245;
  return coloured / (data.length / 4);
}"""


def test_the_still_map_stays_until_the_other_is_wholly_drawn_however_slowly(browsing):
    page = browsing.page(Role.MEMBER)
    page.add_init_script(SLOW)
    browsing.open(page, MAP)
    page.wait_for_selector("[data-map-live]", state="attached")
    assert page.locator("[data-map-still] svg").is_visible()
    ready(page)

    def coloured():
        shot = page.locator(".redway-map__canvas").screenshot()
        return page.evaluate(COLOURED, b64encode(shot).decode())

    at_once = coloured()
    page.wait_for_timeout(3000)
    assert at_once > 0.1
    assert at_once == pytest.approx(coloured(), rel=0.02)


def test_where_the_map_cannot_move_the_still_one_stays(browsing):
    page = browsing.page(Role.MEMBER)
    page.route("**/areas.geojson*", lambda route: route.abort())
    browsing.open(page, MAP)
    page.wait_for_load_state("networkidle")
    assert page.locator("[data-map-still] svg").is_visible()
    assert page.locator("[data-map-live]").count() == 0
    assert browsing.violations(page) == []


def test_every_page_of_figures_is_complete_without_a_script(browsing):
    page = browsing.page(Role.CHAIR, javascript=False)
    browsing.open(page, MAP)
    assert page.locator("[data-map-still] svg").is_visible()
    page.select_option("#type", "recorded-shoplifting")
    browsing.follow(page.locator("main form button"))
    assert page.url.endswith("type=recorded-shoplifting")
    browsing.follow(page.locator("#table tbody th a"))
    page.locator("figure svg").first.wait_for()


def test_each_width_has_the_drawing_made_for_it(browsing):
    for width, shown in ((1280, "wide"), (360, "narrow")):
        page = browsing.page(Role.MEMBER, width=width)
        browsing.open(page, INDICATOR)
        visible = page.locator(".redway-chart__drawing:visible").evaluate_all("all => all.map(d => d.className)")
        assert visible
        assert all(name.endswith(shown) for name in visible)
        # Words in the drawing stay as large as they were drawn.
        size = page.locator(f".redway-chart__drawing--{shown} svg").first.bounding_box()["width"]
        assert size >= {"wide": 900, "narrow": 320}[shown]


def test_axe_finds_nothing_with_everything_unfolded(browsing):
    page = browsing.page(Role.ANALYST, width=360)
    for path in (f"{INDICATOR}?area=E01999036", "/indicators/assault-attendances/", "/data/?page=2"):
        browsing.open(page, path)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert browsing.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.faults == []


def test_an_indicator_prints_with_its_wide_drawing_and_its_tables(browsing):
    page = browsing.page(Role.CHAIR, width=360)
    browsing.open(page, INDICATOR)
    page.emulate_media(media="print")
    assert page.locator(".redway-chart__drawing--wide").first.is_visible()
    assert not page.locator(".redway-chart__drawing--narrow").first.is_visible()
