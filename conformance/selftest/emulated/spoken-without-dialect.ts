// The wires that the suite judges without a dialect, from a recording of the two programs. The list may only grow.

export const SPOKEN_WITHOUT_DIALECT: readonly string[] = [
  "a-argument-vector",
  "a-blank-line-end",
  "a-control-character",
  "a-dummy-field",
  "a-empty-field",
  "a-list-on-p",
  "a-markup",
  "a-next-port",
  "a-null-word",
  "a-percent",
  "a-port-first",
  "a-prose",
  "a-punctuated",
  "a-records",
  "a-size-header",
  "a-three-sends",
  "b-announced-size",
  "b-field-by-field",
  "b-greeting",
  "b-line-by-line",
];
