"""Invented names. A test holds them against every district and ward of England and Wales."""

from dataclasses import dataclass

DISTRICT, DISTRICT_CODE = "Aldermere", "E06999001"
CSP_CODE, FORCE, FORCE_SLUG, FORCE_AREA_CODE = "E22999001", "Aldermere Constabulary", "aldermere", "E23999001"

NEIGHBOUR, NEIGHBOUR_CODE = "Fenmarch", "E06999002"
NEIGHBOUR_CSP_CODE, NEIGHBOUR_FORCE, NEIGHBOUR_SLUG, NEIGHBOUR_FORCE_AREA_CODE = (
    "E22999002",
    "Fenmarch Constabulary",
    "fenmarch",
    "E23999002",
)


@dataclass(frozen=True)
class Elsewhere:
    """A district that is its own partnership and police force, far from the city; `people` in hundred thousands."""

    name: str
    district_code: str
    partnership_code: str
    force_code: str
    people: float


# Those that the city may be set beside.
COMPARABLE = (
    Elsewhere("Saltwendle", "E06999003", "E22999003", "E23999003", 1.3),
    Elsewhere("Tarnhithe", "E06999004", "E22999004", "E23999004", 1.1),
    Elsewhere("Wexborough Staithe", "E06999005", "E22999005", "E23999005", 1.2),
)

STREETS = [
    *("Abbot", "Almoner", "Bellfounder", "Bittern", "Candle", "Chandler", "Cooper", "Cordwainer", "Curlew", "Dipper"),
    *("Drover", "Eel Trap", "Ferryman", "Fletcher", "Gannet", "Gleaner", "Heron", "Hurdle", "Iron Gate", "Kiln"),
    *("Lantern", "Lapwing", "Limewash", "Loom", "Maltings", "Mere", "Millrace", "Netmender", "Orchard", "Osier"),
    *("Packhorse", "Plover", "Quay", "Reed", "Ropewalk", "Sallow", "Shearwater", "Sluice", "Staithe", "Tannery"),
    *("Teal", "Thatcher", "Tollgate", "Wainwright", "Watermill", "Weaver", "Wherry", "Widgeon", "Windlass", "Withy"),
]
STREET_KINDS = ["Avenue", "Close", "Court", "Drive", "Gardens", "Lane", "Mews", "Place", "Road", "Row", "Street", "Way"]

# The publisher's words for a point that is no street, by kind of area; the first carry most of its crime.
PLACES = {
    "old town": [
        "Shopping Area",
        "Nightclub",
        "Supermarket",
        "Parking Area",
        "Bus/Coach Station",
        "Theatre/Concert Hall",
    ],
    "retail park": ["Supermarket", "Parking Area", "Petrol Station", "Shopping Area"],
    "station": ["Parking Area", "Supermarket", "Nightclub"],
    "homes": ["Park/Open Space", "Supermarket"],
}
