"""What a province holds of unfit rows stops its own household, named; what a rule text may not say is refused."""

from __future__ import annotations

from datetime import date
from unittest.mock import patch

import polars as pl
import pytest

from core.errors import Blocked
from core.rules import (
    Condition,
    Home,
    Outcome,
    RuleMisuse,
    any_of,
    batch,
    person_rule,
    rule,
    run_single,
    when,
)
from core.rules.batch import run_batch
from core.rules.contract import faults_in_rule
from tests.core.made_homes import BOOK, COUNTIES, RULES, frames, law_of, plain_facts, plain_person

LAWS = {county: law_of(county) for county in COUNTIES}
SINCE = date(2021, 7, 1)
FORGOT_THE_STUDENTS = 520303


@person_rule(source="演示", title="在校学生的比例")
def student_rate(person, _home, law):
    return law.rate("supplement.rate.student", where=person.student)


@person_rule(source="演示", title="本人年收入")
def own_income(person, _home, _law):
    return person.yearly_income


@person_rule(source="演示", title="老人多、别人少")
def more_or_less(person, _home, _law):
    return when(person.age >= 60, 120_000, -58_000)


def made(yearly_fen=lambda _home, _law: 0, *, test=lambda home: home.members >= 1, **rest):
    @rule(scheme="演示", source="演示", since=SINCE, title="演示")
    def text(home, law):
        return Outcome(Condition("演示", "演示", test(home)), yearly_fen=yearly_fen(home, law), **rest)

    return text


def total_of(each):
    return made(lambda home, law: home.total(each, law))


def family(*people, region=520328, **facts):
    given = [plain_person(person.get("age", 30)) | person for person in people]
    return {"region": region, "facts": plain_facts(len(people) or 1) | facts, "people": given}


def answers(text, homes, *, part=batch.PART, change=lambda home_frame, people: (home_frame, people)):
    with patch.object(batch, "PART", part):
        rows = run_batch(text, *change(*frames(homes)), LAWS).to_dicts()
    return [row["blocked"] or (row["yearly_fen"], row["supplement_fen"]) for row in rows]


def single(text, home):
    try:
        decision = run_single(text, Home(home["facts"], home["people"]), law_of(home["region"]))
    except Blocked as blocked:
        return blocked.values["key"]
    return decision.yearly_fen, decision.supplement_fen


def without(frame, name, *rows):
    """The frame with an empty cell in these rows."""
    row = pl.int_range(pl.len())
    return frame.with_columns(pl.when(~row.is_in(rows)).then(pl.col(name)).alias(name))


@pytest.mark.parametrize("part", [2, 3, batch.PART])
def test_a_sum_stops_the_household_whose_place_lacks_a_rate_and_no_other(part):
    regions = (520328, 520303, 520328, 441821, 520303, 520328)
    homes = [family({"student": 1}, region=region) for region in regions]
    homes.insert(4, family({"student": 0}, region=FORGOT_THE_STUDENTS))
    text = total_of(student_rate)
    assert answers(text, homes, part=part) == [single(text, home) for home in homes]
    assert answers(text, homes, part=part)[1] == "supplement.rate.student"


@pytest.mark.parametrize("part", [2, batch.PART])
def test_an_empty_income_stops_its_household_and_leaves_the_next_its_own_sum(part):
    homes = [family({"yearly_income": 100 * number}) for number in range(1, 6)]
    told = answers(
        total_of(own_income),
        homes,
        part=part,
        change=lambda home, people: (home, without(people, "yearly_income", 1)),
    )
    assert told == [(100, 0), "yearly_income", (300, 0), (400, 0), (500, 0)]


@pytest.mark.parametrize("fact", ["yearly_income", "area", "receives_dibao", "members"])
def test_an_empty_fact_of_a_household_is_named_and_nothing_decided(fact):
    homes = [family({}), family({})]
    told = answers(RULES["dibao"], homes, change=lambda home, people: (without(home, fact, 0), people))
    assert told == [fact, single(RULES["dibao"], homes[1])]


@pytest.mark.parametrize("fact", ["age", "disability_class", "student"])
def test_an_empty_fact_of_a_person_is_named_where_her_family_is_eligible(fact):
    homes = [family({"age": 70}), family({"age": 70}), family({"age": 70}, vehicles=2)]
    told = answers(RULES["dibao"], homes, change=lambda home, people: (home, without(people, fact, 0, 2)))
    assert told == [fact, single(RULES["dibao"], homes[1]), (0, 0)]


def test_an_empty_region_is_refused_and_so_is_a_strange_one_where_one_law_is_given():
    home_frame, people = frames([family({}), family({})])
    with pytest.raises(ValueError, match="region"):
        run_batch(RULES["dibao"], without(home_frame, "region", 0), people, LAWS)
    with pytest.raises(ValueError, match="region"):
        run_batch(RULES["dibao"], home_frame, people, {520303: law_of(520303)})


@pytest.mark.parametrize("numbers", [[0, 0, 1], [1, 0, 0], [0, 1, 0]])
def test_a_household_given_twice_is_refused(numbers):
    home_frame, people = frames([family({}), family({}), family({})])
    doubled = home_frame.with_columns(household=pl.Series(numbers, dtype=pl.Int64))
    with pytest.raises(ValueError, match="twice"):
        run_batch(RULES["dibao"], doubled, people.head(0), LAWS)


def test_an_amount_below_nothing_is_paid_to_nobody_and_taken_from_nobody():
    homes = [family({"age": 70}, {"age": 30}), family({"age": 30})]
    text = made(each=more_or_less)
    assert answers(text, homes) == [single(text, home) for home in homes] == [(0, 10_000), (0, 0)]


def test_a_unit_may_depend_on_who_lives_there():
    @person_rule(source="演示", title="老人")
    def elder(person, _home, _law):
        return person.age >= 60

    @rule(scheme="演示", source="演示", since=SINCE, title="演示")
    def text(home, law):
        unit = when(home.count(elder, law) > 0, 100, 1)
        return Outcome(Condition("演示", "演示", home.members >= 1), each=more_or_less, unit_fen=unit)

    homes = [family({"age": 70}), family({"age": 40}), family({"age": 70}, {"age": 70})]
    assert answers(text, homes) == [single(text, home) for home in homes]


def test_a_rule_that_reads_nobody_takes_any_frame_of_people():
    home_frame, _people = frames([family({})])
    assert run_batch(made(), home_frame, pl.DataFrame(), LAWS)["eligible"].to_list() == [True]


@pytest.mark.parametrize(
    "text",
    [
        made(lambda home, _law: when(home.vehicles, 1_200, 0)),
        made(lambda _home, law: law.number("adult.age", where=_home.vehicles)),
        made(test=lambda home: home.vehicles),
        made(test=lambda home: any_of(home.vehicles, home.receives_dibao)),
    ],
)
def test_a_number_in_place_of_a_truth_is_found_before_the_pack_is_enabled(text):
    (fault,) = faults_in_rule(text, BOOK)
    assert isinstance(fault, RuleMisuse)


def test_a_rule_for_one_person_cannot_give_each_person_more():
    @rule(scheme="演示", source="演示", since=SINCE, title="演示", subject="person")
    def text(person, _home, _law):
        return Outcome(Condition("演示", "演示", person.age >= 1), each=own_income)

    (fault,) = faults_in_rule(text, BOOK)
    assert "加发" in str(fault)
