// One submission, tested in a process of its own: reads what to test on standard input, and writes one line of JSON for each result.

import { CASES, configFromOptions, PROBES, runSuite } from "../../../conformance/index.ts";
import type { SubmissionTest } from "./run-submission.ts";

export async function testSubmission(): Promise<void> {
  const { options, program, directory } = (await Bun.stdin.json()) as SubmissionTest;
  const config = await configFromOptions(options, program, directory);
  const out = Bun.stdout.writer();
  await runSuite(config, [...CASES, ...PROBES], {
    onResult(result) {
      out.write(`${JSON.stringify(result)}\n`);
      void out.flush();
    },
  });
  await out.end();
  process.exit(0);
}
