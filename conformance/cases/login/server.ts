// A login, for a server that wants one.

import type { CaseContext } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { PASSWORD, USER } from "../../subject/provision.ts";
import { ORDER_SLACK, QUIET, SERVER_LIMIT } from "../../spec/timeouts.ts";
import { openNative, type NativeClient } from "../../peer/native-client.ts";
import { must, need } from "../../spec/verdict.ts";
import { compare, median } from "./time.ts";

/** What two equal waits on a busy machine do not differ by, and what grows does. */
const LONGER = 1.3;
const HELLO = "-g hello.txt {dport}\n";

/** Says a name and a password, and gives the reply to the password; none where the server has ended P before. */
async function logIn(talk: NativeClient, name: string, password: string): Promise<string> {
  const before = talk.replies.length;
  const user = await talk.send(`USER ${name}\n`).waitForReply(before + 1);
  if (user === "" && talk.p.hasEnded) return "";
  need(user.startsWith("331 "), "N6.11", `no 331 to USER: ${show(talk.p.text)}`);
  return talk.send(`PASS ${password}\n`).waitForReply(before + 2, SERVER_LIMIT);
}

async function refusesCommand(talk: NativeClient): Promise<void> {
  await talk.send(HELLO).waitForCode("530");
  await talk.context.happensWithin(() => talk.q !== undefined, QUIET);
  must(talk.q === undefined, "no Q", "the server opened Q");
}

async function admitted(context: CaseContext): Promise<void> {
  const talk = await openNative(context);
  const reply = await logIn(talk, USER, PASSWORD);
  must(reply.startsWith("230 "), "230 to the right password", show(talk.p.text));
  await talk.send(HELLO).waitForCode("226");
}

/** Whether it was wrong or none: the command that follows is refused. */
async function kept(context: CaseContext): Promise<void> {
  const talk = await openNative(context);
  const reply = await logIn(talk, USER, "wrong");
  must(reply.startsWith("530 "), "530 to a wrong password", show(talk.p.text));
  if (talk.p.hasEnded) return;
  const before = talk.replies.length;
  const next = await talk.send(HELLO).waitForReply(before + 1);
  must(next === "" || next.startsWith("530 "), "530 to the command as well", show(talk.p.text));
  must(talk.q === undefined, "no Q", "the server opened Q");
}

/** A name alone is no login. */
async function halfway(context: CaseContext): Promise<void> {
  const talk = await openNative(context);
  await talk.send(`USER ${USER}\n`).waitForCode("331");
  await refusesCommand(talk);
}

/** Each of a server of its own: that one serves two at once, or two in turn, is another rule's to judge. */
async function sameWords(context: CaseContext): Promise<void> {
  const wrong = await logIn(await openNative(context), USER, "wrong");
  const unknown = await logIn(await openNative(context), "nobody", "wrong");
  need(/^530 /.test(wrong) && /^530 /.test(unknown), "N6.11", `${show(wrong)}, ${show(unknown)}`);
  must(wrong === unknown, `the same text, ${show(wrong)}`, `of an unknown user ${show(unknown)}`);
}

/**
 * No time is absolute here: half of what a right password costs at the least is the measure, since whoever leaves that
 * work out saves all of it; and the same one has to be faster in nearly all of the pairs, or the machine has been moody.
 */
async function sameTime(context: CaseContext): Promise<void> {
  const { wrong, unknown, right } = await compare(context, await context.startServer());
  const gaps = wrong.map((ms, at) => ms - (unknown[at] ?? 0));
  const one = Math.max(...[1, -1].map((sign) => gaps.filter((gap) => gap * sign > 0).length));
  // Of few pairs all have to agree.
  const agree = one >= gaps.length - (gaps.length > 6 ? 1 : 0);
  const cost = Math.min(...right);
  const tells = agree && Math.abs(median(gaps)) > cost / 2;
  const said = [wrong, unknown].map((times) => `${Math.round(median(times))} ms`);
  const observed = `${said[0]} for a wrong password and ${said[1]} for an unknown user (medians), the same one longer in ${one} of ${gaps.length} pairs`;
  const most = `no more between them than half of the ${Math.round(cost)} ms of a right password`;
  must(!tells, most, observed);
}

async function again(context: CaseContext): Promise<void> {
  const talk = await openNative(context);
  const first = await logIn(talk, USER, "wrong");
  need(first.startsWith("530 "), "N6.11", show(first));
  const closed = await context.happensWithin(() => talk.p.hasEnded, ORDER_SLACK);
  must(!closed, "another try", "P is closed after the first");
  const second = await logIn(talk, USER, PASSWORD);
  must(second.startsWith("230 "), "230 to the right password at last", show(talk.p.text));
}

async function threeTries(context: CaseContext): Promise<void> {
  const talk = await openNative(context);
  const took: number[] = [];
  for (let more = 0; more < 3; more++) {
    const began = context.timeline.now();
    const reply = await logIn(talk, USER, "wrong");
    must(reply !== "", "a reply to each of three wrong passwords", show(talk.p.text));
    need(reply.startsWith("530 "), "N6.11", show(talk.p.text));
    took.push(context.timeline.now() - began);
  }
  const before = talk.replies.length;
  await talk.send(`USER ${USER}\n`).waitForReply(before + 1);
  const ended = talk.p.hasEnded && talk.replies.length === before;
  must(ended, "the end of P after the third", `more: ${show(talk.replies.at(-1) ?? "")}`);
  const [first = 0, , third = 0] = took;
  const said = took.map((ms) => `${Math.round(ms)} ms`).join(", ");
  must(third > LONGER * first, "a longer wait for each refusal", said);
}

const of = (id: string, title: string, run: TestCase["run"]): TestCase =>
  rule(id, title, run, { role: "server", needs: ["login"] });

const first = (run: (talk: NativeClient) => Promise<void>) => async (context: CaseContext) =>
  run(await openNative(context));

// The two that wait longest are begun first.
export const cases: TestCase[] = [
  of("N6.16", "the time for an unknown user", sameTime),
  of("N6.17", "three wrong passwords", threeTries),
  of("N6.11", "a command without a login", first(refusesCommand)),
  of("N6.11", "a command after USER alone", halfway),
  of("N6.11", "the right password, and a command", admitted),
  of("N6.11", "a wrong password, and a command", kept),
  of("N6.16", "the words for an unknown user", sameWords),
  of("N6.17", "a wrong password, and then the right one", again),
];
