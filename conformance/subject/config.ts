// The one configuration of a run: which programs are tested, how the suite speaks to them, and how long it waits.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { loadDialect } from "../dialect/load.ts";
import type { Dialect } from "../dialect/types.ts";
import { isFixedPort } from "../net/ports.ts";
import { makeTimeouts, STRANGER_SCALE, type Timeouts } from "../spec/timeouts.ts";
import { EXTRA_OPTIONS, type Extras, variableOf } from "./capability.ts";
import type { PlaceholderValues } from "./command-line.ts";
import { checkOptions, type SuiteOptions } from "./options.ts";
import type { Seal } from "./sandbox.ts";
import { OWN_EXTRAS, OWN_SUBJECTS } from "./own-subjects.ts";

export interface SuiteConfig {
  /** A command line with placeholders, or host:port; a role without a subject is not tested. */
  readonly server?: string;
  readonly client?: string;
  /** Commands of the same subjects for what is optional. */
  readonly extras: Extras;
  /** How the suite speaks to a server, and how it answers a client. */
  readonly dialects: { readonly server: Dialect; readonly client: Dialect };
  /** Whether the subjects claim the native dialect, so that the N rules bind them. */
  readonly native: boolean;
  /** Whether a broken SHOULD decides as well. */
  readonly strict: boolean;
  /** What a client reads on its standard input. */
  readonly answer: string;
  /** The rules to test, such as `S7.1,S9`; all of them if it is undefined. */
  readonly only: string | undefined;
  readonly timeouts: Timeouts;
  /** From which seed runs are generated, and for how many minutes; 0 is one run a case. */
  readonly generation: Generation;
  /** Cases at once. */
  readonly jobs: number;
  /** Relative paths in the commands start here. */
  readonly directory: string;
  /** What the user gave, for the command that tests a rule again. */
  readonly options: SuiteOptions;
  /** The program that was called with these options; undefined for `bun test conformance` and its variables. */
  readonly program: string | undefined;
  /** Runs the programs under gdb, to see where they crash: what they do then is no verdict. */
  readonly isDebugged?: boolean;
  /** Which cases are played once more to show the system calls of the programs; none if it is undefined. */
  readonly tracing?: "failed" | "all";
  /** Records the system calls of the programs: what they do then is no verdict. */
  readonly isTraced?: boolean;
  /** Runs the programs in a sandbox, where they see these copies of their own files. */
  readonly seal?: Seal;
  /** What fills the placeholders of an optional command, and what its environment holds. */
  readonly provisions?: { values: PlaceholderValues; environment: Record<string, string> };
}

export interface Generation {
  readonly seed: number;
  readonly minutes: number;
}

/** The seed of a run for which nobody chose one: two judgements of one program try the same. */
const SEED = 1;
const MINUTE = 60_000; // ms
/** With --minutes each case keeps a program and the suite busy all the time, so that fewer run at once. */
const GENERATING_JOBS = 6;
/** Cases at once: most of the time of a case is waiting. */
const JOBS = 12;
/** A client that asks whether to replace a file is told no; a client that asks for a name gets one. */
const DECLINE = "n\n".repeat(3);

/** A configuration from some of its parts, for tests. */
export function makeConfig(
  given: Partial<SuiteConfig> & Pick<SuiteConfig, "dialects">,
): SuiteConfig {
  const judgement = { extras: {}, native: false, strict: false, only: undefined };
  const generation = { seed: SEED, minutes: 0 };
  const run = { timeouts: makeTimeouts(), generation, jobs: JOBS, directory: process.cwd() };
  const origin = { options: {}, program: undefined };
  return { ...judgement, ...run, ...origin, answer: DECLINE, ...given };
}

/** For ftconform: its options, its own name, and where relative paths start. Throws an `Error` that names the option. */
export async function configFromOptions(
  options: SuiteOptions,
  program: string,
  directory = process.cwd(),
): Promise<SuiteConfig> {
  checkOptions(options);
  const answer = options.answer?.replaceAll("\\n", "\n");
  const settings = answer === undefined ? options : { ...options, answer };
  return configure(settings, { isOwn: false, options, program, directory });
}

type Environment = Record<string, string | undefined>;

