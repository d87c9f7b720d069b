// The wires that the suite judges without a dialect, from a recording of the two programs. The list may only grow.

export const SPOKEN_WITHOUT_DIALECT: readonly string[] = ["a-percent"];
