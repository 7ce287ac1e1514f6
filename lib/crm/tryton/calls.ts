import * as v from 'valibot';
import { CrmError } from '../../errors.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { Fetch, Now } from '../../ports.ts';
import { type CrmResponse, createCrmClient } from '../client.ts';
import { createRenewingToken } from '../renewing-token.ts';
import { exceptionError, unexpectedStatus, VENDOR } from './failures.ts';

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
  /** True for a call that may be made again without an answer to the first. */
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
  searchRead(query: SearchRead): Promise<JsonObject[]>;
}

export interface SearchRead {
  model: string;
  domain: Json[];
  fields: string[];
  context?: JsonObject;
  /** At most so many, by their ids. */
  limit?: number;
}

/**
 * Tryton's JSON-RPC: https://docs.tryton.org/projects/server/en/latest/topics/rpc.html. Its errors come with HTTP 200;
 * only sessions, limits and missing methods have a status of their own.
 */
export function createTrytonRpc(access: TrytonAccess): TrytonRpc {
  const send = createSender(access);
  const session = createRenewingToken(VENDOR, () => signIn(access, send), access.now);
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
    async searchRead({ model, domain, fields, context = {}, limit }) {
      const method = `model.${model}.search_read`;
      const page: Json[] = limit === undefined ? [0, null, null] : [0, limit, [['id', 'ASC']]];
      const records = await call({ method, params: [domain, ...page, fields, context], repeatable: true });
      const read = v.safeParse(v.array(v.record(v.string(), v.any())), records);
      if (read.success) return read.output as JsonObject[];
      throw new CrmError('retry-soon', `${VENDOR}: ${method} answered something else than records`, {
        code: 'UNREADABLE',
      });
    },
  };
}

type Send = (call: RpcCall, authorization?: string) => Promise<CrmResponse>;

function createSender(access: TrytonAccess): Send {
  const client = createCrmClient({ ...access, vendor: VENDOR });
  return ({ method, params, repeatable }, authorization) =>
    client({
      method: 'POST',
      path: `/${encodeURIComponent(access.database)}/`,
      label: method,
      headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
      body: JSON.stringify({ id: 1, method, params }),
      repeatable,
    });
}

const SignedIn = v.looseTuple([v.number(), v.string()]);

async function signIn({ username, password, now }: TrytonAccess, send: Send): Promise<string> {
  const call = { method: 'common.db.login', params: [username, { password }, 'en'], repeatable: true };
  const answer = readAnswer(await send(call), call, now);
  const granted = v.safeParse(SignedIn, 'result' in answer ? answer.result : undefined);
  if (!granted.success) throw new CrmError('auth', `${VENDOR}: sign-in was refused`, { code: 'LoginException' });
  const [userId, token] = granted.output;
  return `Session ${Buffer.from(`${username}:${userId}:${token}`).toString('base64')}`;
}

const userIn = (token: string) =>
  Number(Buffer.from(token.slice('Session '.length), 'base64').toString().split(':').at(-2));

const Body = v.union([v.object({ error: v.looseTuple([v.string()]) }), v.object({ result: v.any() })]);
const WarningDetail = v.looseTuple([v.string()]);

function readAnswer(response: CrmResponse, { method, repeatable }: RpcCall, now: Now): RpcAnswer {
  const body = v.safeParse(v.pipe(v.string(), v.parseJson(), Body), response.text);
  const attempt = { method, repeatable, now };
  if (response.status !== 200 || !body.success) throw unexpectedStatus(response, attempt);
  if (!('error' in body.output)) return { result: body.output.result as Json };
  const [name, detail] = body.output.error;
  if (name === 'UserWarning' && v.is(WarningDetail, detail)) return { warning: detail[0] };
  throw exceptionError(body.output.error, attempt);
}
