// An HTML document that stands alone: no network, no script, nothing to install.

import { html, Markup } from "./markup.ts";
import { STYLE } from "./style.ts";

/** The text of the whole document. */
export function sheet(title: string, body: Markup): string {
  return html`${new Markup("<!doctype html>")}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${new Markup(STYLE)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}
