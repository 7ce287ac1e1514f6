import { asObject, objectIn, textIn } from '../../json.ts';
import type { Fetch, Now } from '../../ports.ts';
import { checkBaseUrl } from '../base-url.ts';
import { createClientCredentials } from '../client-credentials.ts';
import { createJsonCalls, type JsonCalls } from '../json-calls.ts';
import type { DynamicsSettings } from './settings.ts';

export const VENDOR = 'dynamics';
export type DynamicsOptions = Omit<DynamicsSettings, 'kind'> & { fetch: Fetch; now: Now };

// https://learn.microsoft.com/power-apps/developer/data-platform/reference/web-service-error-codes
const MERGE_SECURITY_ERROR = '0x80045301';
const AADSTS = /AADSTS\d+/; // Says what is wrong, where `invalid_client` does not.
const ODATA = { accept: 'application/json', 'odata-version': '4.0', 'odata-maxversion': '4.0' };

/**
 * The Web API of one environment, signed in by https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow.
 * @throws ConfigError for an address that cannot be called.
 */
export function createDynamicsCalls(options: DynamicsOptions): JsonCalls {
  const { origin } = checkBaseUrl(options.environmentUrl, { ...options, setting: 'environmentUrl' });
  const cloud = origin.endsWith('.cn') ? 'partner.microsoftonline.cn' : 'microsoftonline.com';
  const tokenUrl = `${options.loginUrl ?? `https://login.${cloud}`}/${options.tenantId}/oauth2/v2.0/token`;
  const entra = { vendor: VENDOR, tokenUrl, setting: 'loginUrl', scope: `${origin}/.default`, refusal: AADSTS };
  return createJsonCalls({
    ...options,
    vendor: VENDOR,
    baseUrl: `${origin}/api/data/v9.2`,
    session: createClientCredentials({ ...options, ...entra }),
    headers: (token) => ({ authorization: `Bearer ${token}`, ...ODATA }),
    isOwn: ({ headers }) => headers.has('odata-version'),
    ownWord({ text }) {
      const code = textIn(asObject(objectIn(text).error), 'code') || undefined;
      return { code, ...(code === MERGE_SECURITY_ERROR && { kind: 'auth' }) };
    },
  });
}
