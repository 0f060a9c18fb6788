"""What partners' data may be read for. A gateway is for one dataset and one purpose."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Purpose(StrEnum):
    ANALYSIS = "analysis"
    STATUTORY_EXCHANGE = "statutory-exchange"
    EVALUATION = "evaluation"
    PUBLICATION = "publication"
    SUPPORT = "support"
    ENFORCEMENT = "enforcement"


NAMES = {
    Purpose.ANALYSIS: _("Analysis"),
    Purpose.STATUTORY_EXCHANGE: _("Statutory exchange"),
    Purpose.EVALUATION: _("Evaluation"),
    Purpose.PUBLICATION: _("Publication"),
    Purpose.SUPPORT: _("Support"),
    Purpose.ENFORCEMENT: _("Enforcement"),
}

ABOUT = {
    Purpose.ANALYSIS: _(
        "Indicators, findings and strategic assessments: what changed, where and for whom. Every figure on Redway's "
        "pages is read for this."
    ),
    Purpose.STATUTORY_EXCHANGE: _("The quarterly exchange between partners under SI 2007/1831."),
    Purpose.EVALUATION: _("Whether a programme worked."),
    Purpose.PUBLICATION: _(
        "Released tables: counts that anybody may see, after disclosure control and by a second person's word."
    ),
    Purpose.SUPPORT: _("Helping the people the data are about."),
    Purpose.ENFORCEMENT: _("Investigating or acting against somebody. Never with data that were given for support."),
}
