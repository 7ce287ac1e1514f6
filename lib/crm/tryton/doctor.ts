import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import type { Conversion } from '../../mapping/known-fields.ts';
import { checkBaseUrl } from '../base-url.ts';
import { type CrmResponse, createCrmClient } from '../client.ts';
import type { Finding } from '../finding.ts';
import { misfit, type PropertyKind } from '../mapped-properties.ts';
import { vendorFindings } from '../vendor-dates.ts';
import { createTrytonRpc, type TrytonAccess, type TrytonRpc } from './calls.ts';
import { VENDOR } from './failures.ts';
import { CATEGORIES, MECHANISMS } from './parties.ts';

export interface Examination extends TrytonAccess {
  /** Every property the tenant's mapping may write. */
  mapped: string[];
  conversions?: Map<string, Conversion>;
}

/** Looks at everything a merge will need, without changing anything. What is wrong is a finding, never an error. */
export async function examineTryton(examination: Examination): Promise<Finding[]> {
  const reached = await attempt('address', () => askVersion(examination));
  if (!('value' in reached)) return [reached.finding];
  const running = versionIn(reached.value);
  if (running === undefined) return [wrong('address', NOT_TRYTON)];
  const first = [fine('server', `Tryton ${running}`), ...maintained(running, examination.now())];
  const rpc = createTrytonRpc(examination);
  const signedIn = await attempt('database and credentials', () => rpc.userId());
  if (!('value' in signedIn)) return [...first, signedIn.finding];
  return [
    ...first,
    fine('database and credentials', 'accepted'),
    ...(await checkRights(rpc)),
    await checkWizard(rpc),
    ...(await checkMapped(rpc, examination)),
  ];
}

const fine = (check: string, advice: string): Finding => ({ check, ok: true, advice });
const wrong = (check: string, advice: string): Finding => ({ check, ok: false, advice });

async function attempt<T>(check: string, look: () => Promise<T>): Promise<{ value: T } | { finding: Finding }> {
  try {
    return { value: await look() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { finding: wrong(check, error.message) };
  }
}

async function askVersion(access: TrytonAccess): Promise<CrmResponse> {
  checkBaseUrl(access.baseUrl, { setting: 'baseUrl' });
  const method = 'common.server.version';
  return createCrmClient({ ...access, vendor: VENDOR })({
    method: 'POST',
    path: '/',
    label: method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 1, method, params: [] }),
    repeatable: true,
  });
}

const Version = v.object({ result: v.pipe(v.string(), v.regex(/^\d+\.\d+(\.\d+)?$/)) });

const NOT_TRYTON = 'this is not the address of a Tryton server; baseUrl goes without the database';

function versionIn({ status, text }: CrmResponse): string | undefined {
  const version = v.safeParse(v.pipe(v.string(), v.parseJson(), Version), text);
  return status === 200 && version.success ? version.output.result : undefined;
}

/** A series that is maintained no more goes on working: a warning, nothing wrong. */
function maintained(version: string, now: number): Finding[] {
  const series = version.split('.').slice(0, 2).join('.');
  return vendorFindings('tryton', now, series).map((finding) => ({ ...finding, ok: true }));
}

const NEEDED_MODELS = ['party.party', 'party.identifier', 'party.contact_mechanism'];
const RIGHTS = ['read', 'write', 'create'] as const;
const Access = v.record(v.string(), v.record(v.string(), v.unknown()));

async function checkRights(rpc: TrytonRpc): Promise<Finding[]> {
  const params: Json[] = [NEEDED_MODELS, {}];
  const check = 'rights';
  const asked = await attempt(check, () =>
    rpc.call({ method: 'model.ir.model.access.get_access', params, repeatable: true }),
  );
  if (!('value' in asked)) return [asked.finding];
  const access = v.safeParse(Access, asked.value);
  if (!access.success) return [wrong(check, 'the server does not tell them to this user')];
  return NEEDED_MODELS.map((model) => {
    const missing = RIGHTS.filter((right) => !access.output[model]?.[right]);
    const name = `rights on ${model}`;
    return missing.length === 0 ? fine(name, 'granted') : wrong(name, `the user needs ${missing.join(', ')}`);
  });
}

/** Starts the wizard and ends it: neither touches a party. */
async function checkWizard(rpc: TrytonRpc): Promise<Finding> {
  const check = 'wizard Replace Party';
  const started = await attempt(check, () =>
    rpc.call({ method: 'wizard.party.replace.create', params: [{}], repeatable: true }),
  );
  if (!('value' in started)) return started.finding;
  const [session] = Array.isArray(started.value) ? started.value : [];
  if (typeof session !== 'number') return wrong(check, 'the server did not start it');
  await attempt(check, () =>
    rpc.call({ method: 'wizard.party.replace.delete', params: [session, {}], repeatable: true }),
  );
  return fine(check, 'may be used');
}

/** https://docs.tryton.org/latest/server/ref/fields.html */
const KINDS = new Map<string, PropertyKind>([
  ['char', 'text'],
  ['text', 'text'],
  ['integer', 'number'],
  ['bigint', 'number'],
  ['float', 'number'],
  ['numeric', 'number'],
  ['boolean', 'boolean'],
  ['date', 'date'],
  ['datetime', 'datetime'],
  ['timestamp', 'datetime'],
  ['selection', 'option'],
  ['multiselection', 'multi'],
]);

async function checkMapped(
  rpc: TrytonRpc,
  { mapped, conversions }: Pick<Examination, 'mapped' | 'conversions'>,
): Promise<Finding[]> {
  const own = mapped.filter((name) => !MECHANISMS.includes(name) && name !== CATEGORIES);
  if (own.length === 0) return [];
  const asked = await attempt('mapped fields', () =>
    rpc.call({ method: 'model.party.party.fields_get', params: [own, {}], repeatable: true }),
  );
  if (!('value' in asked)) return [asked.finding];
  const fields = v.safeParse(
    v.record(v.string(), v.looseObject({ type: v.string(), readonly: v.optional(v.unknown()) })),
    asked.value,
  );
  return own.map((name) => {
    const check = `mapped field ${name}`;
    const field = fields.success ? fields.output[name] : undefined;
    if (field === undefined) return wrong(check, 'party.party has no such field: correct the mapping');
    if (field.readonly) return wrong(check, 'the CRM does not let it be written: correct the mapping, or the rights');
    const unfit = misfit(conversions?.get(name), KINDS.get(field.type), field.type);
    return unfit === undefined ? fine(check, field.type) : wrong(check, unfit);
  });
}
