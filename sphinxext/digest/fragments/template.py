"""New fragments to be completed by hand: a note with the keys it has, and the others as comments."""

from __future__ import annotations

from collections.abc import Mapping

from sphinxext.digest.fragments.fields import Field, SectionFields, Type
from sphinxext.digest.fragments.write import dump_value


def holes_of(section: SectionFields, values: Mapping[str, object]) -> list[str]:
    """The keys without which a note is not complete, and that are not among its values."""
    missing = [field.name for field in section.fields.values() if field.required and field.name not in values]
    texts = [field.name for field in section.fields.values() if field.type is Type.RST]
    if section.short is None and not any(name in values for name in texts):
        # all texts of a countdown are optional, but it needs one of them
        missing.append(texts[0])
    return missing


def template(section: SectionFields, values: Mapping[str, object], date: object) -> str:
    """The text of a fragment with one note to be completed.

    Keys that the note needs are left empty, which is a problem until somebody fills them in; optional keys stand as
    comments that say what they are for.
    """
    holes = holes_of(section, values)
    used, unused = [], []
    for field in section.fields.values():
        if field.name in values:
            used += dump_value(field.name, values[field.name], 4)
        elif field.name in holes:
            used.append(f"    {_empty(field)}")
        elif field.name != "date":
            unused.append(f"    # {_empty(field)}")
    used[0] = f"  - {used[0].lstrip()}"
    return "\n".join(["---", *dump_value("date", date, 0), f"{section.name}:", *used, *unused]) + "\n"


def _empty(field: Field) -> str:
    form = f" ({field.type.value})" if field.type in (Type.STATE, Type.WEEK, Type.THREAD, Type.PARTICIPANTS) else ""
    return f"{field.name}:{' |' if field.type is Type.RST else ''}  # {field.help}{form}"
