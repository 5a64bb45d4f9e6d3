"""What a rule must keep to before its pack may be enabled: it reads as expressions, and only what is declared."""

from __future__ import annotations

from core.errors import Problem
from core.law import LawBook
from core.rules.rule import Rule
from core.rules.tracing import Trace, trace_rule, traced_person_value
from core.translations import N_


def faults_in_rule(rule: Rule, book: LawBook) -> list[Problem]:
    """Everything wrong with a rule text; empty when it runs on one household and on a province alike."""
    trace = Trace()
    faults: list[Problem] = []
    try:
        outcome = trace_rule(rule, trace, rule.since)
        person_rules = {entry.name: entry for _how, entry in trace.totals.values()}
        if outcome.each is not None:
            person_rules[outcome.each.name] = outcome.each
        for person_rule in person_rules.values():
            traced_person_value(person_rule, trace, rule.since)
    except Problem as problem:
        return [problem]
    except AttributeError as unknown:
        return [
            Problem(N_("规则 {rule} 读了没有声明过的事实或参数方法：{fault}"), rule=rule.name, fault=unknown)
        ]
    if rule.subject == "person" and outcome.each is not None:
        faults.append(Problem(N_("规则 {rule} 是一个人的规则，不能再给每个人加发。"), rule=rule.name))
    if not outcome.conditions:
        faults.append(Problem(N_("规则 {rule} 没有任何条件。"), rule=rule.name))
    faults += [
        Problem(N_("规则 {rule} 的第 {number} 个条件缺少条款或说明。"), rule=rule.name, number=number)
        for number, condition in enumerate(outcome.conditions, 1)
        if not (condition.article and condition.text)
    ]
    if not rule.source:
        faults.append(Problem(N_("规则 {rule} 没有写依据的文件。"), rule=rule.name))
    known = {declared.key for declared in book.declared([rule.region, "000000000000"])}
    faults += [
        Problem(N_("规则 {rule} 读了没有声明过的参数 {key}。"), rule=rule.name, key=asked.key)
        for asked in trace.asked
        if asked.key not in known
    ]
    return faults
