"""Every error that the package raises.

```
RLMError
├── UserError               the person can mend it; the text says how
│   ├── UsageError          wrong argument to the API or the command line
│   ├── SettingsError       a setting or an environment variable is wrong or missing
│   ├── DocumentError       a document cannot be read
│   ├── ModelError          the model's server refused or could not be reached
│   └── HistoryError        the history cannot be opened, read or written
├── ReplError               a REPL worker could not be started or broke its protocol
└── LimitExceeded           a limit of the run was reached
```

The window and the command line show a `UserError` as a sentence; any other exception is a bug and is reported
as one.
"""

from __future__ import annotations


class RLMError(Exception):
    """Base of all errors of this package."""


class UserError(RLMError):
    """An error that the person can mend; its text says what happened and what to do."""


class UsageError(UserError):
    """A call of the API or the command line that makes no sense."""


class SettingsError(UserError):
    """A setting or an environment variable that is wrong or missing."""


class DocumentError(UserError):
    """A document that cannot be read.

    Attributes:
        path: The file as it was named by the person.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason

    def __reduce__(self) -> tuple[object, ...]:
        """For copies and other processes, which make it anew: of what it was made of, not of its text."""
        return type(self), (self.path, self.reason), vars(self)


class ModelError(UserError):
    """A model's server refused a request or could not be reached.

    Attributes:
        status: HTTP status, or None when there was no answer.
        is_retryable: Whether the same request may succeed later.
        retry_after: Seconds that the server asked to wait, if it did.
        may_cost: Whether the request had reached a server that did not refuse it, so that the provider may bill it.
        usage: What the provider said that the failed attempt used, an `events.Usage`; None when it said nothing.
        reason: The kind of failure in one word, as `key` or `refused`; see `engine.failures`.
        advice: What to do about it; empty where nothing is known.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        is_retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.is_retryable = is_retryable
        self.retry_after = retry_after
        self.may_cost = False
        self.usage: object = None
        self.reason = ""
        self.advice = ""


class HistoryError(UserError):
    """The history cannot be opened, read or written."""


class ReplError(RLMError):
    """A REPL worker could not be started or broke its protocol."""


class LimitExceeded(RLMError):
    """A limit of the run was reached.

    Attributes:
        end_state: The end state that the run gets, as in `engine.events.EndState`.
    """

    def __init__(self, end_state: str, message: str) -> None:
        super().__init__(message)
        self.end_state = end_state

    def __reduce__(self) -> tuple[object, ...]:
        """For copies and other processes, as of a `DocumentError`."""
        return type(self), (self.end_state, str(self))
