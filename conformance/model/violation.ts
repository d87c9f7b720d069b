// What a run shows that must not be: the rule, and what was expected and observed.

import type { Evidence } from "../spec/moment.ts";

export interface Violation {
  /** The rule that is broken if nothing but the last step of the run is to blame. */
  rule: string;
  /** Whether the client got no answer at all. */
  isUnserved?: boolean;
  /** Whether it took a long wait to see it, so that no other run is tried. */
  isHang?: boolean;
  /** The step of the run that showed it. */
  step?: number;
  expected: string;
  observed: string;
  at?: Evidence;
}
