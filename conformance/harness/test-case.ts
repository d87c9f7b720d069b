// A case: one way to find out whether one requirement holds.

import type { CaseContext } from "./context.ts";
import type { SuiteConfig } from "../subject/config.ts";
import { CAPABILITIES, type Capability, commandFor, whyNotGiven } from "../subject/capability.ts";
import { NO_OPENSSL } from "../subject/certificates.ts";
import { isNative, requirement, type Role } from "../spec/requirements.ts";
import { address } from "../subject/command-line.ts";

/** What a case needs of a subject beyond speaking with it. */
export type Need = "start" | "text" | "binary" | "large" | Capability;

export interface TestCase {
  id: string;
  role: Role;
  /** What is done and what is to come of it, in a few words. */
  title: string;
  needs: readonly Need[];
  /** It waits for seconds, so that it is begun early. */
  isLong: boolean;
  run: (context: CaseContext) => Promise<void>;
}

type Options = { needs?: readonly Need[]; role?: TestCase["role"]; isLong?: boolean };

/** Claims a sentence of PROTOCOL.md: `rule("S7.1", "an unknown command", async (attempt) => …)`. */
export function rule(
  id: string,
  title: string,
  run: TestCase["run"],
  options: Options = {},
): TestCase {
  const { role } = requirement(id);
  const judged = options.role ?? role;
  if (judged === "both") throw new Error(`${id} binds both: say which one the case judges`);
  const { needs = [], isLong = false } = options;
  return { id, title, run, role: judged, needs, isLong };
}

/** Informs and never decides: what the assignment does not ask for, but people will meet. */
export function probe(
  id: string,
  role: TestCase["role"],
  title: string,
  run: TestCase["run"],
  { isLong = false }: Pick<Options, "isLong"> = {},
): TestCase {
  return { id, role, title, run, needs: [], isLong };
}

/** Rules about arguments, which a program with fixed ports or a dialogue of its own does not take. */
const ARGUMENTS: readonly (readonly [RegExp, string])[] = [
  [/^S1\.[1-6]$/, "{port}"],
  [/^S3\.2$/, "{port}"],
  [/^S3\.[36]$/, "{dataport}"],
  [/^S3\.[45]$/, "{command}"],
];

/** What is optional, and judged by the case. */
export const capabilityOf = (one: TestCase): Capability | undefined =>
  CAPABILITIES.find((each) => one.needs.includes(each));

/** Why a case cannot be asked of what is on the bench; nothing where it can. */
export function whyNotApplicable(one: TestCase, bench: SuiteConfig): string | undefined {
  const subject = bench[one.role];
  if (!subject) return `no ${one.role} was given`;
  if (isNative(one.id) && !bench.native) return "only for programs that claim the native dialect";
  const wanted = capabilityOf(one);
  if (wanted && !commandFor(one.role, wanted, bench.extras)) return whyNotGiven(one.role, wanted);
  if (wanted === "tls" && !Bun.which("openssl")) return NO_OPENSSL;
  const { abilities = {} } = bench.dialects[one.role];
  if (one.needs.includes("binary") && abilities.textOnly) return "the program takes text only";
  if (one.needs.includes("large") && abilities.maxFile) {
    return `the program takes files of up to ${abilities.maxFile} bytes`;
  }
  if (one.needs.includes("start") && address(subject))
    return `${subject} was not started by the suite`;
  if (one.id === "S9.4" && abilities.oneClient) return "the program serves one client at a time";
  const missing = ARGUMENTS.find(([rules, hole]) => rules.test(one.id) && !subject.includes(hole));
  if (missing) return `its command line takes no ${missing[1]}`;
  return undefined;
}
