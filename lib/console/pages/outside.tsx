/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Tell } from '../texts/texts.ts';

/** What one sees who is not in: nothing of the deployment, not even its name. */
export const OutsidePage = ({ tell, lang }: { tell: Tell; lang: string }) => (
  <html lang={lang}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{tell('frame.refusedTitle')}</title>
      <link rel="stylesheet" href="/assets/console.css" />
    </head>
    <body>
      <main>
        <h1>{tell('frame.refusedTitle')}</h1>
        <p>{tell('frame.refusedSession')}</p>
      </main>
    </body>
  </html>
);
