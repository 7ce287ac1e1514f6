import {
  CREDENTIAL_CODES,
  DOUBTFUL_CODES,
  LIMIT_CODES,
  PASSING_CODES,
} from '../../../lib/crm/salesforce/failure-codes.ts';
import { refusal, unexpectedStatus } from '../../../lib/crm/salesforce/failures.ts';
import type { CrmFailure } from '../../../lib/errors.ts';
import { codesIn, EXCEPTION_CODES } from './vendor-codes.ts';
import { closeWorlds, failureOf, NOW, openWorld } from './world.ts';

afterEach(closeWorlds);

const WRITE = { what: 'POST merge', repeatable: false, now: () => NOW };
const READ = { ...WRITE, repeatable: true };
const by = (status: number, headers = {}, text = '') => ({ status, headers: new Headers(headers), text });
const kindOf = (code: string, status?: number) =>
  refusal([{ code }], WRITE, status === undefined ? undefined : by(status)).kind;

describe('the vendor’s list of exception codes', () => {
  const KINDS: [keyof typeof EXCEPTION_CODES, CrmFailure][] = [
    ['passing', 'retry-soon'],
    ['limit', 'retry-after'],
    ['credentials', 'auth'],
    ['doubtful', 'ambiguous'],
    ['lasting', 'permanent'],
  ];

  it.each(KINDS)('%s is %s, code by code', (name, kind) => {
    const codes = codesIn(EXCEPTION_CODES[name]);
    expect(codes.filter((code) => kindOf(code) !== kind)).toEqual([]);
    expect(codes.filter((code) => kindOf(code, 400) !== kind)).toEqual([]);
  });

  it('has each code once, and every code that is treated in a special way is in it or is a status code', () => {
    const listed = Object.values(EXCEPTION_CODES).flatMap(codesIn);
    expect(new Set(listed).size).toBe(listed.length);
    const special = [...PASSING_CODES, ...LIMIT_CODES, ...CREDENTIAL_CODES, ...DOUBTFUL_CODES];
    expect(special.filter((code) => !listed.includes(code))).toEqual([
      'MATCH_SERVICE_TIMED_OUT',
      'MATCH_SERVICE_UNAVAILABLE_ERROR',
      'RECORD_IN_USE_BY_WORKFLOW',
      'TERRITORY_REALIGN_IN_PROGRESS',
      'EXCEEDED_RATE_LIMIT',
      'INSUFFICIENT_ACCESS_OR_READONLY',
      'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
      'INVALID_READ_ONLY_USER_DML',
      'OP_WITH_INVALID_USER_TYPE_EXCEPTION',
      'INTERNAL_ERROR',
      'INTERNAL_SERVER_ERROR',
      'SERVER_ERROR',
    ]);
  });

  it.each(['USER_FROZEN', 'LOGIN_ERROR_USER_FROZEN', 'LOGIN_RESTRICTED', 'SESSION_EXPIRED', 'ACCESS_DENIED'])(
    'a code that later versions may bring, %s, is a matter of credentials by its name',
    (code) => {
      expect(kindOf(code)).toBe('auth');
    },
  );
});

describe('where the code says nothing, the HTTP status does', () => {
  it.each<[number, CrmFailure]>([
    [400, 'permanent'],
    [401, 'auth'],
    [403, 'auth'],
    [404, 'permanent'],
    [409, 'permanent'],
    [429, 'retry-soon'],
    [500, 'ambiguous'],
    [503, 'ambiguous'],
  ])('%d with a code that is not listed is %s', (status, kind) => {
    expect(kindOf('NEVER_HEARD_OF', status)).toBe(kind);
  });

  it.each<[number, CrmFailure, CrmFailure]>([
    [200, 'ambiguous', 'retry-soon'],
    [302, 'retry-soon', 'retry-soon'],
    [400, 'permanent', 'permanent'],
    [401, 'auth', 'auth'],
    [403, 'auth', 'auth'],
    [404, 'retry-soon', 'retry-soon'],
    [407, 'auth', 'auth'],
    [408, 'ambiguous', 'retry-soon'],
    [410, 'permanent', 'permanent'],
    [413, 'permanent', 'permanent'],
    [414, 'permanent', 'permanent'],
    [421, 'retry-soon', 'retry-soon'],
    [429, 'retry-soon', 'retry-soon'],
    [431, 'permanent', 'permanent'],
    [500, 'ambiguous', 'retry-soon'],
    [502, 'ambiguous', 'retry-soon'],
    [503, 'ambiguous', 'retry-soon'],
    [504, 'ambiguous', 'retry-soon'],
  ])('%d without a code is %s for a write and %s for a read', (status, write, read) => {
    expect([unexpectedStatus(by(status), WRITE).kind, unexpectedStatus(by(status), READ).kind]).toEqual([write, read]);
  });

  it.each<[number, CrmFailure]>([
    [400, 'retry-soon'],
    [401, 'auth'],
    [403, 'auth'],
    [404, 'retry-soon'],
    [405, 'retry-soon'],
    [410, 'retry-soon'],
    [413, 'permanent'],
    [414, 'permanent'],
    [431, 'permanent'],
    [502, 'ambiguous'],
  ])('%d with a page is a proxy’s, and %s for a write', (status, kind) => {
    expect(unexpectedStatus(by(status, {}, '<html>'), WRITE).kind).toBe(kind);
  });

  it.each<[string, CrmFailure]>([
    ['Server', 'ambiguous'],
    ['Client', 'permanent'],
    ['MustUnderstand', 'permanent'],
    ['VersionMismatch', 'permanent'],
  ])('a SOAP fault %s that is not Salesforce’s own is %s', (code, kind) => {
    expect(kindOf(code)).toBe(kind);
  });
});

