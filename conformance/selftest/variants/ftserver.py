#!/usr/bin/env python3
"""A correct server in Python: what the suite finds here is not caused by Bun."""

import hashlib
import os
import re
import signal
import socket
import stat
import sys
import threading
from contextlib import suppress

LINE_LIMIT = 4096  # bytes with the end of the line (PROTOCOL.md)
REQUEST_LIMIT = 5.0  # seconds, from the accept
CONNECT_LIMIT = 3.0  # the client listens already
CLOSE_LIMIT = 2.0  # a client closes P as soon as it has read the last reply
GRACE = 5.0  # seconds for running transfers after SIGINT
PIECE = 65536

sessions = set()
sessions_lock = threading.Lock()
stopping = threading.Event()


class Refusal(Exception):
    """A reply that ends the session."""


class LineReader:
    """Reads lines from P, with a length limit for each and one time limit for all."""

    def __init__(self, p):
        self.p, self.unread, self.is_late = p, b"", False
        self.timer = threading.Timer(REQUEST_LIMIT, self.expire)
        self.timer.start()

    def expire(self):
        self.is_late = True
        self.p.shutdown(socket.SHUT_RD)

    def read(self):
        """Returns the next line without its end, or None if the client has closed P."""
        while b"\n" not in self.unread[:LINE_LIMIT]:
            if len(self.unread) >= LINE_LIMIT:
                raise Refusal("500 line too long")
            piece = self.p.recv(PIECE)
            if self.is_late:
                raise Refusal("421 no command came in time")
            if not piece:
                return None
            self.unread += piece
            if self.unread.startswith(b"\x16"):
                raise Refusal("500 this server does not speak TLS")
        line, _, self.unread = self.unread.partition(b"\n")
        return line.removesuffix(b"\r")


class Session:
    def __init__(self, p):
        self.p, self.q = p, None
        self.offset, self.wants_hash, self.is_busy = 0, False, False

    def run(self):
        lines = LineReader(self.p)
        try:
            self.read_request(lines)
        except Refusal as refusal:
            self.close_q()
            self.reply(str(refusal))
        except OSError:
            pass  # P was reset
        finally:
            lines.timer.cancel()
            self.close_q()
            self.close_p()

    def read_request(self, lines):
        while (line := lines.read()) is not None:
            text = decode_text(line)
            if text is None:
                raise Refusal("501 the request is not plain UTF-8 text")
            word, _, value = text.partition(" ")
            if word == "HASH":
                self.wants_hash = True
                self.reply("350 noted")
            elif word == "REST":
                self.offset = parse_offset(value)
                self.reply("350 noted")
            elif word in ("USER", "PASS"):
                self.reply("331 password, please" if word == "USER" else "230 welcome")
            else:
                lines.timer.cancel()
                self.is_busy = True
                return self.execute(word, value)

    def execute(self, word, value):
        if word == "-l":
            return self.list(parse_port(value))
        if word != "-g":
            raise Refusal("500 commands are -l and -g")
        name, space, port = value.rpartition(" ")
        if not space:
            raise Refusal("501 -g takes a file name and a data port")
        self.get(name, parse_port(port))

    def list(self, port):
        self.open_q(port)
        listing = b"".join(name + b"\n" for name in list_names())
        self.announce(len(listing))
        self.send(listing)
        self.complete(len(listing))

    def get(self, name, port):
        self.open_q(port)
        with open_file(name) as file:
            info = os.fstat(file.fileno())
            size = info.st_size - self.offset
            if size < 0:
                raise Refusal("554 the file ends before that offset")
            self.announce(size, f" version={info.st_ino}-{info.st_size}-{info.st_mtime_ns}")
            digest = hashlib.sha256(file.read()).hexdigest() if self.wants_hash else ""
            file.seek(self.offset)
            self.send_content(file, size)
            self.complete(size, f" sha256={digest}" if digest else "")

    def open_q(self, port):
        local = self.p.getsockname()[0].removeprefix("::ffff:")
        remote = self.p.getpeername()[0].removeprefix("::ffff:")
        try:
            self.q = self.connect(local, remote, port)
            self.q.settimeout(None)
        except OSError:
            raise Refusal("425 the data connection cannot be opened") from None

    def connect(self, local, remote, port):
        return socket.create_connection((remote, port), CONNECT_LIMIT, (local, 0))

    def announce(self, size, fields=""):
        self.reply(f"150 bytes={size} port={self.q.getsockname()[1]}{fields} here it comes")

    def send_content(self, file, size):
        while size > 0:
            piece = file.read(min(PIECE, size))
            if not piece:
                raise Refusal("450 the file has changed")
            self.send(piece)
            size -= len(piece)

    def send(self, piece):
        try:
            self.q.sendall(piece)
        except OSError:
            raise Refusal("426 the data connection was cut") from None

    def complete(self, size, fields=""):
        self.close_q()
        self.reply(f"226 bytes={size}{fields} all sent")

    def reply(self, text):
        with suppress(OSError):  # the client may have left
            self.p.sendall(text.encode() + b"\n")

    def close_q(self):
        if self.q:
            self.q.close()
            self.q = None

    def close_p(self):
        """Sends a FIN, and waits a limited time for that of the client."""
        timer = threading.Timer(CLOSE_LIMIT, self.abort)
        timer.start()
        with suppress(OSError):  # P may be reset or aborted
            self.p.shutdown(socket.SHUT_WR)
            while self.p.recv(PIECE):
                pass
        timer.cancel()
        self.p.close()

    def abort(self):
        with suppress(OSError):
            self.p.shutdown(socket.SHUT_RDWR)


