"""How the answers of the actions are checked.

Rasa checks each answer against a schema, and lets jsonschema check that schema against the schema of schemas, each time
anew: half a turn's work for something that never changes. Here it is checked once.
"""

from typing import Any

from jsonschema import Draft7Validator
from rasa.core.actions.action import RemoteAction

VALIDATOR = Draft7Validator(RemoteAction.action_response_format_spec())


def check_schema_once() -> None:
    """From now on Rasa's actions use the validator above; an answer that is not as it should be raises as before."""
    Draft7Validator.check_schema(VALIDATOR.schema)
    RemoteAction._validate_action_result = _validate


def _validate(_action: RemoteAction, result: dict[str, Any]) -> bool:
    VALIDATOR.validate(result)
    return True
