// Resumes a partial file one byte after its end.

import { startClient } from "../reference/client.ts";
import { parts, ResumingControl } from "./client-resumes-other-version.ts";

export const role = "client";
export const breaks = ["N7.17", "N7.20"];

class Faulty extends ResumingControl {
  override computeOffset(length: number): number {
    return length + 1;
  }
}

if (import.meta.main) await startClient({ ...parts, ClientControl: Faulty });
