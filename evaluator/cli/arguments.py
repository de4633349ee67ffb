"""The grammar of the command line. Each command names the module and function of `evaluator.cli` that runs it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from evaluator import __version__
from evaluator.errors import UsageError
from evaluator.language import LANGUAGES, _


class Help(argparse.HelpFormatter):
    """The help of a command, with the words that argparse itself puts there in the language in use."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """Open the usage with our word for it."""
        super().add_usage(usage, actions, groups, _("usage: ") if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        """Name a group of arguments; argparse's own two groups are named by us."""
        ours = {"positional arguments": _("arguments"), "options": _("options")}
        super().start_section(ours.get(heading or "", heading))


class Parser(argparse.ArgumentParser):
    """argparse in the language in use, with errors that travel as ours instead of ending the process.

    `-h` is left to the shared options, since argparse would describe it in English.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(add_help=False, allow_abbrev=False, formatter_class=Help, **settings)

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments; `message` is argparse's English."""
        raise UsageError(
            "usage", _in_our_words(message), _("See `{command} --help`").format(command=self.prog)
        )


def _in_our_words(message: str) -> str:
    """What argparse says of wrong arguments, in the language in use; unchanged where it says something new."""
    known = (
        (r"unrecognized arguments: (?P<given>.+)", _("unknown arguments: {given}")),
        (r"the following arguments are required: (?P<names>.+)", _("missing arguments: {names}")),
        (r"argument (?P<name>.+?): expected one argument", _("{name} needs a value")),
        (r"argument (?P<name>.+?): expected at least one argument", _("{name} needs at least one value")),
        (
            r"argument (?P<name>.+?): ignored explicit argument (?P<given>.+)",
            _("{name} takes no value, here is {given}"),
        ),
        (
            r"argument (?P<name>.+?): invalid choice: (?P<given>.+?)(, maybe you meant .+)?"
            r" \(choose from (?P<choices>.+)\)",
            _("{name} cannot be {given}; choose from {choices}"),
        ),
    )
    for pattern, words in known:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return words.format(**found.groupdict())
    return message


def early_options(arguments: Sequence[str]) -> tuple[str | None, str | None, bool]:
    """`--home`, `--lang` and `--json` before anything is parsed, since the language of the help depends on them."""
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    parser.add_argument("--home")
    parser.add_argument("--lang")
    parser.add_argument("--json", action="store_true")
    try:
        known, _rest = parser.parse_known_args(arguments)
    except argparse.ArgumentError:
        return None, None, "--json" in arguments  # the real parser will say what is wrong
    return known.home, known.lang, known.json


