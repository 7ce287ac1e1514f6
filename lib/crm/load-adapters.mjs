import path from 'node:path';
import { pathToFileURL } from 'node:url';

const OPTION = '--adapter';

/**
 * Files of adapters: each `--adapter FILE`, then those in `$ADAPTERS`, separated as in `$PATH`.
 *
 * @param {readonly string[]} args
 * @param {{ ADAPTERS?: string | undefined }} env
 * @returns {{ files: string[], rest: string[] }} `rest`: the other arguments
 * @throws {Error} where a file is missing behind the option
 */
export function adapterFiles(args, env) {
  const files = [];
  const rest = [];
  for (let index = 0; index < args.length; index++) {
    const [name, value] = splitOption(args[index]);
    if (name !== OPTION) rest.push(args[index]);
    else files.push(value ?? args[++index] ?? '');
  }
  files.push(...(env.ADAPTERS ?? '').split(path.delimiter).filter(Boolean));
  if (files.includes('')) throw new Error(`${OPTION} needs a file, as in ${OPTION} ./my-adapter.js`);
  return { files, rest };
}

function splitOption(arg) {
  const at = arg.indexOf('=');
  return arg.startsWith(`${OPTION}=`) ? [OPTION, arg.slice(at + 1)] : [arg, undefined];
}

const isAdapter = (value) =>
  typeof value === 'object' && value !== null && typeof value.open === 'function' && 'settings' in value;

/**
 * What these files export that is an adapter.
 *
 * @param {readonly string[]} files relative to the current folder
 * @returns {Promise<import('./adapter.ts').CrmAdapter[]>}
 * @throws {Error} for a file that cannot be loaded, or exports none
 */
export async function loadAdapters(files) {
  const adapters = [];
  for (const file of files) {
    const exported = await import(pathToFileURL(path.resolve(file)).href).catch((error) => {
      throw new Error(`the adapter ${file} cannot be loaded: ${error.message}`, { cause: error });
    });
    adapters.push(...adaptersIn(file, exported));
  }
  return adapters;
}

/** What of a file's exports is an adapter. @throws {Error} where none is */
export function adaptersIn(file, exported) {
  const found = [...new Set(Object.values(exported))].filter(isAdapter);
  if (found.length === 0) throw new Error(`${file} exports no adapter: export what adapter({ … }) makes`);
  return found;
}