describe('a wait that the answer asks for', () => {
  const later = NOW + 600_000;

  it.each([
    ['a lock', () => refusal([{ code: 'UNABLE_TO_LOCK_ROW' }], WRITE, by(503, { 'retry-after': '600' }))],
    ['the daily limit', () => refusal([{ code: 'REQUEST_LIMIT_EXCEEDED' }], WRITE, by(403, { 'retry-after': '600' }))],
    ['an edge', () => unexpectedStatus(by(429, { 'retry-after': '600' }), WRITE)],
    ['maintenance, asked by a read', () => unexpectedStatus(by(503, { 'retry-after': '600' }), READ)],
  ])('after %s is kept', (_, failure) => {
    const { kind, retryAt } = failure();
    expect([kind, retryAt]).toEqual(['retry-after', later]);
  });

  it('is a quarter of an hour for the daily limit, and none for too many calls at once', () => {
    const limit = (message: string) => refusal([{ code: 'REQUEST_LIMIT_EXCEEDED', message }], WRITE);
    expect(limit('TotalRequests Limit exceeded.').retryAt).toBe(NOW + 900_000);
    const atOnce = limit('ConcurrentPerOrgLongTxn Limit exceeded.');
    expect([atOnce.kind, atOnce.retryAt]).toEqual(['retry-soon', undefined]);
  });
});

const NAME = 'Zhang San';
const TRIGGER = `SyncTrigger: execution of AfterUpdate caused by: System.DmlException: Update failed. First exception on row 0 with id 003Dn00000ABCDE; first error:`;

describe('a passing failure inside another one', () => {
  it.each<[string, string, CrmFailure, string]>([
    [
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      `${TRIGGER} UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record or 1 records: 001Dn00000XYZ: []`,
      'retry-soon',
      'UNABLE_TO_LOCK_ROW',
    ],
    [
      'CANNOT_EXECUTE_FLOW_TRIGGER',
      'We can’t save this record because the “Sync” process failed. UNABLE_TO_LOCK_ROW: unable to obtain exclusive access to this record',
      'retry-soon',
      'UNABLE_TO_LOCK_ROW',
    ],
    [
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      `${TRIGGER} unable to obtain exclusive access to this record`,
      'retry-soon',
      'UNABLE_TO_LOCK_ROW',
    ],
    [
      'DELETE_FAILED',
      'unable to obtain exclusive access to this record or 2 records',
      'retry-soon',
      'UNABLE_TO_LOCK_ROW',
    ],
    ['MERGE_FAILED', `${TRIGGER} UNABLE_TO_LOCK_ROW`, 'retry-soon', 'UNABLE_TO_LOCK_ROW'],
    [
      'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      `${NAME}: Record Currently Unavailable: The record is currently being modified by another user. Please try again.`,
      'retry-soon',
      'UNABLE_TO_LOCK_ROW',
    ],
    [
      'APEX_ERROR',
      'System.QueryException: QUERY_TIMEOUT: Your query request was running for too long.',
      'retry-soon',
      'QUERY_TIMEOUT',
    ],
    [
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      `${TRIGGER} SERVER_UNAVAILABLE, ${NAME}`,
      'retry-soon',
      'SERVER_UNAVAILABLE',
    ],
    [
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      `${TRIGGER} REQUEST_RUNNING_TOO_LONG, too long`,
      'retry-soon',
      'REQUEST_RUNNING_TOO_LONG',
    ],
    [
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      `${TRIGGER} REQUEST_LIMIT_EXCEEDED, TotalRequests Limit exceeded.`,
      'retry-after',
      'REQUEST_LIMIT_EXCEEDED',
    ],
    [
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      `${TRIGGER} FIELD_CUSTOM_VALIDATION_EXCEPTION, ${NAME} has no e-mail: [Email]`,
      'permanent',
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    ],
    [
      'CANNOT_EXECUTE_FLOW_TRIGGER',
      'The flow failed: Too many SOQL queries: 101',
      'permanent',
      'CANNOT_EXECUTE_FLOW_TRIGGER',
    ],
    [
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      `${TRIGGER} INVALID_SESSION_ID, of a call-out of the org’s own`,
      'permanent',
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    ],
    [
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      `${TRIGGER} NOT_UNABLE_TO_LOCK_ROW_REALLY`,
      'permanent',
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    ],
  ])('%s with “%s” is %s, %s', async (code, message, kind, told) => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    lookalike.faults.add(
      { on: 'merge', how: { code, message, as: 'result' } },
      { on: 'merge', how: { code, message, as: 'fault' } },
      { on: 'update', how: { code, message } },
      { on: 'create', how: { code, message } },
    );
    const merge = () => crm.merge({ survivor: ada, losers: [bob] });
    const write = { values: { LastName: NAME } };
    const attempts = [merge, merge, () => crm.update(ada, write), () => crm.create?.(write) ?? Promise.resolve()];
    for (const attempt of attempts) {
      const error = await failureOf(attempt());
      expect([error.kind, error.code]).toEqual([kind, told]);
      expect(`${error.message} ${error.code}`).not.toContain(NAME);
      expect(error.message).not.toContain('003Dn');
    }
    await crm.merge({ survivor: ada, losers: [bob] });
    expect(lookalike.org.absorbed).toBe(1);
  });

  it('of several refusals the one that passes counts', () => {
    const refusals = [{ code: 'MERGE_FAILED' }, { code: 'UNABLE_TO_LOCK_ROW' }];
    expect(refusal(refusals, WRITE)).toMatchObject({ kind: 'retry-soon', code: 'UNABLE_TO_LOCK_ROW' });
    expect(refusal([{ code: 'MERGE_FAILED' }, { code: 'INVALID_FIELD' }], WRITE).code).toBe('MERGE_FAILED');
  });
});

