import * as v from 'valibot';
import { CrmError, type CrmFailure } from '../../errors.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { Fetch, Now } from '../../ports.ts';
import { type CrmResponse, createCrmClient, retryAfter } from '../client.ts';
import { createRenewingToken } from '../renewing-token.ts';

export const VENDOR = 'tryton';

export interface TrytonAccess {
  /** `https://tryton.example.com`; the database's name follows it in every URL. */
  baseUrl: string;
  database: string;
  username: string;
  password: string;
  fetch: Fetch;
  now: Now;
  timeoutMs: number;
}

export interface RpcCall {
  /** `model.party.party.search_read` */
  method: string;
  params: Json[];
  /** True where an unanswered call can simply be made again. */
  repeatable: boolean;
}

/** `warning`: Tryton wants to be told that this is meant; nothing has happened. */
export type RpcAnswer = { result: Json } | { warning: string };

export interface TrytonRpc {
  /** One attempt; one more only where the session had ended. @throws CrmError */
  ask(call: RpcCall): Promise<RpcAnswer>;
  /** `ask` for calls that give no warnings. @throws CrmError */
  call(call: RpcCall): Promise<Json>;
  /** The user that the session belongs to. */
  userId(): Promise<number>;
  /** Records by `search_read`, inactive ones only when asked for with `active_test` false in the context. */
  searchRead(query: { model: string; domain: Json[]; fields: string[]; context?: JsonObject }): Promise<JsonObject[]>;
}

/** Tryton's JSON-RPC. Its errors come with HTTP 200; only sessions and missing methods have a status of their own. */
export function createTrytonRpc(access: TrytonAccess): TrytonRpc {
  const client = createCrmClient({ ...access, vendor: VENDOR });
  const send = ({ method, params, repeatable }: RpcCall, authorization?: string) =>
    client({
      method: 'POST',
      path: `/${encodeURIComponent(access.database)}/`,
      label: method,
      headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
      body: JSON.stringify({ id: 1, method, params }),
      repeatable: repeatable,
    });
  const session = createRenewingToken(VENDOR, () => login(access, send), access.now);

  const ask = async (call: RpcCall) => {
    const token = await session.token();
    const response = await send(call, token);
    const final = response.status === 401 ? await send(call, await session.renew(token)) : response;
    return readAnswer(final, call, access.now);
  };
  const call = async (one: RpcCall) => {
    const answer = await ask(one);
    if ('result' in answer) return answer.result;
    throw new CrmError('permanent', `${VENDOR}: ${one.method} wants to be confirmed by a human`, {
      code: 'UserWarning',
    });
  };
  return {
    ask,
    call,
    userId: async () => userIn(await session.token()),
    async searchRead({ model, domain, fields, context = {} }) {
      const params = [domain, 0, null, null, fields, context];
      const records = await call({ method: `model.${model}.search_read`, params, repeatable: true });
      const read = v.safeParse(v.array(v.record(v.string(), v.any())), records);
      if (read.success) return read.output as JsonObject[];
      throw new CrmError('retry-soon', `${VENDOR}: search_read answered something else than records`);
    },
  };
}

const Login = v.looseTuple([v.number(), v.string()]);

async function login({ username, password, now }: TrytonAccess, send: (call: RpcCall) => Promise<CrmResponse>) {
  const call = { method: 'common.db.login', params: [username, { password }, 'en'], repeatable: true };
  const answer = readAnswer(await send(call), call, now);
  const granted = v.safeParse(Login, 'result' in answer ? answer.result : undefined);
  if (!granted.success) throw new CrmError('auth', `${VENDOR}: sign-in was refused`, { code: 'LoginException' });
  const [userId, token] = granted.output;
  return `Session ${Buffer.from(`${username}:${userId}:${token}`).toString('base64')}`;
}

const userIn = (token: string) =>
  Number(Buffer.from(token.slice('Session '.length), 'base64').toString().split(':').at(-2));

const Body = v.union([v.object({ error: v.looseTuple([v.string()]) }), v.object({ result: v.any() })]);

function readAnswer(response: CrmResponse, { method, repeatable }: RpcCall, now: Now): RpcAnswer {
  const body = v.safeParse(v.pipe(v.string(), v.parseJson(), Body), response.text);
  if (response.status === 200 && body.success)
    return 'error' in body.output ? refused(method, body.output.error) : { result: body.output.result as Json };
  const { kind, retryAt } = failureOf(response, repeatable, now);
  throw new CrmError(kind, `${VENDOR}: ${method} answered ${response.status}`, {
    code: `http-${response.status}`,
    retryAt,
  });
}

const WarningDetail = v.looseTuple([v.string()]);

/** An exception: its transaction was rolled back. The texts name people, so only the class is kept. */
function refused(method: string, error: [string, ...unknown[]]): RpcAnswer {
  const [name, detail] = error;
  if (name === 'UserWarning' && v.is(WarningDetail, detail)) return { warning: detail[0] };
  const known = Object.hasOwn(BY_EXCEPTION, name) ? name : name.includes('locked') ? 'DatabaseLocked' : 'Exception';
  throw new CrmError(BY_EXCEPTION[known] ?? 'permanent', `${VENDOR}: ${method} was refused with ${known}`, {
    code: known,
  });
}

const BY_EXCEPTION: { [name: string]: CrmFailure } = {
  UserError: 'permanent',
  LoginException: 'auth', // Another factor is wanted.
  ConcurrencyException: 'retry-soon', // The record was changed since it was read.
  DatabaseLocked: 'retry-soon',
};

function failureOf({ status, headers }: CrmResponse, repeatable: boolean, now: Now) {
  if (status === 429 || (status >= 300 && status < 400)) {
    const retryAt = retryAfter(headers, now);
    return { kind: retryAt === undefined ? ('retry-soon' as const) : ('retry-after' as const), retryAt };
  }
  return { kind: kindOfStatus(status, repeatable), retryAt: undefined };
}

function kindOfStatus(status: number, repeatable: boolean): CrmFailure {
  if (status === 401 || status === 403) return 'auth';
  if (status >= 400 && status < 500 && status !== 408) return 'permanent';
  return repeatable ? 'retry-soon' : 'ambiguous';
}
