"""The pages about the files that people write, from the shapes that read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from writing import block, code, table


def pipeline_file() -> Iterator[str]:
    """andon.toml."""
    from andon.tools.pipelines.model.pipeline_file import json_schema

    yield "# andon.toml\n\nThe pipeline of a repository. `andon check` reads it and says everything that is wrong; "
    yield "`andon check --schema` prints this as JSON Schema, for an editor.\n"
    yield from _file(json_schema())


def line_file() -> Iterator[str]:
    """line.toml."""
    from andon.tools.delivery.model.line_file import DEFAULT_LINE, json_schema

    yield "# line.toml\n\nThe environments and what stands in them: a file in the repository `line`, changed by push. "
    yield "A new server begins with this one:\n\n" + block(DEFAULT_LINE.rstrip(), "toml")
    yield from _file(json_schema())


def _file(schema: Any) -> Iterator[str]:
    yield f"\n{schema['description']}\n"
    for place, found in _tables_of("", schema):
        rows = [
            (code(key), _kind(shape), "yes" if key in found["required"] else "", shape.get("description", ""))
            for key, shape in found["properties"].items()
        ]
        yield f"\n## {_heading(place)}\n\n" + table(("key", "type", "needed", "what it means"), rows)


def _heading(place: str) -> str:
    if not place:
        return "At the top"
    return f"`[[{place.removesuffix('[]')}]]`" if place.endswith("[]") else f"`[{place}]`"


def _tables_of(place: str, schema: Any) -> Iterator[tuple[str, Any]]:
    """Every table of the file by its place: "task.NAME", "environment[]"."""
    if "properties" in schema:
        yield place, schema
        for key, shape in schema["properties"].items():
            yield from _tables_of(f"{place}.{key}" if place else key, shape)
    for shape in schema.get("anyOf", ()):
        yield from _tables_of(place, shape)
    if isinstance(schema.get("additionalProperties"), dict):
        name = "ENVIRONMENT" if place.endswith(".NAME") else "NAME"
        yield from _tables_of(f"{place}.{name}", schema["additionalProperties"])
    if isinstance(schema.get("items"), dict):
        yield from _tables_of(f"{place}[]", schema["items"])


def _kind(shape: Any) -> str:
    if "anyOf" in shape:
        return " or ".join(dict.fromkeys(_kind(one) for one in shape["anyOf"]))
    inner = shape.get("items") or shape.get("additionalProperties")
    words = {"array": "list", "object": "table", "boolean": "true or false", "integer": "number", "string": "text"}
    words["number"] = "decimal number"
    if shape["type"] == "string" and shape.get("pattern", "").endswith("(ms|s|m|h|d))+$"):
        return 'duration: "90s", "5m"'
    if shape["type"] == "string" and shape.get("pattern", "").endswith("(KiB|MiB|GiB|TiB)$"):
        return 'size: "512MiB", "2GiB"'
    return words[shape["type"]] + (f" of {_kind(inner)}" if isinstance(inner, dict) else "")
