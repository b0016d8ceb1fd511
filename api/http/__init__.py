"""The HTTP interface: one module a resource, one handler for every error, one description of it all."""

from pydantic import BaseModel, ConfigDict

# The framework has some forty models of OpenAPI, which nobody needs before a description is asked for: they are built then.
_config = BaseModel.model_config
BaseModel.model_config = ConfigDict(**_config, defer_build=True)
try:
    import fastapi  # noqa: F401 - it is imported here for the first time
finally:
    BaseModel.model_config = _config
