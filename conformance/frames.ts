// How the end of a payload is told: the table that a dialect's `frame` names an entry of.

export interface Frame {
  /** Whether the payload is whole although the connection is still open. */
  complete(bytes: Buffer): boolean;
  /** The payload without what frames it. */
  payload(bytes: Buffer): Buffer;
  /** What the suite sends for a payload when it plays the server. */
  wrapped(payload: Uint8Array): Uint8Array;
}

const close: Frame = {
  complete: () => false,
  payload: (bytes) => bytes,
  wrapped: (payload) => payload,
};

const FRAMES: Record<string, Frame> = { close };

export function frame(name = "close"): Frame {
  const found = FRAMES[name];
  if (found) return found;
  throw new Error(`no frame is called ${name}; there are ${Object.keys(FRAMES).join(", ")}`);
}
