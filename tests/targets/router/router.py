"""A small inference router that is not Plumbline's: it forwards OpenAI's chat completions to model servers, tries the
next one where one fails before it has answered, and passes streams on as they come. Python's standard library only."""
import http.client
import json
import os
import select
import signal
import socket
import sys
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

UPSTREAMS = [urlsplit(url) for url in os.environ["UPSTREAMS"].split(",")]
KEY = os.environ.get("UPSTREAM_KEY", "")
CONNECT_SECONDS, ANSWER_SECONDS = 1.0, float(os.environ.get("ANSWER_SECONDS", "4"))
ATTEMPTS = int(os.environ.get("ATTEMPTS", len(UPSTREAMS)))
RATE_LIMIT, RATE_WINDOW = int(os.environ.get("RATE_LIMIT", "0")), int(os.environ.get("RATE_WINDOW", "60"))
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class Limit:
    """So many requests of one caller in any window; 0: as many as it likes."""

    def __init__(self):
        self.lock, self.served = threading.Lock(), {}

    def admits(self, caller):
        now = time.monotonic()
        with self.lock:
            served = self.served.setdefault(caller, deque())
            while served and served[0] <= now - RATE_WINDOW:
                served.popleft()
            if len(served) >= RATE_LIMIT > 0:
                return False
            served.append(now)
            return True


limit = Limit()


class Failed(Exception):
    """No upstream has begun to answer; `status` is for the caller."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Gone(Exception):
    """The caller has left, so nobody waits for an answer."""


def wait_for(answering, caller):
    """Waits until the upstream answers; a caller that leaves meanwhile ends the work on the answer."""
    deadline = time.monotonic() + ANSWER_SECONDS
    watched = [answering, caller]
    while (left := deadline - time.monotonic()) > 0:
        readable, _, _ = select.select(watched, [], [], left)
        if answering in readable:
            return
        if caller in readable:
            if caller.recv(1, socket.MSG_PEEK) == b"":
                raise Gone
            watched = [answering]
    raise TimeoutError


def ask(upstream, method, path, body, caller):
    connection = http.client.HTTPConnection(upstream.hostname, upstream.port, timeout=CONNECT_SECONDS)
    connection.connect()
    connection.sock.settimeout(ANSWER_SECONDS)
    headers = {"content-type": "application/json", "authorization": f"Bearer {KEY}"}
    connection.request(method, path, body, headers)
    try:
        wait_for(connection.sock, caller)
    except Gone:
        connection.close()
        raise
    return connection, connection.getresponse()


def first_answer(method, path, body, caller):
    problem = Failed(502, "no model server can be reached")
    for attempt in range(ATTEMPTS):
        upstream = UPSTREAMS[attempt % len(UPSTREAMS)]
        try:
            connection, answer = ask(upstream, method, path, body, caller)
        except (socket.timeout, TimeoutError):
            problem = Failed(504, "the model server does not answer in time")
            continue
        except OSError as error:
            print(f"{upstream.netloc}: {error}", file=sys.stderr, flush=True)
            continue
        except http.client.HTTPException:
            continue
        if answer.status < 500:
            return connection, answer
        connection.close()
    raise problem


class Router(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def forward(self, method, body=None):
        if not limit.admits(self.client_address[0]):
            error = {"message": "too many requests", "type": "rate_limit_error", "code": "rate_limited", "param": None}
            return self.reply(429, {"error": error})
        try:
            connection, answer = first_answer(method, self.path, body, self.connection)
        except Gone:
            self.close_connection = True
            return None
        except Failed as failed:
            error = {"message": str(failed), "type": "upstream_error", "code": "upstream_unavailable", "param": None}
            return self.reply(failed.status, {"error": error})
        try:
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            # A client of HTTP/1.0 knows no chunks: for it, the end of the connection is the end of the answer.
            chunked = self.request_version != "HTTP/1.0"
            self.close_connection |= not chunked
            self.send_header(*(("transfer-encoding", "chunked") if chunked else ("connection", "close")))
            self.end_headers()
            while piece := answer.read1(65536):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
                self.wfile.flush()
            if answer.length:
                raise http.client.IncompleteRead(b"", answer.length)
            if chunked:
                self.wfile.write(b"0\r\n\r\n")
        except (OSError, http.client.HTTPException):
            # The caller or the model server is gone in the middle: the missing last chunk says so.
            self.close_connection = True
        finally:
            connection.close()

    def do_GET(self):
        if self.path == "/healthz":
            return self.reply(200, {"ok": True})
        self.forward("GET")

    def do_POST(self):
        self.forward("POST", self.rfile.read(int(self.headers.get("content-length", 0))))


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Router)
server.daemon_threads = True
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
print("the router listens", flush=True)
server.serve_forever()
