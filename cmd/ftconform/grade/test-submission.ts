// One submission, tested in a process of its own: reads what to test on standard input, writes one signed line of JSON a result.

import {
  CASES,
  chooseDialect,
  configFromOptions,
  PROBES,
  runSuite,
} from "../../../conformance/index.ts";
import { protectProcess } from "./protect-process.ts";
import type { SubmissionTest } from "./run-submission.ts";
import { signLine } from "./signed-line.ts";

export async function testSubmission(): Promise<void> {
  protectProcess();
  const { options, program, directory, key } = (await Bun.stdin.json()) as SubmissionTest;
  const { config } = await chooseDialect(await configFromOptions(options, program, directory));
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