def build_parser() -> Parser:
    """The whole grammar, in the language in use."""
    shared = _shared_options()
    parser = Parser(
        prog="evaluator",
        description=_("Evaluate regencies and cities on site, without a network"),
        parents=[_shared_options(top=True)],
    )
    parser.add_argument(
        "--version", action="version", version=f"evaluator {__version__}", help=_("show the version")
    )
    parser.set_defaults(module="screen", function="run")
    commands = parser.add_subparsers(title=_("commands"), metavar=_("COMMAND"), parser_class=Parser)

    def command(
        name: str,
        module: str,
        function: str,
        text: str,
        within: argparse._SubParsersAction[Parser] = commands,
    ) -> Parser:
        added = within.add_parser(name, help=text, description=text, parents=[shared])
        added.set_defaults(module=module, function=function)
        return added

    def family(name: str, text: str) -> argparse._SubParsersAction[Parser]:
        added = commands.add_parser(name, help=text, description=text, parents=[shared])
        return added.add_subparsers(
            title=_("commands"), metavar=_("COMMAND"), required=True, parser_class=Parser
        )

    init = command("init", "identity", "init", _("make the workspace and your signing key"))
    init.add_argument("--name", required=True, help=_("your name"))
    init.add_argument("--email", required=True, help=_("your e-mail; it names you in signatures"))
    init.add_argument(
        "--key", metavar="FILE", help=_("use this OpenSSH private key (or its .pub, with an agent)")
    )
    init.add_argument("--office", metavar="FILE", help=_("trust the office of this office.pub"))
    init.add_argument("--no-passphrase", action="store_true", help=_("leave the key unprotected"))

    key = family("key", _("your key, and whose keys you trust"))
    command("show", "identity", "show", _("show your public key"), key)
    trust = command("trust", "identity", "trust", _("trust the office of an office.pub"), key)
    trust.add_argument("file", metavar="FILE")

    demo = command("demo", "demo", "run", _("build a workspace with example content and open it"))
    demo.add_argument("folder", metavar="DIR", nargs="?", help=_("where to build it; temporary if not given"))
    demo.add_argument("--no-tui", action="store_true", help=_("only build it"))

    visit = family("visit", _("start, list, finalise and reopen visits"))
    new = command("new", "visit", "new", _("start a visit"), visit)
    new.add_argument("region", metavar="REGION", help=_("code of the region (64.02) or a unique name"))
    new.add_argument("--round", default="", help=_("year and stage, e.g. 2026-tahap2"))
    new.add_argument("--intake", default="", help=_("intake of the programme, e.g. k2021"))
    new.add_argument("--previous", metavar="BUNDLE", help=_("last year's bundle of this region"))
    new.add_argument("--forms", metavar="DIR", help=_("folder of the instrument, if not the shipped one"))
    command("list", "visit", "list_visits", _("list the visits"), visit)
    for name, function, text in (
        ("show", "show", _("show one visit with its answers")),
        ("finalise", "finalise", _("check, seal and sign a visit")),
    ):
        command(name, "visit", function, text, visit).add_argument("visit", metavar="VISIT")
    own = command("import-self", "visit", "import_self", _("read the region's self-assessment"), visit)
    own.add_argument("visit", metavar="VISIT")
    own.add_argument("file", metavar="FILE.csv", help=_("columns question, value, note"))
    reopen = command("reopen", "visit", "reopen", _("open a finalised visit for a correction"), visit)
    reopen.add_argument("visit", metavar="VISIT")
    reopen.add_argument("--reason", required=True, help=_("why; it travels with the next revision"))

    reply = command("reply", "visit", "reply", _("write back to a reviewer's comment"), visit)
    reply.add_argument("visit", metavar="VISIT")
    reply.add_argument(
        "comment", metavar="COMMENT", help=_("id of the comment, as `visit show --json` has it")
    )
    reply.add_argument("text", metavar="TEXT", help=_("your answer; empty takes it back"))

    answer = command("answer", "answer", "answer", _("store answers"))
    answer.add_argument("visit", metavar="VISIT")
    answer.add_argument("question", metavar="QUESTION", nargs="?", help=_("path such as gov.GOV-01"))
    answer.add_argument("value", metavar="VALUE", nargs="?")
    answer.add_argument("--note", help=_("a note for the answer"))
    answer.add_argument("--stdin", action="store_true", help=_("read JSON lines from standard input"))

    attach = command("attach", "answer", "attach", _("attach evidence to a question"))
    attach.add_argument("visit", metavar="VISIT")
    attach.add_argument("question", metavar="QUESTION")
    attach.add_argument("files", metavar="FILE", nargs="*")
    attach.add_argument("--evidence", metavar="ID", help=_("link evidence that is there already"))
    attach.add_argument("--type", default="", help=_("kind of evidence: dokumen, observasi, wawancara, data"))
    for name in ("title", "holder", "date", "page", "caption", "verified-by"):
        attach.add_argument(f"--{name}", default="")

    score = command("score", "visit", "score", _("show the scores of a visit"))
    score.add_argument("visit", metavar="VISIT")

    export = command("export", "visit", "export", _("write the sealed bundle of a finalised visit"))
    export.add_argument("visit", metavar="VISIT")
    export.add_argument("-o", "--output", metavar="FILE", help=_("where to; the current folder if not given"))

    sync = command("sync", "sync", "sync", _("exchange with the office over a shared folder"))
    sync.add_argument(
        "remote", metavar="REMOTE", nargs="?", help=_("the shared folder; remembered, so needed only once")
    )
    sync.add_argument("--log", action="store_true", help=_("show what was exchanged so far"))
    taken = command("import", "sync", "import_files", _("take in reviews, receipts and bundles from files"))
    taken.add_argument("files", metavar="FILE", nargs="+")

    opened = command(
        "open", "review", "look", _("look at a bundle: whose it is, what it is worth, what changed")
    )
    opened.add_argument("file", metavar="FILE", help=_("a bundle, or the id of a visit that is here"))
    review = command("review", "review", "review", _("decide on a bundle, with comments at its questions"))
    review.add_argument("file", metavar="FILE", help=_("a bundle, or the id of a visit that is here"))
    review.add_argument("--decision", required=True, choices=("approved", "has_issues", "rejected"))
    review.add_argument("--summary", default="", metavar="TEXT", help=_("what the assessor reads first"))
    review.add_argument(
        "--comment", action="append", metavar="PATH=TEXT", help=_("a comment at a question; may be repeated")
    )
    review.add_argument("-o", "--output", metavar="DIR", help=_("write the review here, to be carried"))

    office = family("office", _("the side that receives: take in bundles, say what became of them"))
    made = command("init", "office", "init", _("make an office of this workspace"), office)
    made.add_argument("remote", metavar="REMOTE", nargs="?", help=_("the shared folder"))
    made.add_argument("--database", metavar="URL", help=_("where to keep the visits; SQLite if not given"))
    made.add_argument("--name", help=_("name of the office, where the workspace is new"))
    made.add_argument("--email", help=_("e-mail of the office, where the workspace is new"))
    made.add_argument("--no-passphrase", action="store_true", help=_("leave the key unprotected"))
    enrol = command("enrol", "office", "enrol", _("take the key of an assessor"), office)
    enrol.add_argument("keys", metavar="FILE|LINE", nargs="+", help=_("what `evaluator key show` prints"))
    enrol.add_argument("--reviewer", action="store_true", help=_("the key of a reviewer instead"))
    ingest = command("ingest", "office", "ingest", _("take in what assessors have sent"), office)
    ingest.add_argument(
        "sources", metavar="REMOTE|FILE", nargs="*", help=_("a shared folder, or bundles that were carried")
    )
    command("status", "office", "status", _("show what the office has and what it lacks"), office)

    verify = command("verify", "bundle", "verify", _("check bundles"))
    verify.add_argument("files", metavar="FILE", nargs="+")
    verify.add_argument("--signers", metavar="FILE", help=_("allowed_signers of the office"))
    verify.add_argument("--revoked", metavar="FILE", help=_("revoked keys"))
    verify.add_argument("--time", metavar="RFC3339", help=_("judge trust at this time"))

    show = command("show", "bundle", "show", _("print the content of a bundle"))
    show.add_argument("file", metavar="FILE")
    extract = command("extract", "bundle", "extract", _("unpack a bundle that verifies"))
    extract.add_argument("file", metavar="FILE")
    extract.add_argument("folder", metavar="DIR")

    forms = family("forms", _("look at and check instruments"))
    command("list", "forms", "list_forms", _("list the instruments"), forms)
    for name, text in (
        ("check", _("check form files: every problem at once")),
        ("show", _("print a form as people read it")),
    ):
        looking = command(name, "forms", name, text, forms)
        looking.add_argument("path", metavar="FILE|DIR")
        if name == "show":
            looking.add_argument("--html", metavar="FILE", help=_("write a page to print instead"))
    tested = command("test", "forms", "test", _("play the scenarios of an instrument"), forms)
    tested.add_argument("path", metavar="FILE|DIR", help=_("the instrument, or one scenario file"))
    evaluate = command("eval", "forms", "evaluate", _("evaluate an expression"), forms)
    evaluate.add_argument("expression", metavar="EXPR", nargs="?")
    evaluate.add_argument("--vars", default="{}", metavar="JSON", help=_("answers by name"))
    evaluate.add_argument(
        "--as", dest="as_type", choices=("string", "number", "boolean", "date"), default="string"
    )
    evaluate.add_argument("--stdin", action="store_true", help=_("read JSON lines from standard input"))
    taken = command(
        "import", "workbooks", "import_form", _("turn an XLSForm workbook into form files"), forms
    )
    taken.add_argument("file", metavar="FILE.xlsx")
    taken.add_argument("-o", "--output", metavar="DIR", required=True, help=_("folder of the new instrument"))
    given = command("export", "workbooks", "export_form", _("write a form as an XLSForm workbook"), forms)
    given.add_argument("folder", metavar="DIR", help=_("folder of the instrument"))
    given.add_argument("--form", metavar="ID", help=_("which form, where there are several"))
    given.add_argument("-o", "--output", metavar="FILE.xlsx", required=True)

    command("doctor", "doctor", "run", _("check the workspace and say how to mend it"))
    return parser


def _shared_options(top: bool = False) -> Parser:
    # Suppressed below the top level, so that a default there does not hide what was given before the command.
    default = None if top else argparse.SUPPRESS
    shared = Parser()
    shared.add_argument("-h", "--help", action="help", help=_("show this help"))
    shared.add_argument("--home", metavar="DIR", default=default, help=_("the workspace"))
    shared.add_argument("--lang", choices=LANGUAGES, default=default, help=_("language of the screen"))
    shared.add_argument(
        "--json", action="store_true", default=False if top else argparse.SUPPRESS, help=_("answer as JSON")
    )
    return shared
