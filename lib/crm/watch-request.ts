import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** How far one request came. */
export interface RequestProgress {
  /** `fetch` had a request to send: false for one it refused beforehand, and for a `fetch` that is not Node's own. */
  created: boolean;
  /** The first bytes of the request were handed to a connection. */
  sent: boolean;
  /** The status of an answer, where one began. */
  status?: number;
}

interface Message {
  request?: { method?: string };
  response?: { statusCode?: number };
}

const watching = new AsyncLocalStorage<RequestProgress>();

/**
 * Runs `call`, which makes one request, and writes down in `progress` how far it comes. Node's `fetch` announces it on
 * the diagnostics channels of undici (https://undici.nodejs.org/#/docs/api/DiagnosticsChannel): an error alone does not
 * tell a time-out while connecting from one after the request was sent.
 */
export async function watchRequest<T>(progress: RequestProgress, call: () => Promise<T>): Promise<T> {
  const requests = new WeakSet<object>();
  const concerns = ({ request }: Message) => request !== undefined && requests.has(request);
  const onCreate = ({ request }: Message) => {
    // CONNECT speaks to a proxy on the way: it carries nothing of the request.
    if (watching.getStore() !== progress || !request || request.method === 'CONNECT') return;
    requests.add(request);
    progress.created = true;
  };
  const onSent = (message: Message) => {
    if (concerns(message)) progress.sent = true;
  };
  const onAnswer = (message: Message) => {
    const status = message.response?.statusCode;
    if (concerns(message) && status !== undefined) progress.status = status;
  };
  const end = listen({
    'undici:request:create': onCreate,
    'undici:client:sendHeaders': onSent,
    'undici:request:bodyChunkSent': onSent,
    'undici:request:bodySent': onSent,
    'undici:request:headers': onAnswer,
  });
  return watching.run(progress, call).finally(end);
}

function listen(listeners: Record<string, (message: Message) => void>): () => void {
  const entries = Object.entries(listeners).map(([name, listener]) => {
    const onMessage = (message: unknown) => listener(message as Message);
    subscribe(name, onMessage);
    return { name, onMessage };
  });
  return () => {
    for (const { name, onMessage } of entries) unsubscribe(name, onMessage);
  };
}
