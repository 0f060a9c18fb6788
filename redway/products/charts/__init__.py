"""Charts: plain Vega-Lite definitions, drawn to SVG on the server, from values handed in."""

from redway.products.charts.bars import Bars
from redway.products.charts.intervals import Change, Changes
from redway.products.charts.measures import Groups, Periods, Point
from redway.products.charts.programmes import Programme, Programmes
from redway.products.charts.render import Chart, Picture, picture
from redway.products.charts.spark import Spark
from redway.products.charts.spc import Control, Mark, Note, Stretch
from redway.products.charts.timeline import Timeline

__all__ = [
    "Bars",
    "Change",
    "Changes",
    "Chart",
    "Control",
    "Groups",
    "Mark",
    "Note",
    "Periods",
    "Picture",
    "Point",
    "Programme",
    "Programmes",
    "Spark",
    "Stretch",
    "Timeline",
    "picture",
]
