// A guess at how a payload is framed, as the keys of a dialect.

import type { Data } from "../dialect/types.ts";

/** The keys of `data` in a dialect; templates are texts. */
export interface FrameKeys {
  frame: Data["frame"];
  end?: string;
  prefix?: string;
  size?: string;
  first?: string;
  piece?: string;
  of?: "name" | "line";
  ack?: string;
  max?: number;
  gap?: number;
  ms?: number;
  count?: number;
  remove?: string[];
}

export interface FrameGuess {
  keys: FrameKeys;
  /** What the server says on the same connection before the payload and after it. */
  before?: string;
  after?: string;
  /** A list may have texts of its own at both ends, since no other frame explains it. */
  isLenient?: boolean;
}

/** Milliseconds between two pieces that nothing but the pause separates. */
export const GAP = 200;
