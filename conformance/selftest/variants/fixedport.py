#!/usr/bin/env python3
"""ftserver.py whose end of Q has always the port below SERVER_PORT, as in FTP."""

import sys
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOL_SOCKET, socket

sys.dont_write_bytecode = True  # the suite leaves nothing behind

import ftserver  # noqa: E402


class Session(ftserver.Session):
    def connect(self, here, there, to):
        q = socket(AF_INET6 if ":" in there else AF_INET)
        q.settimeout(ftserver.DIAL_LIMIT)
        q.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            q.bind((here, self.p.getsockname()[1] - 1))
        except OSError:
            q.bind((here, 0))  # another program has that port
        q.connect((there, to))
        return q


ftserver.main(Session)
