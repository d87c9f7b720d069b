#!/usr/bin/env python3
"""ftserver.py with a process for each client: each child serves its client and exits."""

import os
import signal
import sys
import time
from contextlib import suppress

sys.dont_write_bytecode = True  # the suite leaves no files behind

import ftserver  # noqa: E402

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGCHLD]

children = set()
stopping = False


class Stop(Exception):
    """A signal came while the parent waited for a client."""


def reap_children(*_):
    """One signal may stand for several children that have exited."""
    while children:
        pid, _ = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        children.discard(pid)


def kill_children(number):
    for pid in list(children):
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def stop(*_):
    """The first signal asks the children to finish, the second kills them."""
    global stopping
    kill_children(signal.SIGKILL if stopping else signal.SIGTERM)
    is_first, stopping = not stopping, True
    if is_first:
        raise Stop


def run_child(p):
    session = ftserver.Session(p)

    def stop_if_idle(*_):
        # SIGINT reaches the whole process group, and SIGTERM comes from the parent.
        if not session.is_busy:
            os._exit(0)

    signal.signal(signal.SIGINT, stop_if_idle)
    signal.signal(signal.SIGTERM, stop_if_idle)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
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
            try:
                run_child(p)
            finally:
                os._exit(1)
        children.add(pid)
        p.close()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def main():
    listener = ftserver.listen(sys.argv)
    signal.signal(signal.SIGCHLD, reap_children)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        serve(listener)
    except Stop:
        listener.close()
    end = time.monotonic() + ftserver.GRACE
    while children and time.monotonic() < end:
        time.sleep(0.05)  # pause() would miss a signal that comes just before it
    kill_children(signal.SIGKILL)  # a client that stops reading must not keep the server running
    while children:
        time.sleep(0.05)


main()
