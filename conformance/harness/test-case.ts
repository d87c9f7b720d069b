// A test case: one way to find out whether a program follows one rule.

import { isNative, requirement, type Role } from "../spec/requirements.ts";
import { CAPABILITIES, type Capability, commandFor, whyNotGiven } from "../subject/capability.ts";
import { NO_OPENSSL } from "../subject/certificates.ts";
import { parseAddress } from "../subject/command-line.ts";
import type { SuiteConfig } from "../subject/config.ts";
import type { CaseContext } from "./context.ts";

/** What a case needs of a program; a program without it is not tested by the case. */
export type Need =
  | Placeholder
  /** The suite starts the server. */
  | "start"
  /** It transfers bytes that are not text. */
  | "binary"
  /** It transfers megabytes. */
  | "large"
  | "two clients"
  | Capability;

/** Its command line has this argument: a program with a fixed port or a dialogue of its own does not. */
const PLACEHOLDERS = ["{host}", "{port}", "{dataport}", "{command}"] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

/** A command that the subject must carry out once, before a case may say what it never does. */
export type Conversation = "list" | "get";

export interface TestCase {
  id: string;
  role: Role;
  /** The situation that the case tries. */
  title: string;
  needs: readonly Need[];
  /** It waits for seconds, so that the scheduler begins it early. */
  isLong: boolean;
  /** The command that must have worked once with this subject: for a rule that holds because something does not happen. */
  worked?: Conversation;
  run: (context: CaseContext) => Promise<void>;
}

interface Options {
  needs?: readonly Need[];
  role?: Role;
  isLong?: boolean;
  worked?: Conversation;
}

/** A case of a rule of PROTOCOL.md: `rule("S7.1", "an unknown command", async (context) => { … })`. */
export function rule(
  id: string,
  title: string,
  run: TestCase["run"],
  { needs = [], isLong = false, worked, ...options }: Options = {},
): TestCase {
  const role = options.role ?? requirement(id).role;
  if (role === "both") throw new Error(`${id} binds both programs: say which one the case tests`);
  return { id, title, run, role, needs, isLong, ...(worked && { worked }) };
}

/** A case about what the assignment does not ask for: it informs and never decides. */
export function probe(
  id: string,
  role: Role,
  title: string,
  run: TestCase["run"],
  { isLong = false }: Pick<Options, "isLong"> = {},
): TestCase {
  return { id, role, title, run, needs: [], isLong, worked: role === "server" ? "list" : "get" };
}

/** The optional ability that the case is about. */
export const capabilityOf = (one: TestCase): Capability | undefined =>
  CAPABILITIES.find((each) => one.needs.includes(each));

/** Why a case does not apply to a configuration; nothing if it does. */
export function whyNotApplicable(one: TestCase, config: SuiteConfig): string | undefined {
  const { role, needs } = one;
  const subject = config[role];
  if (!subject) return `no ${role} was given`;
  if (isNative(one.id) && !config.native) return "an extra rule of ftkit's own protocol";
  const capability = capabilityOf(one);
  if (capability && !commandFor(role, capability, config.extras))
    return whyNotGiven(role, capability);
  if (capability === "tls" && !Bun.which("openssl")) return NO_OPENSSL;
  const missing = PLACEHOLDERS.find((each) => needs.includes(each) && !subject.includes(each));
  if (missing) return `its command line has no ${missing}`;
  if (needs.includes("start") && parseAddress(subject))
    return `${subject} was not started by the suite`;
  return whyUnable(needs, config.dialects[role].abilities);
}

function whyUnable(
  needs: readonly Need[],
  abilities: SuiteConfig["dialects"]["server"]["abilities"] = {},
): string | undefined {
  const { textOnly, maxFile, oneClient } = abilities;
  if (needs.includes("binary") && textOnly) return "the program transfers text only";
  if (needs.includes("large") && maxFile)
    return `the program takes files of up to ${maxFile} bytes`;
  if (needs.includes("two clients") && oneClient) return "the program serves one client at a time";
  return undefined;
}
