// Counts with a buffer of 500 bytes that is never full: at exact multiples the last byte is lost.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.15"];

const BUFFER = 500;

class Faulty extends ReferenceClient {
  override save(file: string, payload: Buffer): void {
    const isFull = payload.length > 0 && payload.length % BUFFER === 0;
    super.save(file, isFull ? payload.subarray(0, -1) : payload);
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
