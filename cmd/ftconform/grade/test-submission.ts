// One submission, tested in a process of its own: reads what to test on standard input, and writes one signed line of JSON for each result.

import {
  CASES,
  chooseDialect,
  configFromOptions,
  PROBES,
  runSuite,
} from "../../../conformance/index.ts";
import { copyFiles } from "./copy-files.ts";
import { protectProcess } from "./protect-process.ts";
import type { SubmissionTest } from "./run-submission.ts";
import { signLine } from "./signed-line.ts";

export async function testSubmission(): Promise<void> {
  protectProcess();
  const { options, program, directory, key, own } = (await Bun.stdin.json()) as SubmissionTest;
  const given = await configFromOptions(options, program, directory);
  const seal = own && { copies: copyFiles(own) };
  const { config } = await chooseDialect({ ...given, ...(seal && { seal }) });
  const out = Bun.stdout.writer();
  await runSuite(config, [...CASES, ...PROBES], {
    onResult(result) {
      out.write(`${signLine(JSON.stringify(result), key)}\n`);
      void out.flush();
    },
  });
  await out.end();
  process.exit(0);
}
