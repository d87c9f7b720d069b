// All that the programs in cmd/ may use of the suite.

export { CASES, PROBES } from "./cases/all-cases.ts";
export { chooseDialect, type DialectChoice } from "./learn/choose-dialect.ts";
export { learnDialect } from "./learn/learn.ts";
export { Pool } from "./net/pool.ts";
export { formatFailure } from "./runner/failure-message.ts";
export { formatRerunCommand, quoteWord } from "./runner/rerun-command.ts";
export type { Result } from "./runner/result.ts";
export { SMOKE_TESTS, type SmokeTest } from "./runner/smoke.ts";
export { runSuite } from "./runner/suite.ts";
export type { Moment, Track } from "./spec/moment.ts";
export { isProbe, requirement, REQUIREMENTS, type Role, stepOf } from "./spec/requirements.ts";
export type { Verdict } from "./spec/verdict.ts";
export { WAIVERS } from "./spec/waivers.ts";
export { EXTRA_OPTIONS, type ExtraOption, type Extras } from "./subject/capability.ts";
export { configFromOptions, type SuiteConfig } from "./subject/config.ts";
export { isSelected, ROLES, type SuiteOptions } from "./subject/options.ts";
export { parseAddress } from "./subject/command-line.ts";
export { killSubjects } from "./subject/process.ts";
export { canSeal, isolateNetwork, sealCommand } from "./subject/sandbox.ts";
export { readStatus } from "./subject/wrapper.ts";
export { removeDirectory } from "./subject/remove-directory.ts";
export { makeDirectory, noteSession } from "./subject/run-directory.ts";
