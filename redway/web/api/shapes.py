"""What the API gives and takes, as pydantic models: its OpenAPI description is made of these."""

import datetime as dt
from uuid import UUID

from ninja import Field, Schema

from redway.sources.dataset import Dataset
from redway.work.returns.expected import Expected, Standing
from redway.work.returns.models import DataVersion, Delivery
from redway.work.returns.report import DeliveryReport
from redway.work.returns.result import headline
from redway.work.returns.states import State


class Problem(Schema):
    """What is wrong, in the words a person would read."""

    message: str
    expected: str = ""
    came: str = ""
    cause: str = ""
    place: str = ""


class ReasonShape(Schema):
    reason: str
    count: int = Field(description="rows refused for it")
    file: str
    line: int | None = Field(description="of the first of them in its sheet or file; the heading is line 1")
    column: str
    came: str
    expected: str
    mend: str


class NoteShape(Schema):
    words: str
    count: int


class WarningShape(Schema):
    kind: str
    period: str
    text: str


class ReportShape(Schema):
    rows_read: int
    rows_accepted: int
    rows_refused: int
    reasons: list[ReasonShape]
    notes: list[NoteShape]
    warnings: list[WarningShape]
    skipped: list[tuple[str, str]] = Field(description="files left aside, and why")
    fault: Problem | None = Field(description="why nothing of it can be taken")


class DeliveryShape(Schema):
    id: UUID
    dataset: str
    agency: str
    period: str = Field(description="the one it was said to be of; empty where its rows say it")
    periods: list[str] = Field(description="those it was found to be of, once it is checked")
    files: list[str]
    sent_at: dt.datetime
    sent_by: str
    state: str = Field(description=", ".join(State))
    result: str = Field(description="one sentence")
    reason: str = Field(description="why a person refused or withdrew it")
    data_version: int | None = Field(description="the data version that its acceptance made")
    refused_rows_until: dt.datetime | None = Field(description="until when the list of refused rows can be had")
    report: ReportShape | None = Field(description="null until it is checked")

    @classmethod
    def of(cls, one: Delivery) -> "DeliveryShape":
        report = DeliveryReport.of_json(one.report)
        return cls(
            id=one.public_id,
            dataset=one.dataset,
            agency=one.agency,
            period=one.period,
            periods=one.periods,
            files=one.file_names,
            sent_at=one.sent_at,
            sent_by=one.sent_by,
            state=one.state,
            result=headline(one, report),
            reason=one.reason,
            data_version=one.version,
            refused_rows_until=one.refused_rows_until if one.refused_rows else None,
            report=_report(report) if one.report else None,
        )


def _report(report: DeliveryReport) -> ReportShape:
    fault = report.fault
    return ReportShape(
        rows_read=report.rows_read,
        rows_accepted=report.rows_accepted,
        rows_refused=report.rows_refused,
        reasons=[ReasonShape(**reason.__dict__, line=reason.line) for reason in report.reasons],
        notes=[NoteShape(words=note.words, count=note.count) for note in report.notes],
        warnings=[WarningShape(kind=w.kind, period=w.period, text=w.text) for w in report.warnings],
        skipped=list(report.skipped),
        fault=Problem(
            message=str(fault), expected=fault.expected, came=fault.came, cause=fault.cause, place=fault.place
        )
        if fault
        else None,
    )


class ExpectedShape(Schema):
    dataset: str
    period: str
    due: dt.date
    standing: str = Field(description=", ".join(Standing))
    days_late: int
    accepted: dt.date | None
    delivery: UUID | None = Field(description="the newest one of this period")

    @classmethod
    def of(cls, one: Expected) -> "ExpectedShape":
        return cls(
            dataset=one.dataset,
            period=one.period,
            due=one.due,
            standing=one.standing,
            days_late=one.days_late,
            accepted=one.accepted,
            delivery=one.delivery.public_id if one.delivery else None,
        )


class ColumnShape(Schema):
    name: str
    heading: str
    type: str
    about: str
    required: bool
    optional: bool


class DatasetShape(Schema):
    name: str
    title: str
    about: str
    cadence: str
    files: list[str] = Field(description="file name endings that are taken")
    columns: list[ColumnShape]

    @classmethod
    def of(cls, one: Dataset) -> "DatasetShape":
        columns = [
            ColumnShape(
                name=c.name, heading=c.heading, type=c.type, about=c.about, required=c.required, optional=c.optional
            )
            for c in one.columns
        ]
        return cls(
            name=one.name,
            title=one.title,
            about=one.about,
            cadence=one.cadence,
            files=list(one.files),
            columns=columns,
        )


class VersionShape(Schema):
    number: int
    made_at: dt.datetime
    summary: str

    @classmethod
    def of(cls, one: DataVersion) -> "VersionShape":
        return cls(number=one.number, made_at=one.made_at, summary=one.summary)