describe('rights and sign-in refused at a call', () => {
  const AS_403 = [
    'INVALID_OPERATION_WITH_EXPIRED_PASSWORD',
    'MUTUAL_AUTHENTICATION_FAILED',
    'API_DISABLED_FOR_ORG',
    'SOMETHING_NEW',
  ];
  const MORE_403 = [
    'LOGIN_DURING_RESTRICTED_TIME',
    'LOGIN_DURING_RESTRICTED_DOMAIN',
    'INSUFFICIENT_ACCESS',
    'USER_IS_FROZEN',
  ];

  it.each([...AS_403, ...MORE_403])('403 %s is a matter of credentials, for every operation', async (code) => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    const how = { code, status: 403 };
    for (const on of ['query', 'queryAll', 'update', 'create'] as const) lookalike.faults.add({ on, how });
    if (code !== 'SOMETHING_NEW') lookalike.faults.add({ on: 'merge', how: { code, as: 'fault' } });
    const write = { values: { LastName: 'x' } };
    const attempts: (() => Promise<unknown>)[] = [
      () => crm.find(['ada'], []),
      () => crm.locate([ada]),
      () => crm.update(ada, write),
      () => crm.create?.(write) ?? Promise.resolve(),
      ...(code === 'SOMETHING_NEW' ? [] : [() => crm.merge({ survivor: ada, losers: [bob] })]),
    ];
    for (const attempt of attempts) {
      const error = await failureOf(attempt());
      expect([error.kind, error.code]).toEqual(['auth', code]);
    }
    expect(lookalike.org.absorbed).toBe(0);
  });

  it('503 in a SOAP fault, with Salesforce’s word for it, is passing, and its wait is kept', async () => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    const how = { code: 'SERVER_UNAVAILABLE', status: 503, headers: { 'retry-after': '60' } };
    lookalike.faults.add({ on: 'merge', how });
    const error = await failureOf(crm.merge({ survivor: ada, losers: [bob] }));
    expect([error.kind, error.retryAt]).toEqual(['retry-after', NOW + 60_000]);
  });

  it('a proxy’s 404 page is no word of Salesforce’s: nothing happened, and it is tried again', async () => {
    const { crm, lookalike } = await openWorld();
    const [ada, bob] = [lookalike.seed('ada'), lookalike.seed('bob')];
    const how = { status: 404, body: '<html><h1>404 Not Found</h1></html>' };
    lookalike.faults.add({ on: 'merge', how }, { on: 'query', how });
    expect((await failureOf(crm.merge({ survivor: ada, losers: [bob] }))).kind).toBe('retry-soon');
    expect((await failureOf(crm.find(['ada'], []))).kind).toBe('retry-soon');
  });
});
