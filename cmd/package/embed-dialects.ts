// Puts the dialects of the suite into a bundle, which has no directory of them.

import type { BunPlugin } from "bun";

/** Runs the module that reads the dialects now, and bundles what it exports. */
export const embedDialects: BunPlugin = {
  name: "embed-dialects",
  setup(build) {
    build.onLoad({ filter: /\/conformance\/dialect\/shipped\.ts$/ }, async ({ path }) => {
      const { shippedDialects } = await import(path);
      const contents = `export const shippedDialects = new Map(${JSON.stringify([...shippedDialects])});`;
      return { contents, loader: "ts" };
    });
  },
};
