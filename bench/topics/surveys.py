"""Surveys: 2,000 clusters in 50 strata, ten subgroups. Rows are read some eight times: 64 bytes a row for weights,
cluster, stratum and y, and two counts by cluster and group."""

from redway.methods.surveys.design import design
from redway.methods.surveys.means import mean
from redway.methods.surveys.raking import rake
from topics.made import survey
from topics.work import Call, Peer, Work


def means(n: int) -> Call:
    s = survey(n)
    return lambda: mean(design(s["w"], ids=s["cluster"], strata=s["stratum"]), s["y"], s["by"])


def raked(n: int) -> Call:
    s = survey(n)
    sample = design(s["w"], ids=s["cluster"], strata=s["stratum"])
    sex, age = s["by"] % 2, s["by"] % 5
    margins = [
        (sex, {str(k): n * share for k, share in enumerate((0.49, 0.51))}),
        (age, {str(k): n * share for k, share in enumerate((0.1, 0.2, 0.3, 0.25, 0.15))}),
    ]
    return lambda: rake(sample, margins)


WORKS = (
    Work(
        "survey means with their design, by ten subgroups",
        means,
        1_000_000,
        "rows",
        5_000,
        lambda n: (64.0 * n, 20.0 * n),
        (62_500, 250_000, 1_000_000, 4_000_000),
        limit=0.5,
        peers=(Peer("survey (R)", 3.7, "R survey"), Peer("samplics 0.6.1", 6.3, "samplics")),
    ),
    Work(
        "raking to two margins",
        raked,
        100_000,
        "rows",
        2_000,
        lambda n: (24.0 * n * 10, 4.0 * n * 10),
        (12_500, 25_000, 50_000, 100_000),
    ),
)
