// Questions about the steps of a conversation: who opens Q, where the request ends, where an error comes.

import { show } from "../net/bytes.ts";
import type { Conversation, ErrorKind, ErrorText, SendStep, Step } from "./types.ts";

type Steps = Pick<Conversation, "steps">;

/** The side that opens Q. */
export function dataOpener({ steps }: Steps): "server" | "client" | "nobody" {
  const step = steps.find((each) => "q" in each);
  if (!step) return "nobody";
  return step.q === "connect" ? "client" : "server";
}

export const findOpenStep = ({ steps }: Steps): number => steps.findIndex((step) => "q" in step);

/** The index of the step that completes the request. */
export function findRequestEnd(conversation: Steps): number {
  const { steps } = conversation;
  const opens = findOpenStep(conversation);
  const beforeQ = steps.findLastIndex((step, at) => "send" in step && (opens < 0 || at < opens));
  const withArgument = steps.findLastIndex((step) => "send" in step && hasArgument(step));
  // Without Q, a last word such as “go ahead” answers the server, and does not ask for anything.
  return opens < 0 && withArgument >= 0 ? withArgument : Math.max(beforeQ, withArgument);
}

/** Whether the client names the file or the data port in this step. */
export const hasArgument = ({ send }: SendStep): boolean =>
  send.placeholders.some((name) => name === "file" || name === "dport");

export const isSameStep = (one: SendStep, other: SendStep): boolean =>
  one.send.source === other.send.source && one.on === other.on;

/** The index of the step that an error replaces, or of the first step after everything that must come before it. */
export function findErrorStep(conversation: Steps, kind: ErrorKind, { q }: ErrorText): number {
  const at = conversation.steps.findIndex((step) => kind in step);
  if (at >= 0) return at;
  return 1 + Math.max(findRequestEnd(conversation), q ? findOpenStep(conversation) : -1);
}

/** What the client needs for a step, for a message. */
export function describeStep(step: Step): string {
  if ("q" in step) return step.q === "accept" ? "a connection Q" : "a listener for Q";
  if ("send" in step) return "an open connection to send on";
  return "say" in step ? show(step.expect?.source ?? step.say.source) : "a pause";
}
