// Shows what two programs say to each other, and the dialect that the suite infers from it.

import { shippedDialects } from "../dialect/shipped.ts";
import type { SuiteConfig } from "../subject/config.ts";
import { inferChoice } from "./choose-dialect.ts";

export interface LearnResult {
  /** What was said, for a person to read. */
  transcript: string;
  /** The text of the dialect; the template if none was inferred. */
  proposal: string;
}

export async function learnDialect(config: SuiteConfig): Promise<LearnResult> {
  const { notes, text, transcript } = await inferChoice(config);
  const said = [...(transcript === undefined ? [] : [transcript]), ...notes].join("\n\n");
  const plain = "The programs speak the plain wire: no dialect is needed.";
  if (text !== undefined) return { transcript: said, proposal: text };
  return { transcript: said || plain, proposal: shippedDialects.get("template") ?? "" };
}
