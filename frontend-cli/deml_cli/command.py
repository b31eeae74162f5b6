"""How a command is made of a function: the common options become its `Session`, its failures an exit code.

app = group("Open, fund and end jobs.")

@command(app, "show", examples=("deml job show 7", "deml job show 7 --json"))
def show(session: Session, job: Annotated[int, typer.Argument(help="Number of the job.")]) -> None:
    "Show one job."
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, get_type_hints

import typer

from deml.base.errors import DemlError
from deml_cli.context import Session
from deml_cli.exit_codes import exit_code
from deml_cli.options import ANNOTATIONS, Options
from deml_sdk.extras import needed_to

P = ParamSpec("P")
CommandBody = Callable[Concatenate[Session, P], None]

_DEFAULTS: Final = {one.name: one.default for one in fields(Options)}


def group(help_text: str) -> typer.Typer:
    """Make a group of commands."""
    return typer.Typer(
        help=help_text,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def command(app: typer.Typer, name: str, *, examples: Sequence[str]) -> Callable[[CommandBody[P]], CommandBody[P]]:
    """Register a function as the command `name` of `app`.

    The function's first parameter is the `Session`; the others are its own arguments and options, declared as Typer
    does. One whose type is a dataclass stands for that class's fields, each an option. The docstring and `examples`
    become the help. A `DemlError` is shown and turned into an exit code; all else is a bug and passes through.
    """

    def register(body: CommandBody[P]) -> CommandBody[P]:
        app.command(name, help=inspect.getdoc(body), epilog=epilog(examples))(_with_session(body))
        return body

    return register


def epilog(examples: Sequence[str]) -> str:
    return "\n".join(["\b", "Examples:", *(f"  {one}" for one in examples)])


def _with_session(body: Callable[..., None]) -> Callable[..., None]:
    signature = inspect.signature(body, eval_str=True)
    declared = list(signature.parameters.values())[1:]
    groups: dict[str, Any] = {one.name: one.annotation for one in declared if is_dataclass(one.annotation)}
    own = [option for one in declared for option in (_fields(groups[one.name]) if one.name in groups else [one])]
    common = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=ANNOTATIONS[name])
        for name, default in _DEFAULTS.items()
    ]

    @wraps(body)
    def run(**arguments: Any) -> None:
        options = Options(**{name: arguments.pop(name) for name in _DEFAULTS})
        for name, made in groups.items():
            arguments[name] = made(**{one.name: arguments.pop(one.name) for one in fields(made)})
        session = Session(options)
        try:
            with needed_to("run this command"):
                body(session, **arguments)
        except DemlError as error:
            told = session.explain(error)
            session.render.error(told)
            raise typer.Exit(exit_code(told)) from error
        finally:
            session.close()

    keyword = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    run.__signature__ = signature.replace(parameters=keyword + common)  # type: ignore[attr-defined]  # read by Typer
    run.__annotations__ = {one.name: one.annotation for one in keyword + common} | {"return": None}
    del run.__wrapped__  # Typer would look through it to the body
    return run


def _fields(made: type[Any]) -> list[inspect.Parameter]:
    """Options that the fields of a dataclass declare."""
    types = get_type_hints(made, include_extras=True)
    return [
        inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=types[one.name])
        for one in fields(made)
    ]
