import { createPublicKey, verify } from 'node:crypto';
import type { Answer } from './faults.ts';
import type { SalesforceQuirks } from './quirks.ts';
import { json } from './rest.ts';

export interface App {
  clientId: string;
  clientSecret: string;
  username?: string;
  /** PEM of the public key whose private half signs assertions. */
  publicKey?: string;
}

/** Tokens that are good now, and the endpoint that gives them out. */
export class Sessions {
  /** How often the endpoint was asked. */
  requests = 0;
  private readonly live = new Set<string>();
  private issued = 0;
  private readonly app: App;
  private readonly quirks: SalesforceQuirks;
  private readonly now: () => number;

  constructor(app: App, quirks: SalesforceQuirks, now: () => number) {
    this.app = app;
    this.quirks = quirks;
    this.now = now;
  }

  /** A token as Salesforce makes them: the org's id, `!`, and letters. */
  issue(): string {
    if (!this.quirks.sameTokenAgain) this.issued += 1;
    const token = this.quirks.jwtTokens
      ? `${base64url({ alg: 'RS256' })}.${base64url({ n: this.issued })}.c2ln`
      : `00DDn0000000001!AQ.token_${this.issued}`;
    this.live.add(token);
    return token;
  }

  good(token: string): boolean {
    return this.live.has(token);
  }

  expireAll(): void {
    this.live.clear();
  }

  answer(body: string): Answer {
    this.requests += 1;
    const form = new URLSearchParams(body);
    const refused = this.refusal(form);
    if (refused) return json(400, { error: refused, error_description: 'the description' });
    const token = this.issue();
    if (this.quirks.sameTokenAgain) this.live.delete(token); // Revoked, and given out all the same.
    return json(200, { access_token: token, instance_url: 'https://acme.my.salesforce.com', token_type: 'Bearer' });
  }

  private refusal(form: URLSearchParams): string | undefined {
    const grant = form.get('grant_type');
    if (grant === 'client_credentials') {
      if (form.get('client_id') !== this.app.clientId) return 'invalid_client_id';
      return form.get('client_secret') === this.app.clientSecret ? undefined : 'invalid_client';
    }
    if (grant !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'unsupported_grant_type';
    return this.assertionIsGood(form.get('assertion') ?? '') ? undefined : 'invalid_grant';
  }

  private assertionIsGood(assertion: string): boolean {
    const [header = '', claims = '', signature = ''] = assertion.split('.');
    const { publicKey, clientId, username } = this.app;
    const { alg } = parsePart(header);
    const { iss, sub, aud, exp } = parsePart(claims);
    const named = iss === clientId && sub === username && aud === 'https://login.salesforce.com';
    const left = Number(exp) - this.now() / 1000;
    if (!publicKey || alg !== 'RS256' || !named || left <= 0 || left > 300) return false;
    const signed = Buffer.from(`${header}.${claims}`);
    return verify('RSA-SHA256', signed, createPublicKey(publicKey), Buffer.from(signature, 'base64url'));
  }
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const parsePart = (part: string) =>
  JSON.parse(Buffer.from(part, 'base64url').toString() || '{}') as Record<string, unknown>;
