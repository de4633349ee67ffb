"""What parses, what the tree says, and where and how the rest is refused."""

from __future__ import annotations

import pytest

from evaluator.errors import DefinitionError
from evaluator.form.expression.compiler import compile_expression
from evaluator.form.expression.parser import MAX_NESTING, parse
from evaluator.form.expression.tree import Call, Chain, Number


def refused(text: str) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        parse(text)
    return caught.value


def test_an_expression_knows_what_it_depends_on() -> None:
    text = "if(${gov.GOV-01} >= 3 and . != '', ${KNJ-TIM.nama}, ${ gov.GOV-01 }) = string(today())"
    expression = parse(text)
    assert expression.text == text
    assert expression.references == ("gov.GOV-01", "KNJ-TIM.nama")
    assert expression.functions == {"if", "string", "today"}
    assert expression.uses_dot
    assert expression.volatile


@pytest.mark.parametrize("text", ["string()", "once(1)", "note(.)", ". > 1", "number() + 1"])
def test_the_value_in_question_may_be_implied(text: str) -> None:
    assert parse(text).uses_dot


@pytest.mark.parametrize("text", ["1", "true()", "uuid()", "${a}"])
def test_the_value_in_question_is_not_always_used(text: str) -> None:
    assert not parse(text).uses_dot


@pytest.mark.parametrize("text", ["now()", "today()", "random()", "uuid()", "randomize(${a})"])
def test_volatile(text: str) -> None:
    assert parse(text).volatile


def test_the_question_of_a_label_may_be_quoted() -> None:
    assert parse("jr:choice-name(selected-at(${a}, 0), '${b}')").references == ("a", "b")


def test_names_are_columns_only_where_asked() -> None:
    expression = parse("region = ${region} and name != 'x'", columns=True)
    assert expression.columns == ("region", "name")
    assert expression.references == ("region",)
    assert refused("region = ${region}").code == "name_bare"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1mod 1", 0.0),
        ("'7'mod'4'", 3.0),
        ("10 div-2", -5.0),
        ("2*3", 6.0),
        ("1 + 2 * 3 - 4 div 2", 5.0),
        ("-2 + 3", 1.0),
        ("(1 + 2) * 3", 9.0),
        ("2 - 3 - 4", -5.0),
        ("100 div 10 div 2", 5.0),
        ("1 < 2 = true()", True),
        ("true() or true() and false()", True),
        ("1 = 2 or 2 = 2", True),
        (" \n1\t+\n1 ", 2.0),
        (".5 + 5.", 5.5),
    ],
)
def test_operators_bind_as_in_xpath(evaluate, text: str, expected: object) -> None:
    assert evaluate(text) == expected


def test_spans_lead_back_to_the_text() -> None:
    text = "1 + round( 2.5 ) * 3"
    tree = parse(text).tree
    assert isinstance(tree, Chain)
    product = tree.rest[0][1]
    assert isinstance(product, Chain)
    call = product.first
    assert isinstance(call, Call)
    assert text[call.start : call.end] == "round( 2.5 )"
    assert text[product.start : product.end] == "round( 2.5 ) * 3"
    assert isinstance(tree.first, Number)


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("", "expression_empty", 1),
        ("  ", "expression_empty", 1),
        ("1 +", "operand_missing", 4),
        ("* 2", "operand_missing", 1),
        ("()", "operand_missing", 2),
        ("round(1,)", "operand_missing", 9),
        ("1 2", "operator_missing", 3),
        ("${a} ${b}", "operator_missing", 6),
        ("(1", "parenthesis_open", 1),
        ("2 * round(1", "parenthesis_open", 10),
        ("1)", "parenthesis_unopened", 2),
        ("1, 2", "comma_outside", 2),
        ("(1, 2)", "comma_outside", 3),
        ("'abc", "text_open", 1),
        ("${abc", "reference_open", 1),
        ("${}", "reference_malformed", 1),
        ("${a b}", "reference_malformed", 1),
        ("${last-saved#a}", "reference_malformed", 1),
        ("1 == 1", "operator_unknown", 3),
        ("1 && 1", "operator_unknown", 3),
        ("4 / 2", "operator_unknown", 3),
        ("5 % 2", "operator_unknown", 3),
        ("!${a}", "operator_unknown", 1),
        ("/data/a", "path_unsupported", 1),
        ("../a = 1", "path_unsupported", 3),
        ("./a", "path_unsupported", 2),
        ("1 + ..", "path_unsupported", 5),
        ("position(.. + 1)", "argument_kind", 10),
        ("#", "character_unknown", 1),
        ("ya", "name_bare", 1),
        ("rond(1)", "function_unknown", 1),
        ("1 + rond(1)", "function_unknown", 5),
        ("selected(${a})", "arguments_count", 1),
    ],
)
def test_refusals_name_the_place(text: str, code: str, column: int) -> None:
    error = refused(text)
    assert (error.code, error.column) == (code, column)
    assert error.message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("rond(1)", "round"),
        ("LEN('a')", "string-length"),
        ("a == 1", "="),
        ("ya", "${ya}"),
        ("${a} || ${b}", "or"),
    ],
)
def test_refusals_say_what_to_write(text: str, hint: str) -> None:
    assert hint in (refused(text).hint or refused(text).message)


WRAPPERS = [
    ("({})", MAX_NESTING),
    ("not({})", MAX_NESTING),
    ("-({})", MAX_NESTING),
    ("1 + ({})", MAX_NESTING),
    ("if({}, 1, 2)", MAX_NESTING),
    ("coalesce('', {})", MAX_NESTING),
    ("1 + 2 * ({})", MAX_NESTING),
    ("not(1 = 1 and {})", MAX_NESTING),
]


@pytest.mark.parametrize(("wrapper", "levels"), WRAPPERS)
def test_nesting_up_to_the_limit_runs(evaluate, wrapper: str, levels: int) -> None:
    text = "1"
    for _level in range(levels):
        text = wrapper.format(text)
    evaluate(text)
    assert refused(wrapper.format(text)).code == "expression_deep"


def test_several_operators_a_level_end_in_a_refusal_not_in_a_crash() -> None:
    text = "1"
    for _level in range(150):
        text = f"1 or 1 and 1 = 1 < 1 + 1 * -({text})"
    assert refused(text).code == "expression_deep"


def test_a_flood_of_parentheses_are_refused_at_once() -> None:
    assert refused("(" * 100_000).code == "expression_deep"


@pytest.mark.parametrize("operator", ["+", "-", "*", "and", "or", "=", "<"])
def test_flat_chains_do_not_nest(evaluate, operator: str) -> None:
    evaluate(f" {operator} ".join(["1"] * 5000))


def test_flat_chains_of_mixed_operators_do_not_nest(evaluate) -> None:
    assert evaluate("1 + 2 - " * 2500 + "1") == 2501
    assert evaluate("-" * 5001 + "1") == -1
    assert evaluate("0 or 0 and 1 or " * 2000 + "1") is True
    assert evaluate(f"concat({', '.join(['1'] * 5000)})") == "1" * 5000


def test_each_name_is_bound_once() -> None:
    bound: list[str] = []
    compile_expression(parse("${a} + ${b} + ${a} + evidence-count(${a}) + evidence-count(.)"), bound.append)
    assert bound == ["a", "b", "."]


def test_binding_may_refuse() -> None:
    def bind(name: str) -> object:
        raise DefinitionError("reference_unknown", name)

    with pytest.raises(DefinitionError, match="tak_ada"):
        compile_expression(parse("true() or ${tak_ada}"), bind)
