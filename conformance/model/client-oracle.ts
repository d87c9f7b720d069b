// What must follow from a fetch: the client's directory, its words and its exit status, against the model.

import type { CaseContext } from "../harness/context.ts";
import { describeDifference, show } from "../net/bytes.ts";
import { need } from "../spec/verdict.ts";
import { isDetectable, type Outcome } from "./serve.ts";
import type { Violation } from "./violation.ts";

export type Judge = (outcome: Outcome, context: CaseContext) => Violation | undefined;

const isWhole = ({ fetch }: Outcome): boolean =>
  fetch.behaviour.act === "honest" || fetch.behaviour.act === "slow";

function needEnd({ hasEnded, program }: Outcome, rule: string): void {
  need(hasEnded, rule, `the client does not end; ${program.words}`);
}

const fail = (rule: string, expected: string, observed: string): Violation => ({
  ...{ rule, expected, observed },
  at: "subject",
});

/** The file is saved as it was sent. */
export const judgeSaved =
  (rule: string): Judge =>
  (outcome) => {
    const { fetch, payload, home, program } = outcome;
    if (!isWhole(outcome)) return undefined;
    needEnd(outcome, "S8.1");
    const { name } = fetch.file;
    const saved = home.content(name);
    const expected = `${show(name, 300)} holds the ${payload.length} bytes that were sent`;
    if (!saved) return fail(rule, expected, `there is no such file; ${program.words}`);
    const difference = describeDifference(payload, saved);
    return difference === undefined ? undefined : fail(rule, expected, difference);
  };

/** Every name of the listing is on the screen. */
export const judgeListing: Judge = (outcome) => {
  needEnd(outcome, "S8.1");
  const { names = [] } = outcome.fetch;
  const { output } = outcome.program;
  const absent = names.filter((name) => !output.includes(name));
  const [first = ""] = absent;
  const expected = `all ${names.length} names on the screen`;
  return absent.length === 0
    ? undefined
    : fail("S7.9", expected, `${absent.length} are not there, the first is ${show(first)}`);
};

/** What had the name before is as it was. */
export const judgeKept: Judge = (outcome, { config }) => {
  const { home, fetch, program } = outcome;
  const changes = home.findChanges();
  const changed = [...changes].filter(
    ([name, text]) => name === fetch.file.name || !/ is new: /.test(text),
  );
  const expected = `what had the name ${fetch.file.name} is unchanged`;
  const typed = `the answer typed to any question was ${show(config.answer)}`;
  const observed = `${changed.map(([, text]) => text).join("; ")}; ${typed}; ${program.words}`;
  return changed.length === 0 ? undefined : fail("S7.16", expected, observed);
};

/** Only the file that was asked for is new. */
export const judgeNothingElse: Judge = (outcome) => {
  const { home, fetch } = outcome;
  needEnd(outcome, "S8.1");
  const changes = [...home.findChanges()].filter(
    ([name]) => fetch.kind === "list" || name !== fetch.file.name,
  );
  const expected = fetch.kind === "list" ? "nothing changes" : `only ${fetch.file.name} is new`;
  const observed = changes.map(([, text]) => text).join("; ");
  return changes.length === 0 ? undefined : fail("S7.27", expected, observed);
};

/** After an error nothing is left. */
export const judgeNothingLeft: Judge = (outcome) => {
  if (outcome.fetch.behaviour.act !== "refuse" || !outcome.isServed) return undefined;
  needEnd(outcome, "S8.1");
  const changes = [...outcome.home.findChanges().values()];
  const expected = "after an error message the directory is as it was";
  return changes.length === 0 ? undefined : fail("S7.28", expected, changes.join("; "));
};

const COMPLETE = /transfer\s+(is\s+)?complete/i;

/** The client does not say that an incomplete transfer is complete. */
export const judgeWords: Judge = (outcome, context) => {
  const { fetch, program, isServed } = outcome;
  if (!isServed || isWhole(outcome) || !isDetectable(context, fetch)) return undefined;
  const expected = "not the words “transfer complete”, since the file is not whole";
  const [line] = COMPLETE.exec(program.output) ?? [];
  return line === undefined ? undefined : fail("S7.29", expected, program.words);
};

/** Status 0 if it worked, and another one if not. */
export const judgeStatus: Judge = (outcome, context) => {
  const { fetch, program, isServed } = outcome;
  needEnd(outcome, "S8.1");
  const isSuccess = program.exited?.code === 0;
  const { ending, words } = program;
  if (isWhole(outcome) && !isSuccess)
    return fail("S8.4", "exit status 0 after a transfer", `${ending}; ${words}`);
  if (isWhole(outcome) || !isServed || !isDetectable(context, fetch)) return undefined;
  const expected = "an exit status other than 0, since the file is not whole";
  return isSuccess ? fail("S8.4", expected, `${ending}; ${words}`) : undefined;
};

/** The client ends, whatever its server does. */
export const judgeEnd: Judge = ({ hasEnded, program }) =>
  hasEnded
    ? undefined
    : {
        ...fail("S8.3", "the client ends soon after its server", `it still runs; ${program.words}`),
        isHang: true,
      };
