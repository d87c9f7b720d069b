// A recorded conversation, for a person to read.

import { show } from "../net/bytes.ts";
import type { Recording } from "./recording.ts";

/** Bytes of a message that are shown. */
const SHOWN = 400;

export function formatRecording({ kind, values, messages, qs }: Recording): string {
  const lines = messages.map(
    ({ by, on, bytes }) => `  ${by.padEnd(6)} ${on} ${show(bytes, SHOWN)}`,
  );
  for (const q of qs.toReversed()) lines.splice(q.after, 0, `  ${q.by.padEnd(6)} opens Q`);
  return [`${kind}${values.file === "" ? "" : ` ${values.file}`}:`, ...lines].join("\n");
}
