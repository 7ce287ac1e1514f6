import { clientConfig } from '../aws/client-limits.ts';
import { isLoginRefused } from './aws-problem.ts';

/** For a command that a person waits for. `ignoreCache`: the files of a login are read each time that one is looked for. */
export const CLI_CLIENT = {
  ...clientConfig({ connectMs: 5_000, requestMs: 15_000, attempts: 3 }),
  ignoreCache: true,
};

/** For a page that a person waits for. */
export const PAGE_CLIENT = {
  ...clientConfig({ connectMs: 3_000, requestMs: 5_000, attempts: 2 }),
  ignoreCache: true,
};

/** An SDK client, as far as its login is concerned. */
interface Client {
  config: { credentials(options: { forceRefresh: true }): Promise<unknown> };
  middlewareStack: {
    add(middleware: <A, R>(next: (args: A) => Promise<R>) => (args: A) => Promise<R>, options: { name: string }): void;
  };
}

/**
 * By itself the SDK keeps a login without an end, as that of a credentials file, for the life of the process. Of this
 * client a call that AWS refuses for its login looks for a new one, and is made once more: who logs in again beside a
 * running command need not start it anew. @returns the same client
 */
export function renewingLogin<C extends Client>(client: C): C {
  const middleware =
    <A, R>(next: (args: A) => Promise<R>) =>
    async (args: A): Promise<R> => {
      try {
        return await next(args);
      } catch (error) {
        if (!isLoginRefused(error)) throw error;
        await client.config.credentials({ forceRefresh: true });
        return next(args);
      }
    };
  client.middlewareStack.add(middleware, { name: 'renewingLogin' });
  return client;
}
