"""create_app: the one module that knows every part."""

import logging
from datetime import timedelta
from pathlib import Path
from wsgiref.headers import Headers

import click
import structlog
from babel import Locale
from flask import Flask, request
from flask_babel import Babel
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter
from whitenoise import WhiteNoise

from bazaar import assets, cli, installation, phones, regions, web
from bazaar.adapters.by_hand import ByHand
from bazaar.adapters.chats import Chats
from bazaar.adapters.smtp import Smtp
from bazaar.db import db, engine_options, reading, wrong_pragmas
from bazaar.orders import Desk
from bazaar.ports import Courier, PaymentGateway, Place
from bazaar.routes import ROUTES
from bazaar.seals import Seals
from bazaar.settings import ROOT, Mode, Settings, SettingsError, from_environment
from bazaar.tokens import Links
from bazaar.views import navigation
from bazaar.views import streams as views_of_streams
from bazaar.views.api.turnstile import EXTENSION, Turnstile
from bazaar.web import answers, formats, problems, streams
from bazaar.web.quick import Quick

LANGUAGES = ("id", "en")
LOCALES = {language: Locale.parse(language) for language in LANGUAGES}
"""Kept: to parse a name is to look for its file, for every request."""
MAX_UPLOAD = 16 * 1024 * 1024
MAX_ID = 2**53
QUICK = r"/live/[0-9]{1,6}/state"
"""Paths whose answer is the same for everybody and may be a second old."""


