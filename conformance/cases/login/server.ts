// A login, for a server that requires one.

import type { CaseContext } from "../../harness/context.ts";
import { findData, findEnd, findMoment } from "../evidence.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { PASSWORD, USER } from "../../subject/provision.ts";
import { expectNoQ, mustOn } from "../expectations.ts";
import { openNative, type NativeClient } from "../../peer/native-client.ts";
import { must, need } from "../../spec/verdict.ts";
import { measureLogins, median } from "./timing.ts";

/** A delay that grows is longer by this factor; two equal ones differ less, also on a busy machine. */
const LONGER = 1.3;
const HELLO = "-g hello.txt {dport}\n";

/** Sends a name and a password, and returns the reply to the password; an empty one if P ended before. */
async function logIn(client: NativeClient, name: string, password: string): Promise<string> {
  const before = client.replies.length;
  const user = await client.send(`USER ${name}\n`).waitForReply(before + 1);
  if (user === "" && client.p.hasEnded) return "";
  need(user.startsWith("331 "), "N6.11", `no 331 in reply to USER: ${show(client.p.text)}`);
  return client.send(`PASS ${password}\n`).waitForReply(before + 2, client.context.timeouts.server);
}

async function rejectCommand(context: CaseContext, before = ""): Promise<void> {
  const client = await openNative(context);
  if (before !== "") await client.send(before).waitForCode("331");
  await client.send(HELLO).waitForCode("530");
  await expectNoQ(client);
}

async function acceptPassword(context: CaseContext): Promise<void> {
  const client = await openNative(context);
  await logIn(client, USER, PASSWORD);
  await client.waitForCode("230");
  await client.send(HELLO).waitForCode("226");
}

/** The command after a wrong password is refused like one without a login. */
async function rejectPassword(context: CaseContext): Promise<void> {
  const client = await openNative(context);
  await logIn(client, USER, "wrong");
  await client.waitForCode("530");
  if (client.p.hasEnded) return;
  const next = await client.send(HELLO).waitForReply(client.replies.length + 1);
  const isRefused = next === "" || next.startsWith("530 ");
  mustOn(client.p, isRefused, "530 in reply to the command after a wrong password");
  await expectNoQ(client);
}

/** Each login is on a new server: another rule tests whether one server serves two clients. */
async function expectSameText(context: CaseContext): Promise<void> {
  const wrong = await logIn(await openNative(context), USER, "wrong");
  const client = await openNative(context);
  const unknown = await logIn(client, "nobody", "wrong");
  const areRefused = /^530 /.test(wrong) && /^530 /.test(unknown);
  need(areRefused, "N6.11", `the replies are ${show(wrong)} and ${show(unknown)}`);
  const expected = `the text for a wrong password, ${show(wrong)}, also for an unknown user`;
  must(wrong === unknown, expected, show(unknown), findData(client.p));
}

/**
 * No fixed time is a limit here. The measure is half of what a right password takes, because a server that does not
 * check an unknown user saves all of that time. The same login must be faster in nearly all pairs: a single difference
 * may come from a busy machine.
 */
async function expectSameTime(context: CaseContext): Promise<void> {
  const { wrong, unknown, right } = await measureLogins(context, await context.startServer());
  const gaps = wrong.map((ms, at) => ms - (unknown[at] ?? 0));
  const agreeing = Math.max(...[1, -1].map((sign) => gaps.filter((gap) => gap * sign > 0).length));
  // One of many pairs may disagree, but none of a few.
  const isSteady = agreeing >= gaps.length - (gaps.length > 6 ? 1 : 0);
  const cost = Math.min(...right);
  const isTelling = isSteady && Math.abs(median(gaps)) > cost / 2;
  const [known, nobody] = [wrong, unknown].map((times) => `${Math.round(median(times))} ms`);
  const observed = `${known} for a wrong password and ${nobody} for an unknown user (medians); the same one takes longer in ${agreeing} of ${gaps.length} pairs`;
  const expected = `a difference of at most half of the ${Math.round(cost)} ms that a right password takes`;
  must(!isTelling, expected, observed, findMoment(context, "P", ["data"]));
}

async function allowAnotherTry(context: CaseContext): Promise<void> {
  const client = await openNative(context);
  const first = await logIn(client, USER, "wrong");
  need(first.startsWith("530 "), "N6.11", `the reply is ${show(first)}`);
  const closed = await context.happensWithin(() => client.p.hasEnded, context.timeouts.order);
  must(!closed, "the client may try again", "the server closed P after the first refusal", "P");
  await logIn(client, USER, PASSWORD);
  await client.waitForCode("230");
}

async function endAfterThreeTries(context: CaseContext): Promise<void> {
  const client = await openNative(context);
  const { p } = client;
  const took: number[] = [];
  for (let more = 0; more < 3; more++) {
    const began = context.timeline.now();
    const reply = await logIn(client, USER, "wrong");
    must(reply !== "", "a reply to each of three wrong passwords", p.description, findEnd(p));
    need(reply.startsWith("530 "), "N6.11", p.description);
    took.push(context.timeline.now() - began);
  }
  const before = client.replies.length;
  const more = await client.send(`USER ${USER}\n`).waitForReply(before + 1);
  const ended = p.hasEnded && more === "";
  const observed = more === "" ? "P is still open" : `another reply: ${show(more)}`;
  const proof = more === "" ? undefined : findData(p);
  must(ended, "the server ends P after three wrong passwords", observed, proof);
  const [first = 0, , third = 0] = took;
  const times = took.map((ms) => `${Math.round(ms)} ms`).join(", ");
  const expected = "each refusal takes longer than the one before";
  must(third > LONGER * first, expected, times, findData(p));
}

const option = { role: "server", needs: ["login"] } as const;

// The two that take longest come first, so that the others run beside them.
export const cases: TestCase[] = [
  rule("N6.16", "the time for an unknown user", expectSameTime, { ...option, isLong: true }),
  rule("N6.17", "three wrong passwords", endAfterThreeTries, { ...option, isLong: true }),
  rule("N6.11", "a command without a login", (context) => rejectCommand(context), option),
  rule(
    "N6.11",
    "a command after USER alone",
    (context) => rejectCommand(context, `USER ${USER}\n`),
    option,
  ),
  rule("N6.11", "the right password, then a command", acceptPassword, option),
  rule("N6.11", "a wrong password, then a command", rejectPassword, option),
  rule("N6.16", "the text for an unknown user", expectSameText, option),
  rule("N6.17", "a wrong password, then the right one", allowAnotherTry, option),
];
