"""An entry is what is known about one error. These models are the format of `knowledge/*/*.toml`.

Unknown keys are refused: a misspelled key would otherwise be a fact that nobody ever sees.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Family = Literal["waconnect", "meta", "onpremises"]
FixedBy = Literal["integration", "waconnect-admin", "meta-business", "recipient", "nobody"]
RemedyName = Literal["retry", "fix-and-retry", "status", "recheck"]
CanRetry = Literal["now", "after_wait", "after_fix", "never"]

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Verdict(_Frozen):
    """Whether sending the same message again can help, and why."""

    can_retry: CanRetry
    because: Text = Field(description="the reason, as the end of a sentence: 'the limit refills'")
    wait_seconds: int | None = Field(None, gt=0, description="after_wait: the shortest wait that makes sense")
    fix: Text | None = Field(None, description="after_fix: what must be fixed first, as a noun: 'the parameter list'")

    @model_validator(mode="after")
    def _says_what_it_waits_for(self) -> Self:
        if (self.wait_seconds is not None) != (self.can_retry == "after_wait"):
            raise ValueError("wait_seconds belongs to after_wait, and after_wait needs it")
        if (self.fix is not None) != (self.can_retry == "after_fix"):
            raise ValueError("fix belongs to after_fix, and after_fix needs it")
        return self


class Source(_Frozen):
    """Who says so, and what they say."""

    name: Text
    says: Text
    differs: bool = Field(False, description="it contradicts this entry's cause; the answer shows both")
    trusted: bool = Field(False, description="where sources disagree, this one is followed")


class Cause(_Frozen):
    """One of several causes of the same code, and what decides that it is this one."""

    when: tuple[Text, ...] = Field((), description="phrases in the error's text that decide for this cause")
    subcodes: tuple[int, ...] = Field((), description="Meta's error_subcode values that decide for this cause")
    cause: Text
    resolution: tuple[Text, ...] = ()
    see: Text | None = Field(None, description="id of the entry that treats this cause in full")

    @model_validator(mode="after")
    def _can_be_decided(self) -> Self:
        if not self.when and not self.subcodes:
            raise ValueError("a cause needs a phrase (when) or a subcode that decides for it")
        return self


class Entry(_Frozen):
    """What is known about one error."""

    id: Annotated[str, StringConstraints(pattern=r"^(waconnect|meta|onpremises)/[a-z0-9-]+$")]
    title: Text
    codes: tuple[int, ...] = ()
    subcodes: tuple[int, ...] = Field((), description="error_subcode values that mean this entry whatever the code")
    http: tuple[Annotated[int, Field(ge=100, le=599)], ...] = ()
    says: tuple[Text, ...] = Field(min_length=1, description="literal strings that people paste")
    described_as: tuple[Text, ...] = Field((), description="how people put it who do not have the text")
    topic: Text = Field(description="one word for the card's second line: template, media, throttling …")
    cause: Text
    check_first: Text | None = Field(None, description="the one check that decides most cases")
    resolution: tuple[Text, ...] = Field(min_length=1, description="steps that can be done, in order")
    causes: tuple[Cause, ...] = ()
    verdict: Verdict
    fixed_by: FixedBy
    remedies: tuple[RemedyName, ...] = Field((), description="the buttons that help, the most helpful first")
    see_also: tuple[Text, ...] = Field((), description="ids of entries that this one is mistaken for")
    sources: tuple[Source, ...] = Field(min_length=1)
    checked: date
    no_longer_emitted: Text | None = Field(None, description="since when, or by what it was replaced")

    @property
    def family(self) -> str:
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        return self.id.partition("/")[2]

    @property
    def label(self) -> str:
        """What a person calls it: its code, else WaConnect's HTTP status, else its name."""
        return self.name if self.codes or not self.http else f"HTTP {self.http[0]}"

    @property
    def disagreement(self) -> tuple[Source, ...]:
        """The sources to show side by side, or nothing where they agree."""
        return tuple(s for s in self.sources if s.differs or s.trusted) if any(s.differs for s in self.sources) else ()

    @model_validator(mode="after")
    def _buttons_fit_the_verdict(self) -> Self:
        can = self.verdict.can_retry
        if "retry" in self.remedies and can not in ("now", "after_wait"):
            raise ValueError(f"remedy 'retry' cannot help when can_retry is {can!r}")
        if "fix-and-retry" in self.remedies and can != "after_fix":
            raise ValueError(f"remedy 'fix-and-retry' cannot help when can_retry is {can!r}")
        return self
