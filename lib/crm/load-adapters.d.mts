import type { CrmAdapter } from './adapter.ts';

export function adapterFiles(
  args: readonly string[],
  env: { ADAPTERS?: string | undefined },
): { files: string[]; rest: string[] };
export function loadAdapters(files: readonly string[]): Promise<CrmAdapter[]>;
export function adaptersIn(file: string, exported: object): CrmAdapter[];
