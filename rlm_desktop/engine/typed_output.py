"""Typed final answers: what form an answer must have, and whether it has it."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeAlias, cast

from rlm_desktop.engine.prompts import typed_answer
from rlm_desktop.errors import UsageError
from rlm_desktop.repl.wire import Final

OutputLike: TypeAlias = Any
"""A Pydantic model or any annotation that Pydantic knows, a JSON schema as a dict, or a signature as
`"answer: str, confidence: float"`."""

_NAMES: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "list": list,
    "dict": dict,
    "None": None,
    "Any": Any,
}


_DATA = frozenset({"const", "default", "enum", "examples"})
"""What in a JSON schema is no part of it."""
_BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
"""What in a JSON schema holds schemas by names that anybody may choose, also those of keywords."""


class OutputType:
    """The form that a final answer must have.

    Args:
        output: See `OutputLike`.

    Raises:
        UsageError: It is none of these.
    """

    def __init__(self, output: OutputLike) -> None:
        from pydantic import TypeAdapter
        from pydantic.errors import PydanticUserError

        self._adapter: TypeAdapter[Any] | None = None
        if isinstance(output, Mapping):
            self.schema = dict(cast("Mapping[str, Any]", output))
            _check_schema(self.schema)
            return
        try:
            annotation = _from_signature(output) if isinstance(output, str) else output
            self._adapter = TypeAdapter(annotation)
            self.schema = self._adapter.json_schema()
        except PydanticUserError as error:
            raise UsageError(f"output= is a type that cannot be checked: {error}") from None

    def description(self) -> str:
        """What the model is told."""
        return typed_answer(json.dumps(self.schema, ensure_ascii=False), self._properties())

    def check(self, final: Final) -> Any:
        """The answer in its form: for a Pydantic model an instance of it, else plain data.

        Raises:
            ValueError: It does not fit; the text tells the model why.
        """
        candidates = _candidates(final, self._properties())
        problem = ""
        for candidate in candidates:
            try:
                return self._validate(candidate)
            except RecursionError:
                problem = problem or "It is nested too deeply."
            except ValueError as error:
                problem = problem or str(error)
        raise ValueError(problem)

    def plain(self, value: Any) -> Any:
        """A checked answer as plain data."""
        return value if self._adapter is None else self._adapter.dump_python(value, mode="json")

    def _properties(self) -> list[str]:
        return list(self.schema.get("properties", {}))

    def _validate(self, candidate: Any) -> Any:
        if self._adapter is not None:
            from pydantic import ValidationError

            try:
                return self._adapter.validate_python(candidate)
            except ValidationError as error:
                lines = [f"{_place(item['loc'])}: {item['msg']}" for item in error.errors(include_url=False)]
                raise ValueError("\n".join(lines[:20])) from None
        from jsonschema import Draft202012Validator
        from referencing import Registry

        # A registry of its own, for otherwise what lies elsewhere would be fetched.
        validator: Any = Draft202012Validator(self.schema, registry=Registry())
        errors = sorted(validator.iter_errors(candidate), key=lambda item: list(item.path))
        if errors:
            raise ValueError("\n".join(f"{_place(tuple(item.path))}: {item.message}" for item in errors[:20]))
        return candidate


def _place(path: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in path) or "the answer"


def _candidates(final: Final, properties: list[str]) -> list[Any]:
    """What an answer may mean: its value, JSON in its text, the one property that is asked for, the text."""
    given: Any = final.value
    found: list[Any] = [] if given is None else [given]
    if final.source == "SUBMIT" and isinstance(given, list):
        values = cast("list[Any]", given)
        if len(values) == len(properties) > 1:  # as SUBMIT(one, two) gives them
            found.append(dict(zip(properties, values, strict=True)))
    if final.is_text and not properties:
        found.append(final.text)  # a text that fits is not read as the number or list that it looks like
    text = final.text.strip().removeprefix("```json").removeprefix("```").removesuffix("```").strip()
    with suppress(ValueError, RecursionError):
        found.append(json.loads(text))
    if len(properties) == 1:
        found.append({properties[0]: final.text if given is None and not final.is_none else given})
    found.append(final.text)
    return found


def _check_schema(schema: dict[str, Any]) -> None:
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise UsageError(f"output= is no valid JSON schema: {error.message}") from None
    _check_references(schema)


def _check_references(schema: dict[str, Any]) -> None:
    """See that a schema holds all that it refers to: nothing is fetched, and a model could not mend it."""
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    resolver = Registry[Any]().resolver_with_root(DRAFT202012.create_resource(schema))
    waiting: list[tuple[Any, Any]] = [(resolver, schema)]
    reference: Any = ""
    try:
        while waiting:
            resolver, item = waiting.pop()
            if isinstance(item, list):
                waiting += [(resolver, part) for part in cast("list[Any]", item)]
            elif isinstance(item, dict):
                fields = cast("dict[str, Any]", item)
                if isinstance(reference := fields.get("$id"), str):  # its references are within it
                    resolver = resolver.in_subresource(DRAFT202012.create_resource(fields))
                for name, value in fields.items():
                    if name in _BY_NAME and isinstance(value, dict):
                        waiting += [(resolver, named) for named in cast("dict[str, Any]", value).values()]
                    elif name not in _DATA:
                        waiting.append((resolver, value))
                for reference in (fields.get("$ref"), fields.get("$dynamicRef")):
                    if isinstance(reference, str):
                        resolver.lookup(reference)
    # The last three: it is no address, or leads into what is no schema.
    except (Unresolvable, ValueError, TypeError, AttributeError):
        raise UsageError(f"output= refers to {reference!r}, which it does not hold.") from None


def _from_signature(signature: str) -> Any:
    """The model of a signature such as `answer: str, tags: list[str] | None`.

    Raises:
        UsageError: It cannot be read.
    """
    from pydantic import create_model

    try:
        tree = ast.parse(f"def signature({signature}): ...").body[0]
        assert isinstance(tree, ast.FunctionDef)
        arguments = tree.args
        if arguments.vararg or arguments.kwarg or arguments.defaults or arguments.kwonlyargs or not arguments.args:
            raise SyntaxError("only `name: type` pairs")
        fields = {item.arg: (_type(item.annotation), ...) for item in arguments.args}
    except (SyntaxError, KeyError, AssertionError, ValueError, RecursionError, MemoryError) as error:
        raise UsageError(
            f"output={signature!r} cannot be read ({error}). Write it as in 'answer: str, confidence: float'; the "
            f"types are {', '.join(_NAMES)}, list[...], dict[...] and | between them."
        ) from None
    return create_model("Answer", **cast("dict[str, Any]", fields))


def _type(node: ast.expr | None) -> Any:
    match node:
        case None:
            return str
        case ast.Name(id=name):
            return _NAMES[name]
        case ast.Constant(value=None):
            return None
        case ast.Subscript(value=ast.Name(id="list"), slice=item):
            return list[_type(item)]
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[key, value])):
            return dict[_type(key), _type(value)]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _type(left) | _type(right)
        case _:
            raise ValueError(ast.unparse(node))
