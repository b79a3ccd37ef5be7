"""What goes over the wire about who may read what."""

from pydantic import Field

from aika.client.models import Wire, WireRequest


class GroupUpload(WireRequest):
    """A group that is handed over: who is in it, and nobody else."""

    members: list[str] = Field(
        description="People as `user:` and an e-mail address in lower case, or other groups. Empty: the group is gone."
    )


class AccessView(Wire):
    """Why a person may read a document, or may not."""

    user: str
    document: str = Field(description="The document's id.")
    source: str
    key: str
    may_read: bool
    readers: list[str] = Field(description="Who may read the document. Empty: nobody.")
    chain: list[str] = Field(
        default=[], description="From the person to the reader that lets them in, each a member of the next."
    )
    principals: list[str] = Field(description="Everything that the person is: themselves and their groups.")
    reason: str = Field(description="In a sentence.")
