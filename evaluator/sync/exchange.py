"""The exchange with an office over a remote. Stopped anywhere and run again, it neither repeats nor loses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from evaluator.bundle.keys import Signer
from evaluator.config import write_config
from evaluator.errors import EvaluatorError, RemoteError, UsageError
from evaluator.language import _
from evaluator.remotes import layout
from evaluator.remotes.opening import full_name, open_remote
from evaluator.remotes.remote import Remote, content_of
from evaluator.store import arrivals, bundles, deliveries
from evaluator.sync.log import Log
from evaluator.sync.publishing import publish
from evaluator.sync.pulling import pull
from evaluator.sync.pushing import push
from evaluator.sync.session import Session, ignore
from evaluator.sync.values import Report, SyncResult
from evaluator.workspaces import OpenWorkspace


def open_known_remote(opened: OpenWorkspace, given: str | None = None) -> Remote:
    """The remote of this workspace, which is `given` from now on if that is said.

    Raises UsageError where none is known, RemoteError where it is away, or where the remembered one is suddenly empty:
    a share that is not mounted leaves an empty folder behind, and sending there would look like success.
    """
    text = full_name(given) if given else opened.config.remote
    if not text:
        raise UsageError(
            "no_remote",
            _("No remote is known yet"),
            _("Name it once: `evaluator sync REMOTE`, where REMOTE is the shared folder of your office"),
        )
    remote = open_remote(text, opened.config.device)
    if remote.size(layout.MARKER) is None:
        if not given and _was_used(opened, remote):
            raise RemoteError(
                "remote_empty",
                _("The shared folder {path} is empty, but this workspace has used it before").format(
                    path=text
                ),
                _("Mount it; if it was really emptied, run `evaluator sync {path}`").format(path=text),
            )
        remote.write_new(layout.MARKER, content_of(layout.MARKER_BYTES))
    if text != opened.config.remote:
        opened.config = replace(opened.config, remote=text)
        write_config(opened.workspace, opened.config)
    return remote


def _was_used(opened: OpenWorkspace, remote: Remote) -> bool:
    with opened.transaction() as connection:
        return bool(
            deliveries.pieces(connection, remote.identity) or arrivals.names(connection, remote.identity)
        )


def synchronise(
    opened: OpenWorkspace, remote: Remote, unlock: Callable[[], Signer], report: Report = ignore
) -> SyncResult:
    """Fetch and apply what the office has for this device, publish what this workspace signed as an office, send what
    is final.

    `unlock` gives the signer; it is called at most once, and only when a record has to be signed. `report` hears how
    far it is, on this thread. What is wrong with single files is listed in the result and stops nothing else. Raises
    RemoteError where the remote fails and StorageError where this disk does; everything done before lasts.
    """
    log = Log(opened.workspace.sync_log)
    session = Session(opened, remote, unlock, report, SyncResult(remote.identity), log)
    log.note(_("Sync with {remote}").format(remote=remote.identity))
    try:
        pull(session)
        publish(session)
        push(session)
    except EvaluatorError as error:
        log.note(_("STOPPED {code}: {message}").format(code=error.code, message=error.message))
        raise
    result = session.result
    log.note(
        _("Done: {sent} sent, {received} received, {problems} problems").format(
            sent=len(result.sent), received=len(result.received), problems=len(result.problems)
        )
    )
    return result


def publish_pending(opened: OpenWorkspace, remote: Remote, report: Report = ignore) -> SyncResult:
    """Publish what this workspace signed as an office, and nothing else; see `synchronise`."""
    result = SyncResult(remote.identity)
    publish(Session(opened, remote, _nobody, report, result, Log(opened.workspace.sync_log)))
    return result


def _nobody() -> Signer:
    raise UsageError("nothing_to_sign", _("Publishing signs nothing"))


def must_sign(opened: OpenWorkspace) -> bool:
    """Whether the next sync has to sign something, so that a passphrase may be asked for before."""
    with opened.transaction() as connection:
        waiting = bundles.unconfirmed(connection, opened.config.device)
        return any(deliveries.of_bundle(connection, bundle.bundle_id) is None for bundle in waiting)