/** For `bun test conformance`: without FT_SERVER and FT_CLIENT our own programs are tested, by all rules. */
export async function configFromEnvironment(env: Environment = Bun.env): Promise<SuiteConfig> {
  const options = optionsFromEnvironment(env);
  const isOwn = !(options.server ?? options.client);
  const extras = { ...(isOwn ? OWN_EXTRAS : {}), ...options.extras };
  const settings = { ...options, ...(isOwn ? OWN_SUBJECTS : {}), extras };
  return configure(settings, {
    isOwn,
    options,
    program: undefined,
    directory: process.cwd(),
  });
}

interface Origin extends Pick<SuiteConfig, "options" | "program" | "directory"> {
  /** Our own programs claim the native dialect, and a SHOULD binds them as well. */
  readonly isOwn: boolean;
}

async function configure(
  settings: SuiteOptions,
  { isOwn, ...origin }: Origin,
): Promise<SuiteConfig> {
  const { server, client, dialect, only, strict = isOwn, extras = {} } = settings;
  const { timeoutScale = isOwn ? 1 : STRANGER_SCALE, seed = SEED, minutes = 0 } = settings;
  const { jobs = minutes > 0 ? GENERATING_JOBS : JOBS } = settings;
  const dialects = await loadDialects(dialect, isOwn ? "native" : "plain", origin.directory);
  const { answer = dialects.client.client?.answer ?? DECLINE } = settings;
  return {
    ...origin,
    ...(server ? { server } : {}),
    ...(client ? { client } : {}),
    ...{ extras, dialects, strict, answer, only, jobs },
    native: dialect === undefined ? isOwn : dialect === "native",
    generation: { seed, minutes },
    tracing: settings.trace ? "all" : "failed",
    timeouts: makeTimeouts(timeoutScale, !isOwn, minutes * MINUTE),
  };
}

function optionsFromEnvironment(env: Environment): SuiteOptions {
  const { FT_SERVER, FT_CLIENT, FT_DIALECT, FT_ONLY, FT_ANSWER, FT_STRICT } = env;
  const scale = Number(env["FT_TIMEOUT_SCALE"] ?? env["FT_PATIENCE"]);
  const [jobs, seed, minutes] = ["FT_JOBS", "FT_SEED", "FT_MINUTES"].map((name) =>
    Number(env[name] ?? NaN),
  ) as [number, number, number];
  const extras = EXTRA_OPTIONS.flatMap((option) => {
    const command = env[variableOf(option)];
    return command ? [[option, command]] : [];
  });
  return {
    ...(FT_SERVER ? { server: FT_SERVER } : {}),
    ...(FT_CLIENT ? { client: FT_CLIENT } : {}),
    ...(FT_DIALECT === undefined ? {} : { dialect: FT_DIALECT }),
    ...(FT_ONLY ? { only: FT_ONLY } : {}),
    ...(FT_ANSWER === undefined ? {} : { answer: FT_ANSWER }),
    ...(env["FT_TRACE"] ? { trace: true } : {}),
    ...(FT_STRICT === undefined ? {} : { strict: FT_STRICT !== "0" }),
    ...(scale > 0 ? { timeoutScale: scale } : {}),
    ...(jobs > 0 ? { jobs } : {}),
    ...(Number.isSafeInteger(seed) ? { seed } : {}),
    ...(minutes > 0 ? { minutes } : {}),
    ...(extras.length > 0 ? { extras: Object.fromEntries(extras) as Extras } : {}),
  };
}

/** A stranger's server may say what it likes on P; a stranger's client is told all that it may need. */
async function loadDialects(
  name: string | undefined,
  forServer: string,
  directory: string,
): Promise<SuiteConfig["dialects"]> {
  const load = (one: string): Promise<Dialect> => {
    const path = resolve(directory, one);
    return loadDialect(existsSync(path) ? path : one);
  };
  try {
    return { server: await load(name ?? forServer), client: await load(name ?? "native") };
  } catch (error) {
    throw new Error(`--dialect: ${error instanceof Error ? error.message : error}.`);
  }
}

/** A server that runs already and programs with fixed ports can be tested one case at a time only. */
export function isSequential({ server, dialects }: SuiteConfig): boolean {
  const { serverPorts, dataPorts } = dialects.server.abilities ?? {};
  const hasFixedPort = server !== undefined && !server.includes("{port}");
  return hasFixedPort || isFixedPort(serverPorts) || isFixedPort(dataPorts);
}
