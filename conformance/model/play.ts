// Plays a run against a fresh server, and stops at the first thing that must not be.

import type { CaseContext } from "../harness/context.ts";
import { ServedDirectory } from "./directory.ts";
import { Limits } from "./limits.ts";
import type { Plan } from "./plan.ts";
import { playVisit, type Scene } from "./visit.ts";
import type { Violation } from "./violation.ts";

export interface PlayOptions {
  /** In the time of `performance.now()`: a slow program gets fewer clients. */
  readonly until: number;
  /** Whether to look at the directory at the end. */
  readonly checksDirectory?: boolean;
}

export async function playPlan(
  context: CaseContext,
  { files, rounds }: Plan,
  { until, checksDirectory = false }: PlayOptions,
): Promise<Violation | undefined> {
  const directory = new ServedDirectory(context, files);
  const server = await context.startServer();
  const scene: Scene = { context, server, directory, limits: new Limits(context) };
  for (const [step, { visits, add, remove }] of rounds.entries()) {
    if (performance.now() > until) break;
    directory.change(add, remove);
    const all = await Promise.all(visits.map((visit) => playVisit(scene, visit)));
    const violation = all.find((one) => one !== undefined);
    if (violation) return { ...violation, step };
  }
  return checksDirectory ? directory.findChange() : undefined;
}
