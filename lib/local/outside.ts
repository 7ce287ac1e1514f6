import type { LocalSettings } from './settings.ts';

/** What of the stack is not in this process, as the story names it. Hosts only: a URL may hold a secret. */
export interface Outside {
  crm?: { kind: string; host: string; observe: boolean };
  emulators: { what: string; host: string }[];
}

const DEFAULT_HOST: Record<string, string> = { hubspot: 'api.hubapi.com' };

export function outsideOf({ crm: { crm, policy }, dynamodb, sqs }: LocalSettings): Outside {
  const observe = (policy as { mode?: string }).mode === 'observe';
  const emulators = [
    { what: 'DynamoDB', url: dynamodb },
    { what: 'SQS', url: sqs },
  ];
  return {
    ...(crm && { crm: { kind: crm.kind, host: hostOf(urlOf(crm)) ?? DEFAULT_HOST[crm.kind] ?? '', observe } }),
    emulators: emulators.flatMap(({ what, url }) => (url === undefined ? [] : [{ what, host: hostOf(url) ?? '' }])),
  };
}

const urlOf = (crm: { [option: string]: unknown }) =>
  crm.endpoint ?? crm.baseUrl ?? crm.instanceUrl ?? crm.environmentUrl;

const hostOf = (url: unknown) => (typeof url === 'string' && URL.canParse(url) ? new URL(url).host : undefined);
