"""Roles are lists of named permissions; this table is the whole of who may do what."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing a person may do. Every page declares one of these."""

    SEE_PARTNERSHIP = "see-partnership"  # home, priorities, indicators, map, commitments
    SEE_RETURNS = "see-returns"  # what arrived, from whom, and its data versions
    CHANGE_COMMITMENTS = "change-commitments"  # give an owner, a date, a state
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
    Role.ANALYST: frozenset({P.SEE_PARTNERSHIP, P.SEE_RETURNS, P.CHANGE_COMMITMENTS}),
    Role.MEMBER: frozenset({P.SEE_PARTNERSHIP}),
    Role.CHAIR: frozenset({P.SEE_PARTNERSHIP, P.SEE_RETURNS, P.CHANGE_COMMITMENTS}),
    Role.AGENCY_CONTACT: frozenset({P.SEE_RETURNS}),
    Role.ADMINISTRATOR: frozenset({P.SEE_PARTNERSHIP, P.SEE_RETURNS, P.SEE_AUDIT, P.MANAGE_PEOPLE}),
}
