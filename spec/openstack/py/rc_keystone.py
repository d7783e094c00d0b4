"""Keystone behind eventlet's HTTP/1.1 server.

usage: rc_keystone.py HOST PORT CONFIG_FILE

A token that lives for SECONDS is obtained below "/rc_token_seconds=SECONDS",
as in http://127.0.0.1:15000/rc_token_seconds=3/v3/auth/tokens.
"""

import datetime
import re
import sys

import eventlet
eventlet.monkey_patch()

import __original_module_threading as real_threading  # noqa: E402
import threading  # noqa: E402
real_threading.current_thread.__globals__['_active'] = threading._active

from eventlet import wsgi  # noqa: E402
from eventlet.corolocal import local  # noqa: E402

from keystone.server.flask import core  # noqa: E402
from keystone.token import provider  # noqa: E402


class ShortTokens:
    """Takes the wish for a short token off the path, and obeys it."""

    wish = re.compile(r'^/rc_token_seconds=(\d+)(?=/)')

    def __init__(self, app):
        self.app = app
        self.current = local()
        self.usual = provider.default_expire_time
        provider.default_expire_time = self.expire_time

    def __call__(self, environ, start_response):
        found = self.wish.match(environ['PATH_INFO'])
        self.current.seconds = found and int(found.group(1))
        if found:
            environ['PATH_INFO'] = environ['PATH_INFO'][found.end():]
        return self.app(environ, start_response)

    def expire_time(self):
        seconds = getattr(self.current, 'seconds', None)
        if not seconds:
            return self.usual()
        now = datetime.datetime.utcnow().replace(microsecond=0)
        return now + datetime.timedelta(seconds=seconds)


class NoBody:
    """Says "Content-Length: 0" in replies of status 204.

    Otherwise eventlet sends them chunked, and the five bytes of the empty
    chunk are left on the connection in front of the next reply.
    """

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        def start(status, headers, exc_info=None):
            if status.startswith('204'):
                headers = [h for h in headers
                           if h[0].lower() != 'content-length']
                headers.append(('Content-Length', '0'))
            return start_response(status, headers, exc_info)
        return self.app(environ, start)


def main():
    host, port, config = sys.argv[1:4]
    sys.argv[1:] = []  # Keystone reads them too
    app = core.initialize_application('public', config_files=[config])
    sock = eventlet.listen((host, int(port)), backlog=128)
    wsgi.server(sock, NoBody(ShortTokens(app)), log_output=False, debug=False, keepalive=True,
                socket_timeout=300)


if __name__ == '__main__':
    main()
