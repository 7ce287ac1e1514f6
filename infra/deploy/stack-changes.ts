import { isDeepStrictEqual } from 'node:util';
import type { Template, TemplateResource } from './template.ts';

/** What an update changes, one line each, parameters first. Empty: at most the functions' code. */
export function stackChanges(running: Template, packaged: Template): string[] {
  return [...parameterChanges(running, packaged), ...resourceChanges(running, packaged)];
}

function parameterChanges(running: Template, packaged: Template): string[] {
  const [before, after] = [running.Metadata?.Parameters ?? {}, packaged.Metadata?.Parameters ?? {}];
  const names = Object.keys({ ...before, ...after }).filter((name) => text(before[name]) !== text(after[name]));
  return names.map((name) => `${name}: ${shown(before[name])} → ${shown(after[name])}`);
}

// A value of the command line is a text, the same one in serverless.yml may be a number.
const text = (value: unknown) => (value === undefined ? undefined : String(value));
const shown = (value: unknown) => (value === undefined ? 'unknown' : value === '' ? '(empty)' : String(value));

function resourceChanges(running: Template, packaged: Template): string[] {
  const [before, after] = [running.Resources ?? {}, packaged.Resources ?? {}];
  return Object.keys({ ...before, ...after }).flatMap((name) => {
    const [old, current] = [before[name], after[name]];
    if (!current) return [`- ${name} (${old?.Type}) is deleted`];
    if (!old) return [`+ ${name} (${current.Type}) is created`];
    return isDeepStrictEqual(comparable(old), comparable(current)) ? [] : [`~ ${name} (${current.Type}) changes`];
  });
}

/** The place of the code names the moment of packaging: it differs each time. */
function comparable({ Properties, ...rest }: TemplateResource): unknown {
  const { Code: _code, ...properties } = Properties ?? {};
  return { ...rest, properties };
}
