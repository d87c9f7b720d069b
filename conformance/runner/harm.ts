// Tells a mistake of the suite from what a subject did: its end, or files that it changed under the suite.

import { relative } from "node:path";
import type { CaseContext } from "../harness/context.ts";
import { Failed, Inconclusive, NotApplicable } from "../spec/verdict.ts";

/** The failure for which an unexpected error of the suite stands, if the subject is the cause of it. */
export function findHarm(error: unknown, context: CaseContext): Failed | undefined {
  if (error === undefined || isVerdict(error)) return undefined;
  const path = findHarmedFile(error, context);
  if (path !== undefined) {
    const { code = "" } = error as NodeJS.ErrnoException;
    return new Failed(`${path} is as the case needs it`, `the program has changed it (${code})`);
  }
  const { crash } = context;
  return (
    crash && new Failed("the program runs on", `it ended by itself: ${crash.words}`, "subject")
  );
}

const isVerdict = (error: unknown): boolean =>
  [Failed, Inconclusive, NotApplicable].some((kind) => error instanceof kind);

/** The file in the directories of the case that the suite could not read or write. */
function findHarmedFile(error: unknown, { directory }: CaseContext): string | undefined {
  const { path } = error as Partial<NodeJS.ErrnoException>;
  if (!(error instanceof Error) || path === undefined || directory === undefined) return undefined;
  const inside = relative(directory, path);
  return inside.startsWith("..") ? undefined : inside;
}
