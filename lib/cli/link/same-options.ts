import type { TenantOptions } from './tenant-settings.ts';

/** The options that say whose CRM it is, as they were given: the next command is shown with them, to be copied. */
export function sameOptions({ profile, prefix, local, tenant, crm }: TenantOptions): string {
  return Object.entries({ profile, prefix, local, tenant, crm })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (value === true ? ` --${name}` : ` --${name} ${quoted(String(value))}`))
    .join('');
}

/** A word of a shell's command line. */
export const quoted = (text: string) =>
  /[\s'"\\$`!*?()<>|;&#~]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : text;
