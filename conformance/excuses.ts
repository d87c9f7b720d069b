// The sentences of PROTOCOL.md that no case claims, and why that is right.

const TLS =
  "TLS is optional: lib/tls*.test.ts judge it in our own programs, and the suite has no case for it yet.";
const LOGIN =
  "A login is optional: lib/login.test.ts and cmd/ftserver.test.ts judge it in our own programs, and the suite has no case for it yet.";

export const EXCUSES: Record<string, string> = {
  "N7.21":
    "A MAY about a limit that each server chooses: no number of clients is enough to make it due.",
  "N4.1": TLS,
  "N4.2": TLS,
  "N5.3": TLS,
  "N5.4": TLS,
  "N5.5": TLS,
  "N6.14": TLS,
  "N6.15": LOGIN,
  "N6.16": LOGIN,
  "N6.17": LOGIN,
  "N7.22": TLS,
  "N7.23": TLS,
  "N7.24": TLS,
  "N7.25": TLS,
  "N7.26": TLS,
  "N7.27": TLS,
};