def decode_text(line):
    """Returns the text if the line is UTF-8 without control characters."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if re.search(r"[\x00-\x1f\x7f-\x9f]", text) else text


def parse_offset(text):
    if re.fullmatch(r"[0-9]{1,16}", text) and int(text) <= 2**53 - 1:
        return int(text)
    raise Refusal("501 REST takes a number of bytes")


def parse_port(text):
    if re.fullmatch(r"[0-9]{4,5}", text) and 1024 <= int(text) <= 65535:
        return int(text)
    raise Refusal("501 a data port is a number from 1024 to 65535")


def list_names():
    """Lists the regular files that a client can ask for, sorted by bytes."""
    files = (entry.name for entry in os.scandir(b".") if entry.is_file(follow_symlinks=False))
    return sorted(n for n in files if not n.startswith(b".") and decode_text(n) is not None)


def open_file(name):
    """Opens a regular file that lies in the directory itself."""
    if name.startswith(".") or "/" in name or name == "":
        raise Refusal("550 no such file")
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise Refusal("550 no such file") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Refusal("550 not a file")
    return open(descriptor, "rb", buffering=0)


def refuse(message):
    print(f"ftserver: {message}\nusage: ftserver <SERVER_PORT>", file=sys.stderr)
    sys.exit(2)


def listen(args):
    """Checks the argument (step 1), and listens on the port (step 2)."""
    if len(args) != 2:
        refuse("it takes SERVER_PORT and nothing else")
    text = args[1]
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        refuse(f"SERVER_PORT is a number from 1 to 65535, not {text}")
    try:
        listener = socket.create_server(
            ("", int(text)), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64
        )
    except OSError as error:
        refuse(f"cannot listen on SERVER_PORT {text}: {error}")
    print(f"ftserver: ready on port {text}", flush=True)
    return listener


def accept_clients(listener, session_class):
    while not stopping.is_set():
        try:
            p, _ = listener.accept()
        except OSError:
            return
        p.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=[session_class(p)], daemon=True).start()


def serve(session):
    with sessions_lock:
        sessions.add(session)
    session.run()
    with sessions_lock:
        sessions.discard(session)
        is_last = stopping.is_set() and not sessions
    if is_last:
        os._exit(0)


def stop(listener):
    """The first signal waits for running transfers, the second does not."""
    if stopping.is_set():
        os._exit(0)
    with sessions_lock:
        has_transfers = any(session.is_busy for session in sessions)
    stopping.set()
    listener.shutdown(socket.SHUT_RDWR)  # close() alone does not wake accept()
    listener.close()
    if not has_transfers:
        os._exit(0)
    threading.Timer(GRACE, os._exit, [0]).start()
    for session in list(sessions):
        if not session.is_busy:
            session.abort()


def main(session_class=Session):
    listener = listen(sys.argv)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])
    threading.Thread(target=accept_clients, args=[listener, session_class], daemon=True).start()
    while True:
        signal.sigwait([signal.SIGINT, signal.SIGTERM])
        stop(listener)


if __name__ == "__main__":
    main()
