// What ftbench does: measures, prints tables, and writes the files that were asked for.

import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { Failure } from "../../lib/errors.ts";
import type { Arguments } from "../cli/arguments.ts";
import { printMessage, printOutput } from "../cli/terminal.ts";
import { runBenchmark } from "./benchmark.ts";
import { readBenchmarkOptions } from "./options.ts";
import { drawPlot } from "./plot.ts";
import { formatResults } from "./table.ts";

export async function runFtbench(args: Arguments, signal: AbortSignal): Promise<void> {
  if (process.platform !== "linux")
    throw new Failure("other", "ftbench reads /proc, which only Linux has.");
  const started = new Date();
  const results = await runBenchmark(readBenchmarkOptions(args, signal), (work) =>
    printMessage(`${work}\n`),
  );
  await printOutput(formatResults(results));
  for (const { work, name, why } of results.failed)
    printMessage(`${name} is left out of "${work}": ${why}\n`);
  const [json, svg] = [args.text("json"), args.text("svg")];
  const [processor] = cpus();
  const machine = { cpu: processor?.model, cores: cpus().length, memory: totalmem() };
  const report = { started, machine: { ...machine, bun: Bun.version }, ...results };
  if (json) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  if (svg) writeFileSync(svg, drawPlot(results));
  if (results.failed.length > 0)
    throw new Failure("other", "Some programs could not be measured: see above.");
}
