import { objectIn, textIn } from '../../json.ts';
import type { Fetch, Now } from '../../ports.ts';
import { checkBaseUrl } from '../base-url.ts';
import { createJsonCalls, type JsonCalls } from '../json-calls.ts';
import type { PipedriveSettings } from './settings.ts';

export const VENDOR = 'pipedrive';
export type PipedriveOptions = Omit<PipedriveSettings, 'kind'> & { fetch: Fetch; now: Now };

/** One company's API, in two versions: merges and filters have none but v1. @throws ConfigError for an address that cannot be called. */
export function createPipedriveCalls(options: PipedriveOptions): JsonCalls {
  const { origin } = checkBaseUrl(options.baseUrl, { ...options, setting: 'baseUrl' });
  return createJsonCalls({
    ...options,
    vendor: VENDOR,
    baseUrl: `${origin}/api`,
    headers: () => ({ 'x-api-token': options.apiToken }),
    isOwn: ({ text }) => objectIn(text).success === true,
    ownWord({ status, headers, text }) {
      const body = objectIn(text);
      // https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting
      const resetS = Number(headers.get('x-ratelimit-reset') ?? 0);
      const code = textIn(body, 'code') ?? (body.success === false ? `http-${status}` : undefined);
      return { code, ...(resetS > 0 && { waitMs: resetS * 1_000 }) };
    },
  });
}
