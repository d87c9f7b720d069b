// At which step of a conversation the whole command has come, and where a failure is told.

import type { Conversation, ErrorText } from "./types.ts";

/** The step by which the whole command has come. */
export function asked({ steps }: Conversation): number {
  const opened = steps.findIndex((step) => "q" in step);
  const early = steps.findLastIndex((step, at) => "send" in step && (opened < 0 || at < opened));
  const told = steps.findLastIndex(
    (step) => "send" in step && /\{[^}]*(file|dport)\b/.test(step.send),
  );
  return Math.max(early, told);
}

/** The step in whose place a failure is told, or the first behind all that must come before. */
export function refusedAt(
  { steps }: Conversation,
  what: "missing" | "invalid",
  { q }: ErrorText,
): number {
  const named = steps.findIndex((step) => what in step);
  if (named >= 0) return named;
  const opened = steps.findIndex((step) => "q" in step);
  return 1 + Math.max(asked({ steps }), q ? opened : -1);
}
