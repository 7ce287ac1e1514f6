import { hash } from 'node:crypto';
import { ConfigError } from './errors.ts';

/**
 * The names of tenants that came after the deployment. They stand in ten SSM parameters, so that one request reads all of
 * them and a thousand names fit; which of the ten, the name says. Written by `merge-sync tenant`.
 */
const PARTS = 10; // What GetParameters takes in one request.
/** A parameter cannot be empty, and none is deleted: its version tells writers of each other. */
const NO_NAMES = '-';

// Part of table keys, parameter names and URLs: none of their separators.
const TENANT_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export const isTenantName = (name: string): boolean => TENANT_NAME.test(name);

const nameOf = (prefix: string, part: number) => `${prefix}/tenants/${part}`;

/** @param prefix with its slash: `/merge-sync-prod`. */
export const listParameters = (prefix: string): string[] =>
  Array.from({ length: PARTS }, (_, part) => nameOf(prefix, part));

/** The parameter in which a tenant's name stands. */
export const listParameterOf = (prefix: string, tenant: string): string =>
  nameOf(prefix, Number.parseInt(hash('sha256', tenant).slice(0, 8), 16) % PARTS);

/** The text of one parameter of the list. */
export const listText = (names: string[]): string => (names.length === 0 ? NO_NAMES : [...names].sort().join(','));

/** @throws ConfigError naming the parameter. */
export function readListText(parameter: string, text: string): string[] {
  if (text === NO_NAMES) return [];
  const names = text.split(',');
  if (!names.every(isTenantName))
    throw new ConfigError(`SSM: ${parameter} is no list of names; merge-sync tenant put writes it anew`);
  return names;
}
