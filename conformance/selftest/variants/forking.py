#!/usr/bin/env python3
"""ftserver.py with one process a client: each forked child serves its client and ends."""

import os
import signal
import sys
import time
from contextlib import suppress

sys.dont_write_bytecode = True  # the suite leaves nothing behind

import ftserver  # noqa: E402

children = set()
stopping = False


class Stop(Exception):
    """A signal has come while the parent waited for a client."""


def reap(*_):
    """Children that have ended; one of several signals may stand for all of them."""
    while children:
        pid, _ = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        children.discard(pid)


def interrupted(*_):
    """The first one lets children finish, and tells those that wait; the second one ends them all."""
    global stopping
    for pid in list(children):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL if stopping else signal.SIGTERM)
    first, stopping = not stopping, True
    if first:
        raise Stop


def child(p):
    session = ftserver.Session(p)

    def told(number, _):
        # SIGINT reaches the whole group, and the parent says the same by SIGTERM: busy is busy.
        if not session.busy:
            os._exit(0)

    signal.signal(signal.SIGINT, told)
    signal.signal(signal.SIGTERM, told)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    session.run()
    os._exit(0)


def serve(listener):
    while True:
        p, _ = listener.accept()
        p.setsockopt(ftserver.socket.IPPROTO_TCP, ftserver.socket.TCP_NODELAY, 1)
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        pid = os.fork()
        if pid == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            start(p)
        children.add(pid)
        p.close()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def start(p):
    try:
        child(p)
    finally:
        os._exit(1)


SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGCHLD]


def main():
    listener = ftserver.listen(sys.argv)
    signal.signal(signal.SIGCHLD, reap)
    signal.signal(signal.SIGINT, interrupted)
    signal.signal(signal.SIGTERM, interrupted)
    try:
        serve(listener)
    except Stop:
        listener.close()
    until = time.monotonic() + ftserver.GRACE
    while children and time.monotonic() < until:
        time.sleep(0.05)  # a signal between a look and pause() would be missed
    for pid in list(children):  # a client that reads no more keeps nobody for ever
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    while children:
        time.sleep(0.05)


main()
