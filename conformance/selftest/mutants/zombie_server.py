#!/usr/bin/env python3
"""forking_server.py without a wait for its children: each becomes a zombie."""

import os
import sys

sys.dont_write_bytecode = True  # the suite leaves no files behind
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "variants"))

import ftserver  # noqa: E402


def main():
    listener = ftserver.listen(sys.argv)
    while True:
        p, _ = listener.accept()
        p.setsockopt(ftserver.socket.IPPROTO_TCP, ftserver.socket.TCP_NODELAY, 1)
        if os.fork() == 0:
            listener.close()
            ftserver.Session(p).run()
            os._exit(0)
        p.close()


try:
    main()
except KeyboardInterrupt:
    sys.exit(0)
