// Receives what the server sends on Q, up to its end, into a sink.

import { Failure } from "../errors.ts";
import type { Connection } from "../net/connection.ts";
import { formatSeconds } from "../net/receiver.ts";
import { RateWatch } from "./rate-watch.ts";

/** Where the payload of Q goes. */
export interface Sink {
  /** Takes bytes. Until a returned promise settles, no more are read, and the server must wait. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** Moves at most `max` bytes from a socket inside the kernel. Returns how many: 0 if there are none, or if it is not possible. */
  splice?(socket: number, max: number): number;
}

/** The time over which a lowest rate must be reached, in ms. It is never shorter than the longest silence that is allowed. */
const RATE_TIME = 60_000;

/**
 * Receives at most `max` bytes until Q ends or breaks, closes it, and returns how many there were. Throws a `Failure` if
 * more come, or nothing for `stall` milliseconds, or too few over a longer time. `onProgress` gets their number so far.
 */
export async function receivePayload(
  q: Connection,
  max: number,
  sink: Sink,
  stall: number,
  onProgress: (received: number) => void,
): Promise<number> {
  const rateTime = Math.max(RATE_TIME, stall);
  using rate = new RateWatch(rateTime, (few) => q.abort(slowFailure(few, rateTime)));
  let received = 0;
  const count = (more: number): number => {
    received += more;
    rate.add(more);
    if (received > max)
      throw new Failure("protocol", `The server sent more than the ${max} bytes it announced.`);
    onProgress(received);
    return more;
  };
  const write = (piece: Uint8Array) => {
    count(piece.length);
    const pending = sink.write(piece);
    return pending && rate.holdDuring(pending);
  };
  const splice = (socket: number) => count(sink.splice?.(socket, max - received) ?? 0);
  try {
    await q.receive(write, stall, splice);
  } catch (error) {
    if (!(error instanceof Failure && error.kind === "incomplete")) throw error; // P may say why Q broke
  } finally {
    q.close();
  }
  return received;
}

function slowFailure(bytes: number, ms: number): Failure {
  const sentence = `Only ${bytes} bytes came within ${formatSeconds(ms)}: the server is too slow.`;
  return new Failure("timeout", sentence);
}
