"""Reading a request's body: JSON only, checked strictly, refused without repeating it."""

from email.message import Message as HeaderParser
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from api.problems import MALFORMED_JSON, UNSUPPORTED_MEDIA, ProblemError, invalid

Model = TypeVar("Model", bound=BaseModel)

UTF8 = frozenset({"", "utf-8", "utf8", "us-ascii"})


def check_media_type(request: Request) -> None:
    """Refuse a body that does not say it is JSON, or is compressed.

    Raises:
        ProblemError: The media type, the charset or the content encoding is another.
    """
    header = HeaderParser()
    header["content-type"] = request.headers.get("content-type", "application/octet-stream")
    media = header.get_content_type()
    charset = str(header.get_param("charset") or "").lower()
    encoding = request.headers.get("content-encoding", "identity").lower()
    is_json = media == "application/json" or (
        media.startswith("application/") and media.endswith("+json")
    )
    if not is_json or charset not in UTF8 or encoding != "identity":
        raise ProblemError(UNSUPPORTED_MEDIA)


async def read_body(request: Request) -> bytes:
    """The whole body; its size is limited by the layer outside.

    Raises:
        ProblemError: The body does not say it is JSON.
    """
    check_media_type(request)
    return await read_bytes(request)


async def read_bytes(request: Request) -> bytes:
    """The whole body, whatever it is; it stays in `request.state.body`.

    Raises:
        ClientDisconnect: The client went away while sending.
    """
    chunks: list[bytes] = []
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    body = b"".join(chunks)
    request.state.body = body
    return body


class JsonBody(Generic[Model]):
    """A dependency that gives the body as a request model.

    The bytes are parsed once, by the model itself; they stay in `request.state.body`.
    """

    def __init__(self, model: type[Model]) -> None:
        self.model = model

    async def __call__(self, request: Request) -> Any:
        """The validated body of a request.

        Raises:
            ProblemError: 400, 415 or 422.
        """
        body = await read_body(request)
        try:
            return self.model.model_validate_json(body)
        except ValidationError as error:
            problem: ProblemError = refusal(error)
        raise problem


def refusal(error: ValidationError) -> ProblemError:
    """The problem that a validation error of a body amounts to."""
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    if any(entry["type"] == "json_invalid" for entry in errors):
        return ProblemError(MALFORMED_JSON)
    return invalid(errors, prefix=("body",))
