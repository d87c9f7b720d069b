// ftclient as the demo runs it: a real process, whose command line and output are shown.

import { getProgramCommand } from "../cli/program-command.ts";

/** The longest that any program of the demo may run, in ms. */
export const TIMEOUT = 60_000;

/** Runs ftclient in `directory`. Returns its exit status and standard output. */
export async function runDemoClient(directory: string, port: number, args: readonly string[]) {
  console.log(`   $ ftclient localhost ${port} ${args.map(quoteWord).join(" ")}`);
  const client = Bun.spawn([...getProgramCommand("ftclient"), "localhost", String(port), ...args], {
    cwd: directory,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: TIMEOUT,
  });
  const [stdout, stderr] = await Promise.all([client.stdout.text(), client.stderr.text()]);
  for (const line of `${stdout}${stderr}`.trimEnd().split("\n")) console.log(`   ${line}`);
  return { exit: await client.exited, stdout };
}

function quoteWord(word: string): string {
  return word.includes(" ") ? `'${word}'` : word;
}
