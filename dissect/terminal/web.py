"""The workbench in a browser tab: served on this machine's own address, to whoever has the token, a process a tab.

A tab is a terminal: it may read what the server may read. So nobody gets one who does not come by the address that was
printed. The token in it becomes a cookie that no script reads, and the address loses it; names of other hosts are
refused, as a page elsewhere may have its name lead here (DNS rebinding), and so are tabs that another page opens.
Nothing is loaded from anywhere else.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import shlex
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from html import escape
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

__all__ = ["MOST_TABS", "WebServer", "command_for"]

MOST_TABS = 8
"""So many tabs are open at once; each is a process."""
_HOST = "127.0.0.1"
_OWN_NAMES = ("127.0.0.1", "localhost", "::1")
"""What this machine is called by itself; the port may be another one, as ssh -L leads here from one."""
_PATIENCE = 3.0
"""Seconds that a process has to end when its tab is closed."""
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="/static/css/xterm.css"><script src="/static/js/textual.js"></script>
<style>html,body{{margin:0;height:100%;background:#101418}}.textual-terminal{{width:100vw;height:100vh}}
.closed{{display:none;position:absolute;inset:0;color:#d7dce2;background:#101418;font:16px monospace;padding:2em}}
body.-closed .closed{{display:block}}</style></head>
<body><div class="closed">This tab has ended. Load the page again to open it anew.</div>
<div id="terminal" class="textual-terminal" data-session-websocket-url="{socket}" data-font-size="{size}"></div>
</body></html>
"""
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Tab(AppService):
    """The process of a tab."""

    process: Process | None = None

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        # Not by way of a shell, which would stay between, and go on when the tab is closed.
        process = await asyncio.create_subprocess_exec(
            *shlex.split(self.command), stdin=PIPE, stdout=PIPE, stderr=PIPE, env=self._build_environment(width, height)
        )
        self.process = self._process = process
        self._stdin = process.stdin
        return process

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        return super()._build_environment(width, height)

    async def end(self) -> None:
        """Have the process end: asked first, and then made to."""
        with suppress(Exception):
            await asyncio.wait_for(self.stop(), _PATIENCE)
        if self.process is not None and self.process.returncode is None:
            for end in (self.process.terminate, self.process.kill):
                with suppress(ProcessLookupError):
                    end()
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self.process.wait(), _PATIENCE)
                    break


class WebServer(Server):
    """Serves a command in browser tabs; `address` is what to open. `port` is 0 for any that is free.

    Raises OSError where the port is taken.
    """

    def __init__(self, command: Sequence[str], title: str, port: int = 0) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((_HOST, port))
            # Who opens the address as soon as it is told waits, and is not refused.
            self._socket.listen()
        except OSError:
            self._socket.close()
            raise
        super().__init__(shlex.join(command), host=_HOST, port=self._socket.getsockname()[1], title=title)
        self.token = secrets.token_urlsafe(24)
        self.tabs = 0
        """How many tabs are open."""

    @property
    def address(self) -> str:
        """The address to open, with the token."""
        return f"http://{_HOST}:{self.port}/?token={self.token}"

    @property
    def _cookie(self) -> str:
        """Cookies are the same for all ports of a machine, so that its name tells the port."""
        return f"dissect-{self.port}"

    def serve(self, debug: bool = False) -> None:
        """Serve until Ctrl-C or SIGTERM."""
        web.run_app(self._make_app(), sock=self._socket, print=None, access_log=None)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()

        @web.middleware
        async def guarded(request: web.Request, handler: _Handler) -> web.StreamResponse:
            return await self._guarded(request, handler)

        app.middlewares.append(guarded)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: who serves has told the address."""

    async def _guarded(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Let requests through that come to this machine by its own name, with the token or the cookie made of it."""
        refused = self._refusal(request)
        if refused is not None:
            return web.Response(status=403, text=refused, headers=_HEADERS)
        if request.path == "/" and "token" in request.query:
            kept = web.Response(status=303, headers={**_HEADERS, "Location": "/"})
            kept.set_cookie(self._cookie, self.token, httponly=True, samesite="Strict", path="/")
            return kept
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    def _refusal(self, request: web.Request) -> str | None:
        """Return why a request is refused; None where it is not."""
        if _name(f"//{request.headers.get('Host', '')}") not in _OWN_NAMES:
            return "This is served under this machine's own name alone: open the address that was printed.\n"
        origin = request.headers.get("Origin")
        if origin is None and request.path == "/ws":
            return "A page has to say where it comes from.\n"
        if origin is not None and _host_and_port(origin) != request.headers.get("Host"):
            return "Pages of others may not open this.\n"
        given = request.query.get("token", "") if request.path == "/" else ""
        given = given or request.cookies.get(self._cookie, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode()):
            return "The token is missing, or another one: open the address that was printed.\n"
        return None

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """Give the page, which loads nothing from elsewhere, and opens its socket where it was itself opened."""
        scheme = "wss" if request.scheme == "https" else "ws"
        size = max(6, min(to_int(request.query.get("fontsize", "14"), 14), 60))
        page = _PAGE.format(title=escape(self.title), socket=f"{scheme}://{escape(request.host)}/ws", size=size)
        return web.Response(text=page, content_type="text/html")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run a process for a tab, and end it with the tab."""
        if self.tabs >= MOST_TABS:
            raise web.HTTPServiceUnavailable(text=f"{MOST_TABS} tabs are open: close one.\n")
        self.tabs += 1
        try:
            websocket = web.WebSocketResponse(heartbeat=15)
            await websocket.prepare(request)
            tab = Tab(
                self.command,
                write_bytes=websocket.send_bytes,
                write_str=websocket.send_str,
                close=websocket.close,  # type: ignore[arg-type]  # what it gives back is not looked at
                download_manager=self.download_manager,
            )
            try:
                width, height = (to_int(request.query.get(name, ""), 0) for name in ("width", "height"))
                await tab.start(max(20, min(width or 80, 1000)), max(5, min(height or 24, 1000)))
                await self._process_messages(websocket, tab)
            finally:
                await asyncio.shield(tab.end())
        finally:
            self.tabs -= 1
        return websocket

    async def _process_messages(self, websocket: web.WebSocketResponse, app_service: AppService) -> None:
        with suppress(ConnectionError):
            await super()._process_messages(websocket, app_service)


def _host_and_port(origin: str) -> str | None:
    """Return the host and port of the page that a request comes from; None where that is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _name(location: str) -> str | None:
    """Return the host of a location; None where there is none."""
    try:
        return urlsplit(location).hostname
    except ValueError:
        return None


def command_for(arguments: Sequence[str]) -> list[str]:
    """Return the command that a tab runs: this program with these arguments."""
    return [sys.executable, "-m", "dissect", "browse", *arguments]
