"""Every error that is raised on purpose. Imports nothing."""


class ChurnDashError(Exception):
    """Something the person at the screen can act on: what, where, and what to do.

    ``template`` is a sentence of the message catalogue with ``{names}``; ``params`` fill them.
    ``str(error)`` is the English sentence; ``words.say(error, language)`` speaks the reader's language.

    >>> str(ChurnDashError("No file {name}.", name="a.csv"))
    'No file a.csv.'
    """

    def __init__(self, template: str, **params: object) -> None:
        super().__init__(template, params)
        self.template = template
        self.params = params

    def __str__(self) -> str:
        return self.template.format(**self.params) if self.params else self.template

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.template, self.params)


def _again(kind: type[ChurnDashError], template: str, params: dict[str, object]) -> ChurnDashError:
    return kind(template, **params)


class NotFound(ChurnDashError):
    """A name that does not exist here: a metric, a customer, a campaign, a column."""


class BadInput(ChurnDashError):
    """A file or a value that cannot be used as it is."""


class NotPossible(ChurnDashError):
    """The data do not allow what was asked: an undefined period, too few churners, no campaign table."""


class WorkspaceProblem(ChurnDashError):
    """The workspace cannot be used: absent, read-only, locked, or written by a newer version."""
