import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { createLedger, type LedgerTables } from '../ledger/ledger.ts';
import type { StackAddress } from './backbone.ts';
import { TENANT } from './crm-settings.ts';
import { viewEvent } from './event-view.ts';
import type { GatewayHandler, Routes } from './gateway.ts';

export interface RouteParts {
  receive: GatewayHandler;
  tables: LedgerTables;
  address: StackAddress;
  demo: { url: string } | undefined;
}

/** The callback's routes as in serverless.yml, and what only the embedded stack has. */
export function localRoutes({ receive, address, demo, tables }: RouteParts): Routes {
  return {
    'GET /callback/{tenant}': receive,
    'POST /callback/{tenant}': receive,
    'GET /callback/{tenant}/{secret}': receive,
    'POST /callback/{tenant}/{secret}': receive,
    'GET /healthz': async () => json(200, { ok: true }),
    'GET /_local/events/{tenant}/{eventId}': (event) => showEvent(event, tables),
    'GET /_local/stack': async () => json(200, { tenant: TENANT, demoCrm: demo?.url ?? null, ...address }),
  };
}

async function showEvent(event: APIGatewayProxyEventV2, tables: LedgerTables) {
  const { tenant = '', eventId = '' } = event.pathParameters ?? {};
  const view = await viewEvent(createLedger(tables, tenant), eventId);
  return view ? json(200, view) : json(404, { error: 'no such event' });
}

const json = (statusCode: number, value: unknown): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});
