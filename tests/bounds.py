"""Whether a field of a model takes a value, whatever the others say."""

from typing import Annotated

from pydantic import BaseModel, TypeAdapter, ValidationError


def takes(model: type[BaseModel], name: str, value: object) -> bool:
    """Whether the field's own type and bounds do."""
    field = model.model_fields[name]
    asked = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    adapter: TypeAdapter[object] = TypeAdapter(asked)
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True
