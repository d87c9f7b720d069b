// The event at which a rule was broken, or the silence that broke it.

import type { Result } from "../../../conformance/index.ts";
import type { Moment } from "../../../conformance/index.ts";

export interface DecisiveEvent {
  /** When the rule was found broken, in ms; later moments are the suite's clean-up. */
  readonly decided: number;
  /** The moment that proves it; none if something did not happen. */
  readonly blamed: Moment | undefined;
}

export function findDecisiveEvent({ timeline, decisive, judgedAt }: Result): DecisiveEvent {
  const decided = judgedAt ?? timeline.at(-1)?.at ?? 0;
  return { decided, blamed: decisive === undefined ? undefined : timeline[decisive] };
}
