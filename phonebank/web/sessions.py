"""The signed cookie that says who is there, written only by what a person does.

A page that keeps itself up to date asks every second or two. Were each of those answers to write the cookie too, a late
one would bring back the session as it was: a sign-out undone, a message said once and lost.
"""

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class _Sessions(SecureCookieSessionInterface):
    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        is_background = request.headers.get("HX-Request") == "true"
        return session.modified or (not is_background and super().should_set_cookie(app, session))


def init_app(app: Flask) -> None:
    """Keep this app's sessions in such cookies."""
    app.session_interface = _Sessions()
