import { Argument, Command } from 'commander';
import type { Io } from '../io.ts';
import { DEFAULT_LOCAL } from '../local-stack.ts';
import { listTenants } from '../tenant/list-tenants.ts';
import { putTenant } from '../tenant/put-tenant.ts';
import { removeTenant } from '../tenant/remove-tenant.ts';
import { rotateKeys } from '../tenant/rotate-keys.ts';
import { showTenant } from '../tenant/show-tenant.ts';
import type { TenantOptions } from '../tenant/tenant-options.ts';

type Action = (name: string | undefined, options: TenantOptions, io: Io) => Promise<void>;

const ACTIONS: Record<string, Action> = {
  list: (_name, options, io) => listTenants(options, io),
  show: showTenant,
  put: putTenant,
  rotate: rotateKeys,
  remove: removeTenant,
};

export function tenantCommand(io: Io): Command {
  return new Command('tenant')
    .summary('tenants of a deployment: list, show, put, rotate keys, remove')
    .description(
      'Tenants come, change and go without a deployment. put checks settings as the functions do, shows what would change ' +
        'without secret values, and asks; rotate makes a new key pair and keeps the old one for a time; remove is refused ' +
        'while events of the tenant wait or are held.',
    )
    .addArgument(new Argument('<action>', 'what to do').choices(Object.keys(ACTIONS)))
    .argument('[name]', 'the tenant')
    .option('--prefix <prefix>', 'deployment, as in serverless.yml, e.g. merge-sync-prod (or $MERGE_SYNC_PREFIX)')
    .option('--profile <name>', 'a profile of merge-sync profile (or $MERGE_SYNC_PROFILE; default: the current one)')
    .option('--local [url]', `list: the embedded stack of npm start instead, by default at ${DEFAULT_LOCAL}`)
    .option('--door <file>', 'put: its door settings; - for stdin')
    .option('--crm <file>', 'put: its CRM settings; - for stdin')
    .option('--kms-key <id>', 'put, rotate: the KMS key of its parameters, where it is not aws/ssm')
    .option('--keep <time>', 'rotate: how long the old key pair is accepted, in hours or days', '7d')
    .option('--finish', 'rotate: remove the old key pair now')
    .option('--dry-run', 'show what would change, and write nothing')
    .option('--yes', 'put, rotate: do not ask')
    .option('--confirm <name>', 'remove: the name again, where there is no terminal to ask in')
    .option('--force', 'rotate --finish: though the old pair was just used; remove: though events wait or are held')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action((action: string, name: string | undefined, options: TenantOptions) => ACTIONS[action]?.(name, options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync tenant list --prefix merge-sync-prod
  npx merge-sync tenant put outlet --door door.json --crm crm.json
  npx merge-sync tenant rotate outlet --keep 7d
  npx merge-sync tenant rotate outlet --finish
  npx merge-sync tenant remove outlet`;
