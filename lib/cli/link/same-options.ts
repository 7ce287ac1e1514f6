import type { TenantOptions } from './tenant-settings.ts';

/** The options that say whose CRM it is, as they were given: the next command is shown with them, to be copied. */
export const sameOptions = ({ profile, prefix, local, tenant, crm }: TenantOptions): string =>
  spelled({ profile, prefix, local, tenant, crm });

/** Options as they stand in a command line, each after a blank. */
export function spelled(options: Record<string, string | true | undefined>): string {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (value === true ? ` --${name}` : ` --${name} ${quoted(String(value))}`))
    .join('');
}

/** A word of a shell's command line. */
export const quoted = (text: string) =>
  /[\s'"\\$`!*?()<>|;&#~]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : text;
