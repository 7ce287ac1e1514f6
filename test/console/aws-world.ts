import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { ReasonOf } from '../../lib/ledger/reasons.ts';
import { DEFAULT_TIMING } from '../../lib/ledger/timing.ts';
import { transition } from '../../lib/ledger/transitions.ts';
import { createQueues, createTables } from '../../lib/local/resources.ts';
import { callbackEvent, createService } from '../crash/service.ts';
import { createAccount } from '../crm/hubspot/portal-world.ts';
import { KEYS, mergeBody, sealedEnvelope } from '../local/sender.ts';
import { startAwsGate } from './aws-gate.ts';

const CRM = { endpoint: 'http://127.0.0.1:65530/merges', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };

/** A deployment of one tenant behind a gate, with parked events, and the environment of an operator's command. */
export async function createAwsWorld() {
  const prefix = `console-${randomUUID()}`;
  const account = createAccount();
  const crm = await account.listen();
  const settings = JSON.stringify({ crm: { kind: 'hubspot', token: 'pat-test', baseUrl: crm.url } });
  const gate = await startAwsGate({ [`/${prefix}/main/crm`]: settings, [`/${prefix}/other/crm`]: settings });
  const home = mkdtempSync(path.join(tmpdir(), 'merge-sync console '));
  const service = await serviceOf(prefix);
  const credentials = path.join(home, 'credentials');
  const logIn = (keyId: string) =>
    writeFileSync(credentials, `[default]\naws_access_key_id=${keyId}\naws_secret_access_key=s\naws_session_token=t\n`);
  logIn('first');
  return {
    prefix,
    gate,
    /** The CRM's look-alike, empty. */
    account,
    /** Another login is written where AWS's own tools write theirs. */
    logIn,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: gate.url,
      AWS_SHARED_CREDENTIALS_FILE: credentials,
      AWS_CONFIG_FILE: path.join(home, 'config'),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      USER: 'lin',
    },
    /** An event of two contacts, `a` and `b`, that is parked for a reason. */
    async park(id: string, reason: ReasonOf<'parked'>) {
      const body = mergeBody('a', ['b'], { old: { mobiles: ['13800138001'], remark: id } });
      await service.receive(callbackEvent('main', sealedEnvelope(id, body)));
      const { events } = service.ledgerOf('main');
      const clock = { now: Date.now(), timing: DEFAULT_TIMING };
      const worker = { id: 'w', until: clock.now + 1 };
      await events.update(id, (record) => transition(record, { on: 'claim', worker }, clock));
      const missing = { missing: ['a', 'b'] };
      await events.update(id, (record) => transition(record, { on: 'park', reason, ...missing }, clock));
    },
    stateOf: async (id: string) => (await service.ledgerOf('main').events.read(id))?.value.state,
    async close() {
      await Promise.all([gate.close(), crm.close()]);
      rmSync(home, { recursive: true });
    },
  };
}

async function serviceOf(prefix: string) {
  const tables = { eventsTable: `${prefix}-events`, ledgerTable: `${prefix}-ledger` };
  await createTables(new DynamoDBClient(), Object.values(tables));
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const queues = await createQueues(sqs, { name: `${prefix}-events`, visibilitySeconds: 30 });
  return createService({ resources: { ...tables, ...queues }, tenants: { main: { keys: KEYS, crm: CRM } } });
}
