import { closestName } from '../closest-name.ts';
import { type IntakeSettings, IntakeSettingsSchema, readJson, readSettings } from '../config.ts';
import type { Finding } from '../crm/finding.ts';
import type { EnvelopeKeys } from '../dustess/envelope-keys.ts';
import { tenantsSharingKeys } from '../dustess/shared-keys.ts';
import { ConfigError } from '../errors.ts';
import { CUSTOM_FIELDS, CUSTOM_PREFIX } from '../event.ts';
import { KNOWN_FIELDS } from '../mapping/known-fields.ts';

/** @throws ConfigError */
export const readDoor = (text: string): IntakeSettings =>
  readSettings(IntakeSettingsSchema, 'door settings', readJson('door settings', text));

/** What can be said of a tenant's door settings by themselves. */
export function examineDoor({ keys, receiveIds, omitFields }: IntakeSettings): Finding[] {
  const advice = `${keys.length} key pair(s) in force, ${receiveIds.length} receiveId(s) accepted`;
  return [
    { check: 'door settings', ok: true, advice },
    ...(keys.some(isPublished) ? [PUBLISHED] : []),
    ...examineOmitFields('door omitFields', omitFields),
  ];
}

// 尘锋's own example, and that of this repository's pages.
const PUBLISHED_TOKENS = ['thisisatoken', 'TOKEN-FROM-KEYGEN'];
const PUBLISHED_AES_KEYS = [
  'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
  'TheFortyThreeCharactersThatKeygenPrintedXYZ',
];

const isPublished = ({ token, encodingAesKey }: EnvelopeKeys) =>
  PUBLISHED_TOKENS.includes(token) || PUBLISHED_AES_KEYS.includes(encodingAesKey);

const PUBLISHED: Finding = {
  check: 'door keys',
  ok: false,
  advice: 'a Token or EncodingAESKey stands in published examples, so anyone can sign with it: make others with keygen',
};

/** A misspelt name leaves nothing out, and nothing else would tell. */
export function examineOmitFields(check: string, names: string[]): Finding[] {
  const known = [...KNOWN_FIELDS.keys(), 'name', CUSTOM_FIELDS];
  return names
    .filter((name) => !known.includes(name) && !name.startsWith(CUSTOM_PREFIX))
    .map((name) => {
      const meant = closestName(name, known);
      const advice = `${name} is no documented field of 尘锋${meant === undefined ? '' : `, did you mean ${meant}`}: nothing may be left out`;
      return { check, ok: true, warning: true, advice };
    });
}

/**
 * Whether another tenant of the deployment would take this one's callbacks for its own.
 * @param texts door settings of all tenants by name; those that cannot be read are another check's business.
 */
export function examineSharedKeys(tenant: string, texts: Record<string, string>): Finding[] {
  const doors = Object.entries(texts).flatMap(([name, text]) => readable(text).map((door) => [name, door] as const));
  const pairs = tenantsSharingKeys(Object.fromEntries(doors)).filter((pair) => pair.includes(tenant));
  const others = pairs.map(([one, other]) => (one === tenant ? other : one));
  if (others.length === 0) return [];
  const advice =
    `the same Token and EncodingAESKey as ${others.join(', ')}: a callback for one is accepted at the other; ` +
    'give each its own keys, or list the account of each in "accounts"';
  return [{ check: 'door keys', ok: true, warning: true, advice }];
}

function readable(text: string): IntakeSettings[] {
  try {
    return [readDoor(text)];
  } catch (error) {
    if (error instanceof ConfigError) return [];
    throw error;
  }
}
