"""Jinja for pages of many small values: what a template shows is escaped as ever, with less work for each value."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import MutableMapping
from keyword import iskeyword
from typing import Any

from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]


class PageWriter(CodeGenerator):
    """Compiles `{{ value }}` to `shown(value)` where templates are escaped, which is everywhere here.

    What is called by its bare name, a macro or a function, is called at once: Jinja would look at each call whether it asks
    for the context. Here that is looked up once, among the globals, when the template is compiled.
    """

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        if forward_caller or not self._is_plain(node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for each in (*node.args, *node.kwargs):
            self.visit(each, frame)
            self.write(", ")
        self.write(")")

    def _is_plain(self, node: nodes.Call) -> bool:
        """Whether a call can be written as Python's own: by name, without stars, and nothing but its arguments to pass."""
        if not isinstance(node.node, nodes.Name) or node.dyn_args or node.dyn_kwargs:
            return False
        asks = hasattr(self.environment.globals.get(node.node.name), "jinja_pass_arg")
        return not asks and not any(iskeyword(each.key) for each in node.kwargs)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.shown(")


class TemplateEngine(Environment):
    """Flask's environment. Nothing here depends on a page: every template compiles and runs through it."""

    code_generator_class = PageWriter

    @staticmethod
    def shown(value: Any) -> str:
        """As markupsafe's `escape`, without a new Markup around each text: the writer joins the pieces anyway.

        A list shows hundreds of values; this is four times as fast for a text, ten times for what is markup already.
        """
        kind = type(value)
        if kind is str:
            return _escape_inner(value)
        return value if kind is Markup else escape(value)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's own globals: a chain of mappings is copied key by key at every import and include."""
        return ChainMap(d, self.globals) if d else self.globals
