"""The web application: wires settings, database and blueprints; nothing else."""

from datetime import timedelta
from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from phonebank import clock, db, jobs
from phonebank.settings import Settings
from phonebank.web import (
    alarm,
    audit,
    bridge_hooks,
    call_audio,
    call_pages,
    call_status,
    calls,
    campaign,
    contacts,
    deeds,
    door,
    editor,
    events,
    exports,
    feed,
    first_texts,
    forecast,
    formats,
    guards,
    guide,
    headers,
    health,
    heard,
    hooks,
    importing,
    inbox,
    join,
    languages,
    lists,
    live,
    meeting,
    nav,
    one_on_ones,
    optouts,
    people,
    practice,
    queues,
    rehearsal,
    saved_answers,
    sessions,
    shifts,
    sign_in,
    start,
    static_files,
    steps,
    supporter,
    trouble,
    underway,
    voice_hooks,
    waits,
    worked,
)

_PACKAGE = Path(__file__).parent
_TEMPLATES = next(folder for folder in (_PACKAGE / "templates", _PACKAGE.parent / "templates") if folder.exists())
_SIGNED_IN_FOR = timedelta(hours=14)  # a long day at the phone bank, counted from the last page

BLUEPRINTS = tuple(
    room.blueprint
    for room in (
        sign_in,
        health,
        people,
        optouts,
        queues,
        join,
        audit,
        shifts,
        inbox,
        deeds,
        saved_answers,
        heard,
        supporter,
        events,
        door,
        feed,
        exports,
        call_status,
        hooks,
        voice_hooks,
        bridge_hooks,
        calls,
        editor,
        campaign,
        call_audio,
        call_pages,
        underway,
        steps,
        worked,
        first_texts,
        start,
        practice,
        forecast,
        contacts,
        importing,
        lists,
        guide,
        waits,
        one_on_ones,
        meeting,
    )
)


def create_app(settings: Settings) -> Flask:
    """The WSGI application. One process serves one Settings: database and doorbell are configured here."""
    db.configure(settings.database)
    jobs.configure(settings)
    if settings.clock_file is not None:
        clock.follow(settings.clock_file)
    app = Flask(__name__, static_folder=str(_PACKAGE / "web" / "static"), template_folder=str(_TEMPLATES))
    app.config.from_mapping(_configuration(settings))
    app.extensions["settings"] = settings
    sessions.init_app(app)
    guards.csrf.init_app(app)  # type: ignore[no-untyped-call]  # Flask-WTF ships no types
    app.before_request(guards.check)
    headers.init_app(app, is_https=_is_https(settings))
    trouble.init_app(app)
    static_files.init_app(app)
    _dress_templates(app)
    for blueprint in (*BLUEPRINTS, *([rehearsal.blueprint] if settings.rehearsal else [])):
        app.register_blueprint(blueprint)
    if _is_https(settings):  # https ends at one proxy in front of us; on loopback nobody's X-Forwarded-For is believed
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]  # Flask's way
    return app


def _configuration(settings: Settings) -> dict[str, object]:
    is_https = _is_https(settings)
    return {
        "SECRET_KEY": settings.signing_key,
        "REHEARSAL": settings.rehearsal,
        "SESSION_COOKIE_NAME": "__Host-phonebank" if is_https else f"phonebank_{settings.port}",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": is_https,
        "PERMANENT_SESSION_LIFETIME": _SIGNED_IN_FOR,
        "MAX_CONTENT_LENGTH": guards.SMALL_BODY,
        "MAX_FORM_MEMORY_SIZE": guards.SMALL_BODY,
        "WTF_CSRF_CHECK_DEFAULT": False,  # guards.check asks for it, after it knows who is there
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "WTF_CSRF_SSL_STRICT": False,  # asks for a Referer, which the supporters' pages do not send; the token guards
    }


def _is_https(settings: Settings) -> bool:
    return settings.address.startswith("https://")


def _dress_templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.globals.update(live=live.live, places=nav.places, account_alarm=alarm.account_alarm)
    app.jinja_env.globals.update(waits_alarm=alarm.waits_alarm)
    app.jinja_env.globals.update(my_shift=shifts.mine)
    app.jinja_env.globals.update(language_name=languages.language_name)
    app.jinja_env.globals.update(guide.template_names())
    app.jinja_env.globals.update(clock_now=clock.now, clock_speed=clock.speed)
