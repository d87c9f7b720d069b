// The sentences of PROTOCOL.md that no case claims, and why that is right.

export const WAIVERS: Record<string, string> = {
  "N7.21":
    "A MAY about a limit that each server chooses: no number of clients is enough to make it due.",
  "N7.32": "A MAY: a client that does not make use of it opens no Q.",
};
