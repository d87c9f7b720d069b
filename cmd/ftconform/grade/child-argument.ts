// How --grade starts ftconform again, to test one submission in a process of its own.

/** The only argument of that process. It is no option, and nobody types it. */
export const TEST_SUBMISSION = "@test-submission";
