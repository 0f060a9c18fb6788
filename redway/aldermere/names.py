"""Invented names. A test holds them against every district and ward of England and Wales."""

DISTRICT, DISTRICT_CODE = "Aldermere", "E06999001"
CSP_CODE, FORCE, FORCE_SLUG, FORCE_AREA_CODE = "E22999001", "Aldermere Constabulary", "aldermere", "E23999001"

NEIGHBOUR, NEIGHBOUR_CODE = "Fenmarch", "E06999002"
NEIGHBOUR_CSP_CODE, NEIGHBOUR_FORCE, NEIGHBOUR_SLUG, NEIGHBOUR_FORCE_AREA_CODE = (
    "E22999002",
    "Fenmarch Constabulary",
    "fenmarch",
    "E23999002",
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
