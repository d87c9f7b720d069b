// What must follow from a step: compares what a client got with the model of the directory.

import { describeDifference, show } from "../net/bytes.ts";
import type { DialectClient } from "../peer/client.ts";
import type { Evidence, Moment } from "../spec/moment.ts";
import { isText } from "./content.ts";
import type { ServedDirectory } from "./directory.ts";
import { BLANK_NAMES, ODD_NAMES } from "./names.ts";
import type { Visit } from "./plan.ts";
import type { Violation } from "./violation.ts";

/** What a client got, against what the directory holds at that time. */
export function judgeVisit(
  client: DialectClient,
  { act, file = "" }: Visit,
  directory: ServedDirectory,
): Violation | undefined {
  if (act === "list") return judgeListing(client, directory);
  if (act === "invalid") return judgeInvalid(client);
  if (act === "nearly right") return undefined;
  const content = directory.content(file);
  return content
    ? judgeFile(client, file, content, directory)
    : judgeMissing(client, file, directory);
}

const lastOf = (client: DialectClient): Evidence | undefined => {
  const { moments } = client.context.timeline;
  const by = (track: Moment["track"]): Moment | undefined =>
    moments.findLast((one) => one.track === track && one.actor === "subject");
  return client.q ? (by("Q") ?? by("P")) : by("P");
};

const describeReason = ({ stopReason, description }: DialectClient): string =>
  stopReason ?? description;

function judgeListing(client: DialectClient, directory: ServedDirectory): Violation | undefined {
  const { payload } = client;
  const at = lastOf(client);
  if (payload.length === 0)
    return {
      rule: "S7.8",
      isUnserved: true,
      expected: "the listing",
      observed: describeReason(client),
      ...(at && { at }),
    };
  const text = payload.toString();
  const listed = findNames(text, [...directory.names, ...directory.gone]);
  const absent = directory.names.filter((name) => !listed.has(name));
  const stale = [...directory.gone].filter((name) => listed.has(name));
  if (absent.length + stale.length === 0) return undefined;
  const observed =
    absent.length > 0
      ? `${absent.length} names are not in it, such as ${show(absent[0] ?? "")}: ${show(payload, 400)}`
      : `${show(stale[0] ?? "")} is in it, although the file is gone: ${show(payload, 400)}`;
  const expected = `a listing of all ${directory.names.length} files that are there, and no others`;
  return { rule: "S7.8", expected, observed, ...(at && { at }) };
}

/** The names that stand in the text by themselves, and not only as a part of a longer name. */
function findNames(text: string, names: readonly string[]): Set<string> {
  const found = new Set<string>();
  let rest = text;
  for (const name of names.toSorted((a, b) => b.length - a.length)) {
    if (!rest.includes(name)) continue;
    found.add(name);
    rest = rest.replaceAll(name, "\0");
  }
  return found;
}

function judgeFile(
  client: DialectClient,
  file: string,
  content: Uint8Array,
  directory: ServedDirectory,
): Violation | undefined {
  const difference = describeDifference(content, client.payload);
  const isOk = difference === undefined && client.error === undefined && client.q !== undefined;
  const isOnP = client.conversation.data?.on === "P";
  if (isOk || (isOnP && difference === undefined)) return undefined;
  const other = directory.findOther(client.payload, file);
  const at = lastOf(client);
  const isUnserved = client.payload.length === 0 && client.error === undefined;
  const observed = other
    ? `the contents of ${show(other)}`
    : client.payload.length > 0
      ? (difference ?? client.description)
      : describeReason(client);
  const expected = `the ${content.length} bytes of ${show(file, 300)} on Q`;
  const rule = other ? "S7.24" : ruleForFile(file, directory);
  return {
    rule,
    expected,
    observed,
    isUnserved: isUnserved && content.length > 0,
    ...(at && { at }),
  };
}

/** The rule about files of this kind. */
function ruleForFile(name: string, { plans }: ServedDirectory): string {
  const plan = plans.get(name);
  if (plan?.size === 0) return "S7.12";
  if (plan && !isText(plan.kind)) return "S7.11";
  if (BLANK_NAMES.includes(name)) return "S7.14";
  if (ODD_NAMES.includes(name)) return "S7.25";
  return plan === undefined || isSimpleName(name) ? "S7.10" : "S7.24";
}

/** The name to which a run is shrunk if its name does not matter. */
export const SIMPLE_NAME = "a.txt";
const isSimpleName = (name: string): boolean => /^[a-z]{1,8}\d{0,3}\.txt$/.test(name);

function judgeMissing(
  client: DialectClient,
  file: string,
  directory: ServedDirectory,
): Violation | undefined {
  const at = lastOf(client);
  const other = directory.findOther(client.payload, file);
  const expected = `an error message on P for ${show(file, 300)}, a name that no file has`;
  if (other)
    return {
      rule: "S7.24",
      expected,
      observed: `the contents of ${show(other)}`,
      ...(at && { at }),
    };
  if (client.error === undefined)
    return {
      rule: file === "folder" ? "S7.21" : "S7.19",
      expected,
      observed: client.description,
      isUnserved: true,
      ...(at && { at }),
    };
  if (client.unexpectedOnQ.length === 0) return undefined;
  const observed = `${show(client.unexpectedOnQ)} on Q`;
  return { rule: "S7.20", expected: "nothing on Q", observed, ...(at && { at }) };
}

function judgeInvalid(client: DialectClient): Violation | undefined {
  const at = lastOf(client);
  const observed = client.description;
  const evidence = at ? { at } : {};
  if (client.q) return { rule: "S7.2", expected: "no Q", observed: "it opened Q", ...evidence };
  if (client.error !== undefined) return undefined;
  const expected = "an error message on P for an invalid command";
  return { rule: "S7.1", expected, observed, isUnserved: true, ...evidence };
}