class RowId(IntegerConverter):
    """A whole number in a path that every database can hold."""

    def __init__(self, url_map: object, *args: object, **kwargs: object) -> None:
        super().__init__(url_map, max=MAX_ID)  # type: ignore[arg-type]


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application. Raises SettingsError when it cannot run as configured."""
    settings = settings or from_environment()
    _set_up_logs(settings)
    app = Flask(
        "bazaar",
        root_path=str(ROOT),
        instance_path=str(settings.instance_path),
        static_folder=None,  # WhiteNoise serves them, see _wrap
    )
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    _configure(app, settings)
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    Babel(
        app,
        locale_selector=_language,
        default_translation_directories=str(ROOT / "translations"),
    )
    app.url_map.converters["int"] = RowId
    app.extensions["bazaar"] = build_services(settings)
    app.extensions[web.DESK] = build_desk(app, settings)
    answers.install(app, secure=settings.secure)
    formats.install(app)
    navigation.install(app)
    web.register(app, ROUTES)
    cli.register(app)
    app.cli.add_command(fake_gateway)
    with app.app_context():
        if wrong := wrong_pragmas():
            raise SettingsError(f"SQLite does not keep these settings: {wrong}")
        with reading():
            installation.require_fits(settings.mode)
    _wrap(app, settings)
    return app


def create_live_app(settings: Settings | None = None) -> Flask:
    """Build the application for the process that serves streams; everything else works too.

    Raises SettingsError as `create_app` does.
    """
    settings = settings or from_environment()
    app = create_app(settings)
    app.extensions[streams.EXTENSION] = streams.Streams(
        app,
        views_of_streams.read,
        connections=settings.live_connections,
        standing=views_of_streams.standing,
    )
    return app


def build_services(settings: Settings) -> web.Services:
    """Choose the adapters this installation is configured for."""
    return web.Services(
        settings=settings,
        links=Links(settings.secret()),
        seals=Seals(settings.secret(), "totp"),
        draw_seals=Seals(settings.secret(), "draw"),
        messenger=Smtp(settings.smtp_url, settings.mail_from) if settings.smtp_url else None,
        assets=assets.gather(settings.instance_path),
        couriers=build_couriers(settings),
        pickup=_pickup(settings),
        gateways=build_gateways(settings),
        contact_seals=Seals(settings.secret(), "contact"),
        chats=Chats(settings.telegram_token),
        tax_seals=Seals(settings.secret(), "tax"),
    )


def build_desk(app: Flask, settings: Settings) -> Desk:
    """Make the place where this process places orders."""
    return Desk(
        app.app_context,
        links=Links(settings.secret()),
        slack=timedelta(minutes=settings.release_slack_minutes),
        charge=web.charging_of(settings),
    )


def build_couriers(settings: Settings) -> dict[str, Courier]:
    """Choose who can be asked to carry parcels: people always, providers that have a key."""
    found: dict[str, Courier] = {"manual": ByHand()}
    if settings.biteship_key:
        from bazaar.adapters.biteship import Biteship  # noqa: PLC0415 (0.2 s of httpx)

        found["biteship"] = Biteship(
            settings.biteship_url,
            settings.biteship_key,
            header=settings.biteship_webhook_header,
            secrets=[secret for secret in settings.biteship_webhook_secrets.split(",") if secret],
            couriers=settings.biteship_couriers,
        )
    if settings.kiriminaja_key:
        from bazaar.adapters.kiriminaja import KiriminAja  # noqa: PLC0415 (0.2 s of httpx)

        old_keys = [settings.kiriminaja_old_key] if settings.kiriminaja_old_key else []
        found["kiriminaja"] = KiriminAja(
            settings.kiriminaja_url, settings.kiriminaja_key, old_keys=old_keys
        )
    return found


@click.command("fake-gateway")
@click.argument("name", type=click.Choice(["midtrans", "xendit"]))
@click.option("--port", default=9201, show_default=True)
def fake_gateway(name: str, port: int) -> None:
    """Pretend to be a payment gateway on this machine, for trying out without an account."""
    from importlib import import_module  # noqa: PLC0415 (a real bazaar never loads it)

    from bazaar.adapters.fakes import till  # noqa: PLC0415

    module = import_module(f"bazaar.adapters.fakes.{name}")
    capitals = name.upper()
    click.echo(f"BAZAAR_{capitals}_URL=http://127.0.0.1:{port} BAZAAR_{capitals}_KEY={module.KEY}")
    if name == "xendit":
        click.echo(f"BAZAAR_XENDIT_TOKENS={module.TOKEN}")
    address = f"{web.services().settings.public_url}/webhook/{name}"
    till.serve(module.make(), port, notify_url=address, tell=click.echo)


def build_gateways(settings: Settings) -> dict[str, PaymentGateway]:
    """Choose the payment gateways that have a key, the preferred one first."""
    found: dict[str, PaymentGateway] = {}
    if settings.midtrans_key:
        from bazaar.adapters.midtrans import Midtrans  # noqa: PLC0415 (0.2 s of httpx)

        found["midtrans"] = Midtrans(
            settings.midtrans_url,
            settings.midtrans_key,
            old_keys=[settings.midtrans_old_key] if settings.midtrans_old_key else [],
            acquirer=settings.midtrans_acquirer,
            notify_url=f"{settings.public_url}/webhook/midtrans" if settings.secure else "",
        )
    if settings.xendit_key:
        from bazaar.adapters.xendit import Xendit  # noqa: PLC0415 (0.2 s of httpx)

        found["xendit"] = Xendit(
            settings.xendit_url,
            settings.xendit_key,
            tokens=[token for token in settings.xendit_tokens.split(",") if token],
            for_user=settings.xendit_for_user,
            send_expiry=settings.xendit_send_expiry,
        )
    return dict(sorted(found.items(), key=lambda row: row[0] != settings.gateway))


def _pickup(settings: Settings) -> Place | None:
    """Return where booked couriers come. Raises SettingsError when there is no such place."""
    if not settings.pickup_village:
        return None
    village = regions.find_village(settings.pickup_village)
    phone = phones.read_phone(settings.pickup_phone)
    if village is None:
        raise SettingsError("BAZAAR_PICKUP_VILLAGE is no village of Kemendagri's list")
    if phone is None:
        raise SettingsError("BAZAAR_PICKUP_PHONE is no telephone number")
    return Place(
        name=settings.pickup_name,
        phone=phone,
        street=settings.pickup_street,
        village_code=village.code,
        village=village.name,
        district=village.district,
        regency=village.regency,
        province=village.province,
        postal_code=village.postal_code,
    )


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret(),
        SQLALCHEMY_DATABASE_URI=settings.database(),
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database()),
        SESSION_COOKIE_NAME="__Host-notes" if settings.secure else "notes",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_PARTS=1_000,
        BABEL_DEFAULT_LOCALE="id",
        BABEL_DEFAULT_TIMEZONE="UTC",
        TEMPLATES_AUTO_RELOAD=settings.mode is Mode.DEVELOPMENT,
    )
    if settings.mode is Mode.PRODUCTION:
        app.config["TRUSTED_HOSTS"] = [settings.host.partition(":")[0]]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _wrap(app: Flask, settings: Settings) -> None:
    """Put the turnstile, static files and the proxy's headers in front of the application."""

    def add_safe_headers(headers: Headers, *_: str) -> None:
        for name, value in answers.safe_headers(secure=settings.secure).items():
            headers[name] = value

    turnstile = Turnstile(app.wsgi_app, app.extensions[web.DESK])
    app.extensions[EXTENSION] = turnstile
    static = WhiteNoise(
        turnstile,
        root=_static_root(app),
        prefix=f"static/{_bundle(app).name}",
        max_age=0,
        immutable_file_test=lambda *_: True,
        allow_all_origins=False,
        add_headers_function=add_safe_headers,
    )
    app.wsgi_app = static  # type: ignore[method-assign]
    if settings.mode is Mode.PRODUCTION:
        app.wsgi_app = Quick(app.wsgi_app, QUICK)  # type: ignore[assignment, method-assign]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]


def _bundle(app: Flask) -> Path:
    services: web.Services = app.extensions["bazaar"]
    return services.assets


def _static_root(app: Flask) -> str:
    return str(_bundle(app))


def _language() -> Locale:
    if request and request.path.startswith(problems.UNDER):
        return LOCALES[request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]]
    chosen = request.cookies.get(web.cookie_name("language"), "") if request else ""
    return LOCALES.get(chosen, LOCALES[LANGUAGES[0]])


def _set_up_logs(settings: Settings) -> None:
    """Write JSON lines in production, readable ones elsewhere."""
    readable = settings.mode is not Mode.PRODUCTION
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=False)
            if readable
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.log_level]
        ),
    )
