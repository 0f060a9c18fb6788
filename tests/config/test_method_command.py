"""`redway method`, as an analyst types it."""

import json
import re
import sys
from dataclasses import replace

import numpy as np
import pytest

from redway.config.cli import main
from redway.config.management.commands import method as command
from redway.methods import inputs
from redway.methods.catalogue import Also, Answer, Column, Method, Parameter, complement, methods
from tests.methods.test_sentences import NAMED, ordinary

pytestmark = pytest.mark.usefixtures("db")


def drawn(columns, parameters, rng):
    """As many draws as asked for, beside the mean of a column."""
    rows = {
        "draw": rng.random(parameters["times"]).round(6),
        "day": np.array(["2025-11-01"] * parameters["times"], "datetime64[D]"),
        "unknown": np.full(parameters["times"], np.nan),
    }
    if parameters["times"] < 1:
        inputs.at_least([5.0, np.nan], "count", 1)
    note = f"By {parameters['by']}, {list(parameters['quantiles'] or ())}, {parameters['plain']}."
    if parameters["since"] or parameters["version"]:
        note += f" Since {parameters['since']}, {parameters['version']}."
    return Answer(f"The mean is {columns['count'].mean():g}.", rows, (note,))


DRAWN = Method(
    "drawn",
    "Draw numbers beside a mean",
    (Column("count", "how many", also=("n", "x")),),
    drawn,
    (
        Parameter(
            "times", 2, "how often", int, also=(Also("B"), Also("R"), Also("alpha", lambda value: round(1 / value)))
        ),
        Parameter("by", "area", "what by: 100% of it", choices=("area", "week"), words=(("zone", "area"),)),
        Parameter("quantiles", None, "which", float, several=True),
        Parameter("plain", False, "whether", bool),
        Parameter("since", "", "the first day", day=True),
        Parameter("version", "", "like an option of Django's"),
    ),
    like="nowhere::drawn",
    random=True,
)


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Run it on a small table; its answer, and what it remarked."""
    monkeypatch.setattr(command, "methods", lambda: {"drawn": DRAWN})
    path = tmp_path / "mine.csv"
    path.write_text("Offences\n1\n3\n")

    def say(*arguments):
        given = [str(path) if a == "FILE" else a for a in arguments]
        monkeypatch.setattr(sys, "argv", ["redway", "method", *given])
        try:
            main()
        except SystemExit as ended:
            if ended.code:
                raise
        said = capsys.readouterr()
        return said.out, said.err

    return say


ON = ("drawn", "--in", "FILE", "--column", "count=Offences")


def test_without_a_name_each_has_a_line(run):
    assert run()[0] == "drawn  Draw numbers beside a mean\n"


def test_rows_as_csv_and_the_sentence_beside_them(run):
    out, err = run(*ON, "--seed", "7", "--times", "1", "--quantiles", "0.1,0.9", "--plain", "--by", "week")
    assert out == f"draw,day,unknown\n{np.random.default_rng(7).random():.6f},2025-11-01,\n"
    assert err.splitlines() == ["The mean is 2.", "By week, [0.1, 0.9], True.", "Seed: 7."]


def test_json_holds_what_would_make_it_again(run):
    said = json.loads(run(*ON, "--seed", "7", "--format", "json")[0])
    assert (said["version"], said["method"], said["seed"], said["file"]) == (1, "drawn", 7, "mine.csv")
    unsaid = {"times": 2, "by": "area", "quantiles": None, "plain": False, "since": "", "version": ""}
    assert said["parameters"] == unsaid
    assert said["sentence"] == "The mean is 2."
    assert [row["unknown"] for row in said["rows"]] == [None, None]


def test_a_seed_that_was_not_given_is_printed_and_gives_the_same(run):
    out, err = run(*ON)
    seed = err.splitlines()[-1].removeprefix("Seed: ").rstrip(".")
    assert run(*ON, "--seed", seed)[0] == out


def test_a_day_may_be_written_as_files_write_it(run):
    for day in ("01/04/2023", "1/4/2023", "2023-04-01"):
        assert run(*ON, "--seed", "7", "--since", day)[1].splitlines()[1].endswith("Since 2023-04-01, .")


def test_a_setting_answers_to_the_names_of_other_tools_and_a_word_to_theirs(run, capsys):
    for given in (("--B", "3"), ("--R", "3"), ("--alpha", "0.333"), ("--times", "3")):
        said = json.loads(run(*ON, "--seed", "7", *given, "--by", "zone", "--format", "json")[0])
        assert said["parameters"]["times"] == len(said["rows"]) == 3
        assert said["parameters"]["by"] == "area"
    assert len(run(*ON, "--seed", "7", "--B", "2", "--B", "3")[0].splitlines()) == 4  # as any setting: the last counts
    for given, told in (
        (("--B", "2", "--times", "3"), "expected --times or --B, the same setting"),
        (("--alpha", "x"), "expected --alpha: a number. What came: “x”"),
        (("--B", "2.5"), "expected --B: a whole number. What came: “2.5”"),
        (("--by", "town"), "expected --by: one of area, week. What came: “town”"),
    ):
        with pytest.raises(SystemExit):
            run(*ON, *given)
        assert told in capsys.readouterr().err
    shown = " ".join(run("drawn", "--help")[0].split())
    assert "in other tools --B, --R, --alpha (0.05 is 20)" in shown
    assert "in other tools zone for area" in shown
    assert "count number: how many (or n, x, as other tools call it)" in shown


def test_a_level_is_what_an_alpha_leaves():
    assert [complement(alpha) for alpha in (0.05, 0.1, 0.001)] == [0.95, 0.9, 0.999]


def test_a_column_answers_to_the_names_of_other_tools(run, tmp_path):
    path = tmp_path / "theirs.csv"
    for heading in ("N", "x", "count"):
        path.write_text(f"{heading},other\n1,9\n3,9\n")
        assert run("drawn", "--in", str(path), "--seed", "1")[1].startswith("The mean is 2.")
    path.write_text("x,count,mine\n1,5,7\n3,5,7\n")  # our own name comes first
    assert run("drawn", "--in", str(path), "--seed", "1")[1].startswith("The mean is 5.")
    assert run("drawn", "--in", str(path), "--seed", "1", "--column", "n=mine")[1].startswith("The mean is 7.")


def test_a_setting_may_be_called_as_an_option_of_djangos_is(run):
    assert run(*ON, "--seed", "7", "--version", "2020")[1].splitlines()[1].endswith("Since , 2020.")


def test_a_fault_of_a_method_names_file_line_and_heading(run, capsys):
    with pytest.raises(SystemExit):
        run(*ON, "--times", "0")
    assert "mine.csv, line 3, column “Offences”: expected count: " in capsys.readouterr().err


def test_a_seed_where_nothing_is_drawn_is_let_pass(run, monkeypatch):
    monkeypatch.setattr(command, "methods", lambda: {"drawn": replace(DRAWN, random=False)})
    assert "the seed is not used" in run(*ON, "--seed", "7")[1]
    assert "printed if not given" not in run("drawn", "--help")[0]


def doubled(columns, parameters, rng):
    return Answer("Doubled.", {"count": 2 * columns["count"]})


def test_columns_of_the_file_may_be_kept_beside_the_answer(run, monkeypatch, tmp_path, capsys):
    made = replace(DRAWN, run=doubled, random=False, by_row=True)
    monkeypatch.setattr(command, "methods", lambda: {"drawn": made})
    path = tmp_path / "answers.csv"
    path.write_text("Respondent,count,Said\n007,1,yes\n=1+1,3,\n")
    asked = ("drawn", "--in", str(path))
    assert run(*asked, "--keep", "respondent, Said")[0] == "Respondent,Said,count\n007,yes,2\n'=1+1,,6\n"
    assert run(*asked, "--keep", "count")[0].splitlines() == ["count (file),count", "1,2", "3,6"]
    with pytest.raises(SystemExit):
        run(*asked, "--keep", "Respondant")
    assert "Did you mean “Respondent”?" in capsys.readouterr().err
    monkeypatch.setattr(command, "methods", lambda: {"drawn": replace(made, by_row=False)})
    with pytest.raises(SystemExit):
        run(*asked, "--keep", "Said")


@pytest.mark.parametrize("method", [m for m in methods().values() if m.by_row], ids=lambda m: m.name)
def test_a_method_whose_rows_are_those_of_the_table_has_as_many(method):
    table = ordinary(method)
    given = {p.name: p.default for p in method.parameters} | NAMED.get(method.name, {})
    rows = method.run(table, given, np.random.default_rng(0)).rows
    assert {len(values) for values in rows.values()} == {len(next(iter(table.values())))}


def weighed(columns, parameters, rng):
    weights = parameters["weights"]
    if weights is None:
        return Answer("No weights.", {"count": columns["count"]})
    inputs.at_least(weights["weight"], "weights.weight", 0)
    return Answer(f"They weigh {(columns['count'] * weights['weight']).sum():g}.", {"count": columns["count"]})


WEIGHED = replace(
    DRAWN,
    name="weighed",
    run=weighed,
    parameters=(Parameter("weights", None, "what each weighs", table=(Column("weight", "of one"),)),),
    random=False,
)


def test_a_setting_may_be_a_second_file(run, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(command, "methods", lambda: {"weighed": WEIGHED})
    second = tmp_path / "scale.csv"
    second.write_text("Heaviness\n2\n5\n")
    on = ("weighed", "--in", "FILE", "--column", "count=Offences")
    assert run(*on)[1].splitlines() == ["No weights."]
    both = (*on, "--weights", str(second), "--column", "weights.weight=Heaviness")
    out, err = run(*both, "--format", "json")
    assert err.splitlines() == ["They weigh 17."]
    assert json.loads(out)["parameters"] == {"weights": "scale.csv"}
    second.write_text("Heaviness\n2\n-5\n")
    with pytest.raises(SystemExit):
        run(*both)
    assert "scale.csv, line 3, column “Heaviness”: expected weights.weight" in capsys.readouterr().err
    shown, _ = run("weighed", "--help")
    assert "columns of weights:\n  weight  number: of one" in shown
    assert "--weights FILE" in shown


RESERVED = {"in", "column", "format", "seed", "help"}


@pytest.mark.parametrize("method", methods().values(), ids=lambda method: method.name)
def test_every_method_has_a_parser_that_knows_all_its_settings(method):
    one = command.Command()
    one.method = method
    parser = one.create_parser("redway", "method")
    assert method.title in parser.format_help()
    assert RESERVED.isdisjoint(parameter.name for parameter in method.parameters)
    given = parser.parse_args([method.name])
    for parameter in method.parameters:
        if not parameter.several:
            assert vars(given)[command.SETTING + parameter.name] == parameter.default
        if parameter.kind is str and not parameter.choices and not parameter.several:
            read = parser.parse_args([method.name, f"--{parameter.name}", "word"])
            assert vars(read)[command.SETTING + parameter.name] == "word"


def test_help_names_columns_and_settings(run):
    out, _ = run("drawn", "--help")
    for words in (
        "Draw numbers beside a mean",
        "nowhere::drawn",
        "count  number: how many",
        "--times INT",
        "100% of it",
    ):
        assert words in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["drown"], "the name of a method"),
        (["drawn"], "a file, with --in FILE"),
        (["drawn", "--in", "FILE"], "the columns “count”"),
        (["drawn", "--in", "FILE", "--column", "count"], "a missing ="),
        ([*ON, "--seed", "-1"], "a seed of at least 0"),
        (["drawm"], "Did you mean “drawn”?"),
        ([*ON, "--quantiles", "x"], "expected --quantiles: numbers, with commas between. What came: “x”."),
        ([*ON, "--since", "31/02/2023"], "expected --since: a day such as 30/11/2025. What came: “31/02/2023”."),
    ],
)
def test_a_mistake_is_a_sentence(run, capsys, arguments, told):
    with pytest.raises(SystemExit):
        run(*arguments)
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("other", ["count", "n"])
def test_two_headings_for_one_column_are_refused(run, capsys, other):
    with pytest.raises(SystemExit):
        run(*ON, "--column", f"{other}=Crimes")
    assert "one heading for “count”. What came: “Offences” and “Crimes”. Likely cause" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--timess", "4"), "an option that redway method drawn --help lists. What came: “--timess”. .*mean “--times”"),
        (("--times", "1 month"), "--times: a whole number. What came: “1 month”. Likely cause: a word, a unit"),
        (("--by", "aera"), "--by: one of area, week. What came: “aera”. Likely cause: .*Did you mean “area”"),
        (("--quantiles", "0.1;0.2"), "--quantiles: numbers, with commas between. What came: “0.1;0.2”. Likely cause"),
        (("--times",), "--times: a value after it. What came: none. Likely cause"),
        (("--times", "2", "--B", "3"), "--B or --times, the same setting. What came: both. Likely cause"),
        (("week",), "an option, --NAME, and its value. What came: “week”. Likely cause: a value with a blank"),
    ],
)
def test_a_wrong_option_is_told_in_three_parts_and_no_wall_of_usage(run, capsys, given, told):
    with pytest.raises(SystemExit):
        run(*ON, *given)
    said = capsys.readouterr().err
    assert re.match(f"redway: expected {told}", said), said
    assert "usage" not in said
    assert said.count("\n") == 1
