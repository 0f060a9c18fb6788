"""Roles are lists of named permissions; this table is the whole of who may do what."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing a person may do. Every page declares one of these."""

    SEE_PARTNERSHIP = "see-partnership"  # home, priorities, indicators, map, commitments
    SEE_RETURNS = "see-returns"  # what arrived, from whom, and its data versions
    CHANGE_COMMITMENTS = "change-commitments"  # give an owner, a date, a state
    SEND_RETURNS = "send-returns"  # of one's own agency: upload, type, acknowledge, withdraw before acceptance
    ACCEPT_RETURNS = "accept-returns"  # the second person; withdraw what was accepted
    SEE_QUALITY = "see-quality"  # how complete and how late each agency's returns are
    SEE_SMALL_COUNTS = "see-small-counts"  # exact counts of partners' data; each use is audited
    RELEASE_TABLES = "release-tables"  # ask for a table to be released; open data leave by that alone
    APPROVE_RELEASES = "approve-releases"  # see what would leave; the second person; withdraw
    SEE_GATEWAYS = "see-gateways"
    MANAGE_GATEWAYS = "manage-gateways"  # the register, retention, erasure
    SEE_AUDIT = "see-audit"
    MANAGE_PEOPLE = "manage-people"


class Role(StrEnum):
    ANALYST = "analyst"
    MEMBER = "member"
    CHAIR = "chair"
    AGENCY_CONTACT = "agency-contact"
    ADMINISTRATOR = "administrator"


P = Permission
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ANALYST: frozenset(
        {
            *(P.SEE_PARTNERSHIP, P.SEE_RETURNS, P.CHANGE_COMMITMENTS, P.SEND_RETURNS, P.ACCEPT_RETURNS),
            *(P.SEE_QUALITY, P.SEE_SMALL_COUNTS, P.SEE_GATEWAYS, P.RELEASE_TABLES, P.APPROVE_RELEASES),
        }
    ),
    Role.MEMBER: frozenset({P.SEE_PARTNERSHIP}),
    Role.CHAIR: frozenset(
        {
            *(P.SEE_PARTNERSHIP, P.SEE_RETURNS, P.CHANGE_COMMITMENTS, P.SEE_QUALITY, P.SEE_GATEWAYS),
            P.APPROVE_RELEASES,
        }
    ),
    Role.AGENCY_CONTACT: frozenset({P.SEE_RETURNS, P.SEND_RETURNS, P.SEE_QUALITY}),
    Role.ADMINISTRATOR: frozenset(
        {
            *(P.SEE_PARTNERSHIP, P.SEE_RETURNS, P.SEE_QUALITY, P.SEE_AUDIT, P.MANAGE_PEOPLE),
            *(P.SEE_GATEWAYS, P.MANAGE_GATEWAYS),
        }
    ),
}
